/*
 * request_line.h - parses METHOD SP TARGET SP HTTP/1.1 (RFC 9112, section 3).
 */
#ifndef HTTP_REQUEST_LINE_H
#define HTTP_REQUEST_LINE_H

#include <stddef.h>

#include "target.h"
#include "verdict.h"

enum method {
    METHOD_OTHER, /* one that this server does not know; case matters */
    METHOD_GET,
    METHOD_HEAD,
    METHOD_POST
};

struct request_line {
    enum method method;
    struct target target; /* it points into the line that was parsed */
    int minor_version;
};

/* Parses a request line, given without its CR LF. Returns done, or what is
 * wrong: 400, or 505 for another major version. */
enum verdict request_line_parse(struct request_line *parsed, const char *line,
                                size_t length);

#endif
