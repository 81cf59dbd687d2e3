/*
 * html.h - text from a client, made safe for a page.
 */
#ifndef HTTP_HTML_H
#define HTTP_HTML_H

#include <stddef.h>

#include "buffer.h"

/*
 * Appends the `length` octets at `text`, read as UTF-8, so that a browser shows
 * them as text: & < > " ' become character references, between tags and in
 * quoted attributes alike. What is not well-formed UTF-8 (Unicode, table 3-7),
 * NUL, and controls other than tab, LF and CR, become U+FFFD, one for each
 * maximal part of a broken sequence. Linear; at most 6 octets for each.
 */
void html_append(struct buffer *page, const char *text, size_t length);

/* The most bytes that html_append would append for that text. */
size_t html_most(const char *text, size_t length);

#endif
