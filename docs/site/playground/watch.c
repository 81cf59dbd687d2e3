/*
 * watch.c - tells the page what the server says to itself.
 *
 * The linker leads the calls of these functions here first (--wrap, in
 * build.sh). Each is called as it is. Then the page learns what it returned,
 * and what it found.
 */
#include <string.h>

#include "http/content.h"
#include "http/page.h"
#include "net/exchange.h"
#include "network.h"
#include "webserve.h"

#define WATCHED(function) __wrap_##function
#define REAL(function) __real_##function

static void found_string(const char *what, const char *text)
{
    page_found(what, text, strlen(text));
}

static void found_head(const struct request *request, const char *data)
{
    const struct head *head = &request->head;

    page_found("request line", data + head->request_line,
               head->request_line_length);
    found_string("path", request->path);
    if (request->query != NULL) {
        page_found("query", request->query, request->query_length);
    }
    for (size_t i = 0; i < request->headers.count; i++) {
        const struct header *field = &request->headers.fields[i];

        page_found("name", field->name, field->name_length);
        page_found("value", field->value, field->value_length);
    }
}

enum verdict REAL(request_parse)(struct request *request, const char *data,
                                 size_t length);
enum verdict WATCHED(request_parse)(struct request *request, const char *data,
                                    size_t length)
{
    enum verdict verdict = REAL(request_parse)(request, data, length);

    if (verdict == VERDICT_DONE) {
        found_head(request, data);
    }
    page_called("request_parse", verdict);
    return verdict;
}

enum verdict REAL(request_check)(struct request *request,
                                 const char *post_refusal);
enum verdict WATCHED(request_check)(struct request *request,
                                    const char *post_refusal)
{
    enum verdict verdict = REAL(request_check)(request, post_refusal);

    page_called("request_check", verdict);
    return verdict;
}

enum verdict REAL(content_begin)(struct content *content,
                                 struct request *request);
enum verdict WATCHED(content_begin)(struct content *content,
                                    struct request *request)
{
    enum verdict verdict = REAL(content_begin)(content, request);

    page_called("content_begin", verdict);
    return verdict;
}

enum verdict REAL(content_add)(struct content *content, const char *data,
                               size_t length);
enum verdict WATCHED(content_add)(struct content *content, const char *data,
                                  size_t length)
{
    enum verdict verdict = REAL(content_add)(content, data, length);

    page_found("content", content->octets.data, content->octets.length);
    page_called("content_add", verdict);
    return verdict;
}

enum verdict REAL(form_parse)(struct form *form, const char *data,
                              size_t length);
enum verdict WATCHED(form_parse)(struct form *form, const char *data,
                                 size_t length)
{
    enum verdict verdict = REAL(form_parse)(form, data, length);

    page_found("form data", data, length);
    for (size_t i = 0; i < form->count; i++) {
        struct form_pair pair = form_pair(form, i);

        page_found("pair name", pair.key, pair.key_length);
        page_found("pair value", pair.value, pair.value_length);
    }
    page_called("form_parse", verdict);
    return verdict;
}

int REAL(delegate)(const char *request_type, const char *path,
                   const struct headers *received_headers,
                   const struct form *get_data, const struct form *post_data,
                   struct response *response);
int WATCHED(delegate)(const char *request_type, const char *path,
                      const struct headers *received_headers,
                      const struct form *get_data, const struct form *post_data,
                      struct response *response)
{
    int result = REAL(delegate)(request_type, path, received_headers, get_data,
                                post_data, response);

    found_string("request type", request_type);
    page_called("delegate", result);
    return result;
}

void REAL(exchange_answer)(struct exchange *exchange, enum verdict verdict);
void WATCHED(exchange_answer)(struct exchange *exchange, enum verdict verdict)
{
    REAL(exchange_answer)(exchange, verdict);
    page_called("exchange_answer", exchange->verdict);
}

/* Its page has the sentence about the fault, which a HEAD does not get. */
void REAL(page_fault)(struct response *response, enum verdict verdict,
                      const struct request *request);
void WATCHED(page_fault)(struct response *response, enum verdict verdict,
                         const struct request *request)
{
    REAL(page_fault)(response, verdict, request);
    page_found("fault", response->content.data, response->content.length);
}
