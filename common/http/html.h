/*
 * html.h - makes text from a client safe for a page.
 */
#ifndef HTTP_HTML_H
#define HTTP_HTML_H

#include <stddef.h>

#include "buffer.h"

/*
 * Appends the `length` bytes at `text` so that a browser shows them as text,
 * between tags or in a quoted attribute. The characters & < > " ' become
 * character references. The text is read as UTF-8. NUL, all controls except
 * tab, LF and CR, and whatever is not well-formed UTF-8 (Unicode, table 3-7)
 * become U+FFFD: one for each maximal part of a broken sequence. Takes linear
 * time, and appends at most 6 bytes for each.
 */
void html_append(struct buffer *page, const char *text, size_t length);

/* Returns the most bytes that html_append would append for this text. */
size_t html_most(const char *text, size_t length);

#endif
