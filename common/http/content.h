/*
 * content.h - reads a request's content, in as many pieces as it comes.
 *
 *     verdict = content_begin(&content, &request);
 *     while (verdict == VERDICT_INCOMPLETE) {
 *         ... receive a piece ...
 *         verdict = content_add(&content, piece, piece_length);
 *     }
 *
 * There are two ways to say how long the content is. Content-Length says how
 * many bytes there are. In the chunked coding (RFC 9112, section 7.1), each
 * chunk says its own size, and a trailer section ends the content. The trailer
 * section is read and dropped.
 *
 * Does no I/O. Threads: a content belongs to one thread.
 */
#ifndef HTTP_CONTENT_H
#define HTTP_CONTENT_H

#include <stdbool.h>
#include <stdint.h>

#include "buffer.h"
#include "request.h"
#include "verdict.h"

/* What the next byte belongs to. */
enum content_state {
    CONTENT_OCTETS, /* content that Content-Length counts */
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
    struct buffer octets; /* owned: the content so far, without its coding */
    enum content_state state;
    uint64_t remaining; /* bytes of the content or chunk still to come */
    size_t digits;      /* digits of the chunk's size so far */
    size_t extensions;  /* bytes of chunk extensions so far */
    size_t trailers;    /* bytes of the trailer section so far */
    bool excess;        /* more bytes came than the content has */
};

/* Makes an empty content. Allocates nothing. */
void content_init(struct content *content);

/* Frees what the content owns, and makes it empty again. */
void content_release(struct content *content);

/*
 * Begins to read the content of a POST. Returns done if it has none, incomplete
 * if content_add has to be called, or what is wrong: 413 if the length is over
 * the limit, or 415 for a type other than application/x-www-form-urlencoded or
 * a Content-Encoding other than identity. With 415, `request->line` is the line
 * of the field at fault.
 */
enum verdict content_begin(struct content *content, struct request *request);

/*
 * Adds the next bytes. Returns incomplete, done, VERDICT_NO_MEMORY, or what is
 * wrong: 400 for a broken chunk, 413 once the content is over its limit, or 431
 * once the trailers are over the limit of a header section. The content is the
 * same however it is cut. Bytes after its end set `excess`.
 */
enum verdict content_add(struct content *content, const char *data,
                         size_t length);

#endif
