/*
 * framing.h - finds out where a request's content ends (RFC 9112, section 6).
 *
 * If two servers disagree about this, an attacker can make them see different
 * requests in the same bytes (request smuggling). So nothing doubtful gets
 * through.
 */
#ifndef HTTP_FRAMING_H
#define HTTP_FRAMING_H

#include <stdbool.h>
#include <stdint.h>

#include "headers.h"
#include "verdict.h"

struct framing {
    bool chunked;         /* Transfer-Encoding: chunked, and nothing else */
    bool length_given;    /* there is a Content-Length */
    uint64_t length;      /* its number; UINT64_MAX means that or more */
    bool unknown_codings; /* other codings come before chunked: 501 */
};

/*
 * Reads the framing from the header fields of a request. Returns done, or what
 * is wrong (400). If one field is at fault, `*at` is its index. Codings before
 * a final chunked are not wrong here, but they set `unknown_codings`.
 */
enum verdict framing_read(struct framing *framing,
                          const struct headers *headers, int minor_version,
                          size_t *at);

#endif
