/*
 * request.h - takes a request's head apart (RFC 9112, sections 3 and 5).
 *
 *     struct request request;
 *
 *     request_init(&request);
 *     verdict = request_parse(&request, data, length);   // as bytes come in
 *     if (verdict == VERDICT_DONE) {
 *         verdict = request_check(&request, NULL);
 *     }
 *     ...
 *     request_release(&request);
 *
 * Does no I/O: bytes go in, and values come out. Threads: a request belongs to
 * one thread.
 */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "framing.h"
#include "head.h"
#include "headers.h"
#include "request_line.h"
#include "verdict.h"

struct request {
    enum method method;
    int minor_version; /* 1 for HTTP/1.1 */
    char *path;        /* owned; as received, without the query; ends in NUL */
    const char *query; /* after the first `?`; NULL if there is none */
    size_t query_length;
    struct headers headers;  /* they point into the bytes that were parsed */
    struct framing framing;  /* where the content ends */
    bool expects_continue;   /* Expect: 100-continue */
    size_t length;           /* of the head; the content follows it */
    size_t first_field_line; /* its number, if there is one; lines start at 1 */
    size_t line;             /* the number of the line at fault */
    const char *post_refusal; /* the sentence for VERDICT_POST_REFUSED */
    bool line_checked;        /* the request line is complete and correct */
    struct head head;         /* how far the search for its end has come */
};

/* Makes an empty request. Allocates nothing. */
void request_init(struct request *request);

/* Frees what the request owns, and makes it empty again. */
void request_release(struct request *request);

/*
 * Parses the head from the `length` bytes at `data`: everything that has come
 * so far. As long as it returns VERDICT_INCOMPLETE, call it again with more.
 * Between calls, `data` may move. Once it has returned done, `query` and
 * `headers` point into `data`, so don't move or change it while you use them.
 *
 * Returns done, incomplete, VERDICT_NO_MEMORY, or the first thing that is
 * wrong, in the order of verdict.h. The same request gets the same verdict,
 * however it is cut. A first byte that cannot begin a method is refused right
 * away. A request line is checked as soon as it is complete or too long, and
 * the rest once the header section is complete or too long.
 */
enum verdict request_parse(struct request *request, const char *data,
                           size_t length);

/*
 * Decides whether this server answers the request, once it is parsed. Returns
 * done, 501 for a method or transfer coding that the server does not know, or
 * 417 for an Expect other than 100-continue (RFC 9110, section 10.1.1).
 *
 * If POST is accepted, `post_refusal` is NULL. Otherwise a POST gets 501, and
 * `post_refusal` is the sentence on its page. It must stay valid as long as the
 * request.
 */
enum verdict request_check(struct request *request, const char *post_refusal);

/* Returns true if the bytes begin like a HEAD request, well formed or not. Then
 * the answer has no content (RFC 9110, section 9.3.2). */
bool request_is_head(const struct request *request, const char *data,
                     size_t length);

#endif
