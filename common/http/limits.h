/*
 * limits.h - the limits of a request. The limits that keep the server alive are
 * in common/net/limits.h.
 *
 * You can set each of them at build time:
 *     make BUILD=build/small CPPFLAGS=-DCONTENT_MOST=1000
 * The assignment makes no assumptions about sizes, so the limits are generous.
 * But without limits, a single client could fill the server's memory.
 */
#ifndef HTTP_LIMITS_H
#define HTTP_LIMITS_H

/* Bytes in a request line, with the empty lines before it but without its CR
 * LF. A longer one gets 414. */
#ifndef REQUEST_LINE_MOST
#define REQUEST_LINE_MOST 65536
#endif

/* Bytes in a header section, with the CR LF of each line. More get 431. */
#ifndef HEADER_SECTION_MOST
#define HEADER_SECTION_MOST 1048576
#endif

/* Bytes in a request's content, without the chunked coding. More get 413. */
#ifndef CONTENT_MOST
#define CONTENT_MOST 16777216
#endif

/* Bytes in all chunk extensions of a request together, and in the leading zeros
 * that make a chunk's size longer than 16 digits. More get 400. */
#ifndef CHUNK_EXTENSIONS_MOST
#define CHUNK_EXTENSIONS_MOST 65536
#endif

/* The seconds in the Retry-After of a 503. */
#ifndef RETRY_AFTER_SECONDS
#define RETRY_AFTER_SECONDS 10
#endif

#endif
