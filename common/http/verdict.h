/*
 * verdict.h - the verdict on a request: done, incomplete, or what is wrong.
 *
 * Every step from the first byte to the answer returns one of these. Each fault
 * has a status code, and a sentence that tells a person what was wrong with
 * this very request. The faults are listed in the order in which the server
 * looks for them. A request is answered with the first one that it has.
 */
#ifndef HTTP_VERDICT_H
#define HTTP_VERDICT_H

#include <stddef.h>

enum verdict {
    VERDICT_DONE,       /* it is complete, and nothing is wrong */
    VERDICT_INCOMPLETE, /* nothing is wrong so far, and more has to come */

    /* The first byte, 400; the length of the request line, 414 */
    VERDICT_METHOD_NOT_TOKEN,
    VERDICT_REQUEST_LINE_TOO_LONG,

    /* Any line of the head; the request line comes first: 400 */
    VERDICT_BARE_LF,
    VERDICT_BARE_CR,
    VERDICT_NUL,
    VERDICT_CONTROL,

    /* The request line: 400, 505 */
    VERDICT_REQUEST_LINE_SPACES,
    VERDICT_NO_VERSION,
    VERDICT_VERSION_MALFORMED,
    VERDICT_TARGET_FORM,
    VERDICT_TARGET_OCTET,
    VERDICT_TARGET_FRAGMENT,
    VERDICT_TARGET_SCHEME,
    VERDICT_TARGET_AUTHORITY,
    VERDICT_VERSION_UNSUPPORTED,

    /* The length of the header section, 431; a field line, 400 */
    VERDICT_HEADER_SECTION_TOO_LONG,
    VERDICT_OBS_FOLD,
    VERDICT_NO_COLON,
    VERDICT_SPACE_BEFORE_COLON,
    VERDICT_NAME_EMPTY,
    VERDICT_NAME_NOT_TOKEN,

    /* Host: 400 */
    VERDICT_HOST_MISSING,
    VERDICT_HOST_TWICE,
    VERDICT_HOST_INVALID,

    /* Framing: 400 */
    VERDICT_BOTH_LENGTHS,
    VERDICT_LENGTH_NOT_NUMBER,
    VERDICT_LENGTH_LIST,
    VERDICT_LENGTHS_DIFFER,
    VERDICT_CODING_IN_1_0,
    VERDICT_CODING_MALFORMED,
    VERDICT_CHUNKED_TWICE,
    VERDICT_CHUNKED_NOT_LAST,

    /* What this server does not do: 501, 417 */
    VERDICT_METHOD_UNSUPPORTED,
    VERDICT_POST_REFUSED,
    VERDICT_CODING_UNSUPPORTED,
    VERDICT_EXPECTATION,

    /* Content: 413, 415, 503, 400 */
    VERDICT_CONTENT_TOO_LONG,
    VERDICT_CONTENT_TYPE,
    VERDICT_CONTENT_ENCODING,
    VERDICT_OVER_BUDGET,
    VERDICT_CHUNK_SIZE,
    VERDICT_CHUNK_LINE_END,
    VERDICT_CHUNK_EXTENSION,
    VERDICT_CHUNK_EXTENSIONS_TOO_LONG,
    VERDICT_CHUNK_END,
    VERDICT_TRAILER,

    /* The connection: 408 for a timeout, no answer for the others */
    VERDICT_TIMEOUT,
    VERDICT_SILENCE,       /* a timeout before the first byte */
    VERDICT_END_OF_STREAM, /* the client ended its side in the middle */
    VERDICT_LOST,          /* the connection was reset, or has failed */

    /* The server: 500 */
    VERDICT_NO_MEMORY,
    VERDICT_DELEGATE_FAILED,
    VERDICT_RESPONSE_INVALID
};

/* Returns the status code of the answer (RFC 9110, section 15): 0 for done,
 * incomplete, and verdicts that get no answer. */
int verdict_code(enum verdict verdict);

/* Returns the sentence for people, a constant. A `#` in it is to be replaced by
 * a number: the limit that was passed, or the line at fault. The sentence is ""
 * if verdict_code returns 0, and for VERDICT_POST_REFUSED: there, the caller of
 * request_check provides one. */
const char *verdict_sentence(enum verdict verdict);

/* Returns the limit that replaces the `#`. If it is 0, the number of the line
 * at fault does. */
size_t verdict_limit(enum verdict verdict);

#endif
