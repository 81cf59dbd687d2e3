/*
 * request.h - a request's head, taken apart (RFC 9112, sections 3 and 5).
 *
 *     struct request request;
 *
 *     request_init(&request);
 *     verdict = request_parse(&request, data, length);   // as octets come in
 *     if (verdict == VERDICT_DONE) {
 *         verdict = request_check(&request, NULL);
 *     }
 *     ...
 *     request_release(&request);
 *
 * Pure: octets in, values out. Threads: a request belongs to one thread.
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
    char *path;        /* owned, ends in NUL: as received, without the query */
    const char *query; /* after the first `?`; NULL if there is none */
    size_t query_length;
    struct headers headers;  /* names and values point into the octets parsed */
    struct framing framing;  /* where the content ends */
    bool expects_continue;   /* Expect: 100-continue */
    size_t length;           /* octets of the head; the content follows it */
    size_t first_field_line; /* its number, from 1, if there is one */
    size_t line;             /* of the fault: the number of the line */
    const char *post_refusal; /* the sentence for VERDICT_POST_REFUSED */
    bool line_checked;        /* the request line is complete and right */
    struct head head;         /* how far the search for its end has come */
};

/* Makes an empty request; allocates nothing. */
void request_init(struct request *request);

/* Frees what the request owns and makes it empty again. */
void request_release(struct request *request);

/*
 * Parses the head from the `length` octets at `data`: all that has come so
 * far. While it returns VERDICT_INCOMPLETE, call it again with more; between
 * calls `data` may move. Once it returned done, `query` and `headers` point
 * into `data`, which must neither move nor change while they are used.
 *
 * Returns done, incomplete, or the first thing that is wrong, in the order of
 * verdict.h; or VERDICT_NO_MEMORY. The same request gets the same verdict
 * however it is cut: a first octet that begins no method is refused as soon as
 * it is there, a request line as soon as it is complete or too long, and the
 * rest when the header section is complete or too long.
 */
enum verdict request_parse(struct request *request, const char *data,
                           size_t length);

/*
 * Of a request that was parsed: is it one that this server answers? Returns
 * done, 501 for a method or transfer coding that it does not know, or 417 for
 * an Expect other than 100-continue (RFC 9110, section 10.1.1).
 *
 * `post_refusal` is NULL where POST is accepted; otherwise a POST is a 501, and
 * post_refusal the sentence that its page says. It must stay valid as long as
 * the request.
 */
enum verdict request_check(struct request *request, const char *post_refusal);

/* True if the octets begin as a HEAD request does, well formed or not: then
 * the answer has no content (RFC 9110, section 9.3.2). */
bool request_is_head(const struct request *request, const char *data,
                     size_t length);

#endif
