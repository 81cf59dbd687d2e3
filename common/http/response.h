/*
 * response.h - the answer that delegate fills in, and how it is written.
 *
 *     response->code = 200;
 *     headers_add(&response->headers, "Content-Type", "text/plain");
 *     buffer_append_string(&response->content, "hello\n");
 *
 * delegate must not add Content-Length, Transfer-Encoding, Connection or Date.
 * The server writes these fields itself.
 *
 * Does no I/O. Threads: a response belongs to one thread.
 */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include <stdbool.h>
#include <time.h>

#include "buffer.h"
#include "headers.h"

struct response {
    int code;               /* the status code, 200 to 599 */
    struct headers headers; /* owned: the fields to send, in order */
    struct buffer content;  /* owned: the bytes to send */
};

/* Makes an empty response, with code 0. Allocates nothing. */
void response_init(struct response *response);

/* Frees what the response owns, and makes it empty again. */
void response_release(struct response *response);

/*
 * Returns true if the response can be sent. Its code must be 200 to 599. Each
 * field's name must be a token, and its value must not contain CR, LF or NUL
 * (RFC 9110, section 5.5). No field may be one that the server writes itself.
 * And memory must not have run out.
 */
bool response_is_valid(const struct response *response);

/* Returns true if an answer with this code has content. 204 and 304 have none,
 * and no Content-Length either (RFC 9110, sections 8.6, 15.3.5 and 15.4.5). 205
 * has none, and its Content-Length says so (section 15.3.6). */
bool response_has_content(const struct response *response);

/* Returns the reason phrase of a status code, as the assignment's
 * httplib.responses does. It is a constant: "" for a code without a phrase,
 * which a status line may leave empty (RFC 9112, section 4). */
const char *status_reason(int code);

/*
 * Appends the status line and the header section, with the empty line that ends
 * it. The fields are Date, Connection: close, those of the response, and
 * Content-Length. `now` is the time in Date. If there is no memory, sets
 * `head->failed`.
 */
void response_write_head(const struct response *response, time_t now,
                         struct buffer *head);

/* The size of an HTTP date, with its NUL. */
#define HTTP_DATE_SIZE 30

/* Writes a time as IMF-fixdate: Sun, 06 Nov 1994 08:49:37 GMT. A Date must be
 * sent in this format (RFC 9110, section 5.6.7). It has room for the years 0 to
 * 9999. */
void http_date(time_t time, char text[HTTP_DATE_SIZE]);

#endif
