/* delegate.c - makes the answer to a request. */
#include "webserve.h"

#include <string.h>

#include "http/html.h"
#include "http/page.h"

/* Appends one item per pair, in the order sent. All of it comes from the
 * client, so all of it is escaped. */
static void append_pairs(struct buffer *page, const struct form *form)
{
    buffer_append_string(page, "<ul>\n");
    for (size_t i = 0; i < form->count; i++) {
        struct form_pair pair = form_pair(form, i);

        buffer_append_string(page, "<li>key=");
        html_append(page, pair.key, pair.key_length);
        buffer_append_string(page, "; value=");
        html_append(page, pair.value, pair.value_length);
        buffer_append_string(page, "; </li>\n");
    }
    buffer_append_string(page, "</ul>\n");
}

int delegate(const char *request_type, const char *path,
             const struct headers *received_headers,
             const struct form *get_data, const struct form *post_data,
             struct response *response)
{
    struct buffer *page = &response->content;

    (void)request_type; /* this page does not need it */
    (void)received_headers;

    page_begin(response, 200, "hello");
    buffer_append_string(page, "<h1>hello, ");
    html_append(page, path, strlen(path));
    buffer_append_string(page, "</h1>\n");
    if (get_data != NULL) {
        append_pairs(page, get_data);
    }
    if (post_data != NULL) {
        buffer_append_string(page, "<h2>POST data</h2>\n");
        append_pairs(page, post_data);
    }
    page_form(response);
    page_end(response);
    return 0;
}
