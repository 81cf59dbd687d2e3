/*
 * field_line.h - field-name ":" OWS field-value OWS (RFC 9112, section 5).
 */
#ifndef HTTP_FIELD_LINE_H
#define HTTP_FIELD_LINE_H

#include <stddef.h>

#include "headers.h"
#include "verdict.h"

/*
 * Parses the field line at `line`. The head that it is in ends at `head_end`,
 * and its last byte is an LF. Returns done, or what is wrong (400). When done,
 * `*field` points into the line, and `*next` is the byte after its LF.
 */
enum verdict field_line_parse(struct header *field, const char *line,
                              const char *head_end, const char **next);

/* Checks the end of a line and its bytes. The line is given without its LF.
 * Returns done, or what is wrong: a bare LF, a bare CR, a NUL, or another
 * control character. */
enum verdict field_line_check_octets(const char *line, size_t length);

#endif
