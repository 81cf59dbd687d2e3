/*
 * response.h - an answer: what delegate fills in, and how it is written.
 *
 *     response->code = 200;
 *     headers_add(&response->headers, "Content-Type", "text/plain");
 *     buffer_append_string(&response->content, "hello\n");
 *
 * What delegate must not add are the fields that are the server's own:
 * Content-Length, Transfer-Encoding, Connection and Date.
 *
 * Pure. Threads: a response belongs to one thread.
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
    struct buffer content;  /* owned: the octets to send */
};

/* Makes an empty response, with code 0; allocates nothing. */
void response_init(struct response *response);

/* Frees what the response owns and makes it empty again. */
void response_release(struct response *response);

/*
 * True if the response can be sent: a code of 200 to 599; each field's name a
 * token, its value without CR, LF and NUL (RFC 9110, section 5.5), and no
 * field of the server's own; and all of it there, no memory having run out.
 */
bool response_is_valid(const struct response *response);

/* True if an answer of that code has content. 204 and 304 have none, and no
 * Content-Length either (RFC 9110, sections 8.6, 15.3.5 and 15.4.5); 205 has
 * none, and says so (section 15.3.6). */
bool response_has_content(const struct response *response);

/* The reason phrase of a status code, as the assignment's httplib.responses has
 * it: a constant, "" for a code that has none (a status line may end in an
 * empty phrase; RFC 9112, section 4). */
const char *status_reason(int code);

/*
 * Appends the status line and the header section, through the empty line:
 * Date, Connection: close, the response's own fields, Content-Length. `now` is
 * the time for Date. Makes room in `head` for `more` bytes after that;
 * `head->failed` is set if there is no memory.
 */
void response_write_head(const struct response *response, time_t now,
                         struct buffer *head, size_t more);

/* Octets of an HTTP date with its NUL. */
#define HTTP_DATE_SIZE 30

/* Writes a time as IMF-fixdate (RFC 9110, section 5.6.7), the one format in
 * which a Date is sent: Sun, 06 Nov 1994 08:49:37 GMT. For the years 0 to 9999,
 * which is what it has room for. */
void http_date(time_t time, char text[HTTP_DATE_SIZE]);

#endif
