/*
 * content.h - a request's content, read from as many pieces as it comes in.
 *
 *     verdict = content_begin(&content, &request);
 *     while (verdict == VERDICT_INCOMPLETE) {
 *         ... receive a piece ...
 *         verdict = content_add(&content, piece, piece_length);
 *     }
 *
 * Content-Length counts the octets; in chunked coding (RFC 9112, section 7.1)
 * each chunk says its size, and a trailer section, read and dropped, ends it.
 *
 * Pure. Threads: a content belongs to one thread.
 */
#ifndef HTTP_CONTENT_H
#define HTTP_CONTENT_H

#include <stdbool.h>
#include <stdint.h>

#include "buffer.h"
#include "request.h"
#include "verdict.h"

/* Where in the content the next octet is. */
enum content_state {
    CONTENT_OCTETS, /* octets counted by Content-Length */
    CHUNK_SIZE_FIRST,
    CHUNK_SIZE,
    CHUNK_SPACE, /* white space before an extension */
    CHUNK_EXTENSION,
    CHUNK_SIZE_LF,
    CHUNK_OCTETS,
    CHUNK_CR,
    CHUNK_LF,
    TRAILER_START,
    TRAILER_NAME,
    TRAILER_VALUE,
    TRAILER_LF,
    TRAILER_END_LF,
    CONTENT_COMPLETE
};

struct content {
    struct buffer octets; /* owned: the content so far, the coding undone */
    enum content_state state;
    uint64_t remaining; /* octets of the content or chunk still to come */
    size_t digits;      /* of the chunk's size so far */
    size_t extensions;  /* octets of chunk extensions so far */
    size_t trailers;    /* octets of the trailer section so far */
    bool excess;        /* more came than the content */
};

/* Makes an empty content; allocates nothing. */
void content_init(struct content *content);

/* Frees what the content owns and makes it empty again. */
void content_release(struct content *content);

/*
 * Begins to read the content of a POST. Returns done if there is none,
 * incomplete if content_add is to be called, or what is wrong: 413 if its
 * length is over the limit; 415, with `request->line` at the field at fault,
 * for a type other than application/x-www-form-urlencoded or a
 * Content-Encoding other than identity.
 */
enum verdict content_begin(struct content *content, struct request *request);

/*
 * Adds the next octets. Returns incomplete, done, or what is wrong: 400 for
 * broken chunks, 413 once there is more than the limit, 431 for trailers over
 * the limit of a header section, or VERDICT_NO_MEMORY. The content is the same
 * however it is cut; octets after its end set `excess`.
 */
enum verdict content_add(struct content *content, const char *data,
                         size_t length);

#endif
