/*
 * target.h - the request target, in its four forms (RFC 9112, section 3.2).
 *
 *     origin-form     /path?query
 *     absolute-form   http://host:port/path?query
 *     authority-form  host:port      (CONNECT)
 *     asterisk-form   *              (OPTIONS)
 *
 * Paths and queries are taken as browsers and curl really send them: octets
 * that RFC 3986 would have percent-encoded (such as " < > | or UTF-8) are
 * kept, since none of them can be taken for the end of anything. Controls,
 * spaces and # cannot.
 */
#ifndef HTTP_TARGET_H
#define HTTP_TARGET_H

#include <stddef.h>

#include "verdict.h"

enum target_form {
    TARGET_ORIGIN,
    TARGET_ABSOLUTE,
    TARGET_AUTHORITY,
    TARGET_ASTERISK
};

struct target {
    enum target_form form;
    const char *path; /* "/" for an empty one; "" in the two other forms */
    size_t path_length;
    const char *query; /* after the first `?`; NULL if there is none */
    size_t query_length;
};

/*
 * Takes a target apart. What `target` then points to lies in `text`, or is a
 * constant. Returns done, or what is wrong (400): VERDICT_TARGET_FORM, _OCTET,
 * _FRAGMENT, _SCHEME, _AUTHORITY.
 */
enum verdict target_parse(struct target *target, const char *text,
                          size_t length);

#endif
