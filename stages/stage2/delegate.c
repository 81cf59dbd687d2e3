/* delegate.c - makes the answer to a request. */
#include "webserve.h"

#include "http/page.h"

int delegate(const char *request_type, const char *path,
             const struct headers *received_headers,
             const struct form *get_data, const struct form *post_data,
             struct response *response)
{
    struct buffer *page = &response->content;

    (void)request_type; /* constant data: nothing that is passed in matters */
    (void)path;
    (void)received_headers;
    (void)get_data;
    (void)post_data;

    page_begin(response, 200, "hello");
    buffer_append_string(page, "<h1>hello, world</h1>\n");
    buffer_append_string(page, "<p>This page is the same for all.</p>\n");
    page_end(response);
    return 0;
}
