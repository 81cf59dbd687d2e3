/*
 * field_line.h - field-name ":" OWS field-value OWS (RFC 9112, section 5).
 */
#ifndef HTTP_FIELD_LINE_H
#define HTTP_FIELD_LINE_H

#include <stddef.h>

#include "headers.h"
#include "verdict.h"

/*
 * Parses the field line at `line`, in a head that ends, with an LF, before
 * `head_end`. Returns done, with `*field` pointing into the line and `*next`
 * after its LF, or what is wrong (400).
 */
enum verdict field_line_parse(struct header *field, const char *line,
                              const char *head_end, const char **next);

/* What is wrong with the ends or the octets of a line, given without its LF:
 * a bare LF, a bare CR, a NUL, another control; or done. */
enum verdict field_line_check_octets(const char *line, size_t length);

#endif
