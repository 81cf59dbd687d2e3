/*
 * request_line.h - METHOD SP TARGET SP HTTP/1.1 (RFC 9112, section 3).
 */
#ifndef HTTP_REQUEST_LINE_H
#define HTTP_REQUEST_LINE_H

#include <stddef.h>

#include "target.h"
#include "verdict.h"

struct request_line {
    const char *method; /* in the line that was parsed */
    size_t method_length;
    struct target target;
    int minor_version;
};

/* Parses a request line, given without its CR LF. Returns done or what is
 * wrong (400, or 505 for another major version). */
enum verdict request_line_parse(struct request_line *parsed, const char *line,
                                size_t length);

#endif
