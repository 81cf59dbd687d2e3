/*
 * framing.h - where a request's content ends (RFC 9112, section 6).
 *
 * Two servers that disagree about this can be made to see different requests
 * in the same octets (request smuggling), so nothing doubtful is let through.
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
    uint64_t length;      /* its number of octets; UINT64_MAX: that or more */
    bool unknown_codings; /* there are codings before the final chunked: 501 */
};

/*
 * Reads the framing from the header fields of a request. Returns done or what
 * is wrong (400); then `*at` is the index of the field at fault, if it is one.
 * Codings before a final chunked are not wrong here: `unknown_codings` is set.
 */
enum verdict framing_read(struct framing *framing,
                          const struct headers *headers, int minor_version,
                          size_t *at);

#endif
