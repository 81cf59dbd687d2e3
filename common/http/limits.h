/*
 * limits.h - the limits of a request, by name. Those that keep the server alive
 * are in common/net/limits.h.
 *
 * Each can be set at build time:
 *     make BUILD=build/small CPPFLAGS=-DCONTENT_MOST=1000
 * The assignment makes no assumption about sizes, so they are generous; they
 * are here because a server without limits can be filled by one client.
 */
#ifndef HTTP_LIMITS_H
#define HTTP_LIMITS_H

/* Octets of a request line without its CR LF, with the empty lines before it.
 * Longer: 414. */
#ifndef REQUEST_LINE_MOST
#define REQUEST_LINE_MOST 65536
#endif

/* Octets of a header section: the field lines with their CR LF. Longer: 431. */
#ifndef HEADER_SECTION_MOST
#define HEADER_SECTION_MOST 1048576
#endif

/* Octets of a request's content, the chunked coding undone. More: 413. */
#ifndef CONTENT_MOST
#define CONTENT_MOST 16777216
#endif

/* Octets of all chunk extensions of a request together, and of leading zeros
 * that make a chunk's size longer than 16 digits. More: 400. */
#ifndef CHUNK_EXTENSIONS_MOST
#define CHUNK_EXTENSIONS_MOST 65536
#endif

/* Seconds named in the Retry-After of a 503. */
#ifndef RETRY_AFTER_SECONDS
#define RETRY_AFTER_SECONDS 10
#endif

#endif
