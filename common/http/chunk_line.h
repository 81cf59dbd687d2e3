/*
 * chunk_line.h - what stands around the chunks (RFC 9112, section 7.1): their
 * sizes, extensions and line ends, and the trailer section.
 */
#ifndef HTTP_CHUNK_LINE_H
#define HTTP_CHUNK_LINE_H

#include "content.h"
#include "verdict.h"

/*
 * Takes one octet in any state of chunked coding but CHUNK_OCTETS, and moves
 * `content` to its next state. Returns incomplete, or what is wrong (400, 413,
 * 431). Of chunk extensions and trailers nothing is kept.
 */
enum verdict chunk_line_take(struct content *content, char octet);

#endif
