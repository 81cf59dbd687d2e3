/*
 * head.h - finds the end of a request's head while it comes in.
 *
 * The head is the request line and the header section, with the empty line that
 * ends it (RFC 9112, section 2.1). Here, a head is nothing but lines. This step
 * finds where they end, and checks their limits. request.h takes them apart.
 *
 * It looks at each byte once, however the head is cut into pieces.
 */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include <stddef.h>

#include "verdict.h"

/* How far the search has come. Start with HEAD_START. */
struct head {
    size_t scanned;             /* how many bytes it has looked at */
    size_t line_start;          /* offset of the line that is coming in */
    size_t request_line;        /* its offset, after any empty lines */
    size_t request_line_length; /* without its CR LF */
    size_t section; /* offset of the header section; 0 until it begins */
    size_t length;  /* length of the whole head, once it is complete */
};

#define HEAD_START ((struct head){.scanned = 0})

/*
 * Looks for the end of the head in the `length` bytes at `data`: everything
 * that has come so far. Between calls, you may add bytes, and `data` may move.
 * Lines end in LF here, with or without a CR, so that a client that forgets the
 * CR gets its answer, a 400, right away.
 *
 * Returns VERDICT_DONE, VERDICT_INCOMPLETE, VERDICT_REQUEST_LINE_TOO_LONG
 * (414) or VERDICT_HEADER_SECTION_TOO_LONG (431). The answer is the same
 * however the bytes were cut. Empty lines before the request line (RFC 9112,
 * section 2.2) count toward its limit.
 */
enum verdict head_scan(struct head *head, const char *data, size_t length);

#endif
