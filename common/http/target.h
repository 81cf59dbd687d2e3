/*
 * target.h - parses the four forms of request target (RFC 9112, section 3.2).
 *
 *     origin-form     /path?query
 *     absolute-form   http://host:port/path?query
 *     authority-form  host:port      (CONNECT)
 *     asterisk-form   *              (OPTIONS)
 *
 * Paths and queries are accepted as browsers and curl really send them. RFC
 * 3986 wants some bytes percent-encoded, such as " < > | and UTF-8. They are
 * kept as they are, because nobody can mistake them for the end of anything.
 * Controls, spaces and # are refused.
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
    const char *path; /* "/" if it is empty; "" in the last two forms */
    size_t path_length;
    const char *query; /* after the first `?`; NULL if there is none */
    size_t query_length;
};

/*
 * Takes a target apart. Afterward, `target` points into `text`, or to
 * constants. Returns done, or what is wrong (400): VERDICT_TARGET_FORM, _OCTET,
 * _FRAGMENT, _SCHEME or _AUTHORITY.
 */
enum verdict target_parse(struct target *target, const char *text,
                          size_t length);

#endif
