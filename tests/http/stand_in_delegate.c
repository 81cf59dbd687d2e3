/*
 * stand_in_delegate.c - a delegate for the tests of what calls it.
 *
 * A server that is linked with it calls it instead of its own. What it does
 * depends on how the path begins:
 *
 *     /called     it answers with what it was called with, a line each:
 *                     request_type=GET
 *                     path=/called
 *                     field Host=127.0.0.1
 *                     get_data=NULL       no such data; or, with two pairs:
 *                     get_data=2
 *                     get_data name=value
 *                     get_data name=other%20value
 *                     post_data=NULL
 *                     calls=3             its calls so far, this one included
 *                 %, = and everything but visible ASCII are percent-encoded
 *     /fails      it leaves half an answer, and fails
 *     /missing    a 404 with fields of its own, and content with NUL in it
 *     /large      4 MiB: 65,536 lines with their numbers, 64 bytes each
 *
 * Every other path gets a page, so that the rest of a server can be tested if
 * its own delegate is missing or does not compile. In stages 5 and 6 the page
 * shows the path and the pairs, without escaping them, and the form to try.
 */
#include "webserve.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "http/page.h"

static const char half_an_answer[] = "half an answer";
static const char with_nul[] = "one\0two\0\nthree"; /* no LF at its end */

static bool begins(const char *path, const char *with)
{
    return path != NULL && strncmp(path, with, strlen(with)) == 0;
}

static void say(struct response *response, const char *text)
{
    buffer_append_string(&response->content, text == NULL ? "NULL" : text);
}

static void say_encoded(struct response *response, const char *text,
                        size_t length)
{
    char encoded[4];

    for (size_t i = 0; i < length; i++) {
        if (text[i] > ' ' && text[i] <= '~' && text[i] != '%' &&
            text[i] != '=') {
            buffer_append(&response->content, &text[i], 1);
        } else {
            (void)snprintf(encoded, sizeof encoded, "%%%02X",
                           (unsigned)(unsigned char)text[i]);
            say(response, encoded);
        }
    }
}

static void say_pair(struct response *response, const char *list,
                     struct form_pair pair)
{
    say(response, list);
    say(response, " ");
    say_encoded(response, pair.key, pair.key_length);
    say(response, "=");
    say_encoded(response, pair.value, pair.value_length);
    say(response, "\n");
}

static void say_form(struct response *response, const char *name,
                     const struct form *data)
{
    say(response, name);
    if (data == NULL) {
        say(response, "=NULL\n");
        return;
    }
    say(response, "=");
    buffer_append_number(&response->content, data->count);
    say(response, "\n");
    for (size_t i = 0; i < data->count; i++) {
        say_pair(response, name, form_pair(data, i));
    }
}

static void say_fields(struct response *response, const struct headers *headers)
{
    for (size_t i = 0; headers != NULL && i < headers->count; i++) {
        const struct header *field = &headers->fields[i];

        say_pair(response, "field",
                 (struct form_pair){field->name, field->name_length,
                                    field->value, field->value_length});
    }
}

static void answer_missing(struct response *response)
{
    response->code = 404;
    headers_add(&response->headers, "X-First", "a:b, c");
    headers_add(&response->headers, "X-Second", "2");
    buffer_append(&response->content, with_nul, sizeof with_nul - 1);
}

static void answer_large(struct response *response)
{
    char line[65];

    response->code = 200;
    headers_add(&response->headers, "Content-Type", "text/plain");
    for (int i = 1; i <= 65536; i++) {
        (void)snprintf(line, sizeof line, "%063d\n", i);
        buffer_append(&response->content, line, 64);
    }
}

#if STAGE >= 5
static void show_pairs(struct response *response, const struct form *form)
{
    for (size_t i = 0; form != NULL && i < form->count; i++) {
        struct form_pair pair = form_pair(form, i);

        say(response, "<li>key=");
        buffer_append(&response->content, pair.key, pair.key_length);
        say(response, "; value=");
        buffer_append(&response->content, pair.value, pair.value_length);
        say(response, "; </li>\n");
    }
}
#endif

static void answer_page(struct response *response, const char *path,
                        const struct form *get_data,
                        const struct form *post_data)
{
    page_begin(response, 200, "hello");
#if STAGE >= 5
    say(response, "<h1>hello, ");
    say(response, path);
    say(response, "</h1>\n");
    show_pairs(response, get_data);
    if (post_data != NULL) {
        say(response, "<h2>POST data</h2>\n");
        show_pairs(response, post_data);
    }
    page_form(response);
#else
    (void)path;
    (void)get_data;
    (void)post_data;
    say(response, "<h1>hello</h1>\n");
#endif
    page_end(response);
}

int delegate(const char *request_type, const char *path,
             const struct headers *received_headers,
             const struct form *get_data, const struct form *post_data,
             struct response *response)
{
    static atomic_size_t calls;
    size_t call = atomic_fetch_add(&calls, 1) + 1;

    if (begins(path, "/fails")) {
        response->code = 200;
        headers_add(&response->headers, "X-Half", half_an_answer);
        say(response, half_an_answer);
        return -1;
    }
    if (begins(path, "/missing")) {
        answer_missing(response);
    } else if (begins(path, "/large")) {
        answer_large(response);
    } else if (begins(path, "/called")) {
        response->code = 200;
        headers_add(&response->headers, "Content-Type", "text/plain");
        say(response, "request_type=");
        say(response, request_type);
        say(response, "\npath=");
        say_encoded(response, path, strlen(path));
        say(response, "\n");
        say_fields(response, received_headers);
        say_form(response, "get_data", get_data);
        say_form(response, "post_data", post_data);
        say(response, "calls=");
        buffer_append_number(&response->content, call);
        say(response, "\n");
    } else {
        answer_page(response, path, get_data, post_data);
    }
    return 0;
}
