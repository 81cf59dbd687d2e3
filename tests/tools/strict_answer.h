/*
 * strict_answer.h - a strict reader of HTTP responses (RFC 9110 and 9112), for
 * the fault sweep and the fuzzers. It shares no code with the server.
 */
#ifndef STRICT_ANSWER_H
#define STRICT_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

enum answer_kind {
    ANSWER_WHOLE, /* one valid response, with exactly its content */
    ANSWER_NONE,  /* not one octet, except for 100 Continue */
    ANSWER_CUT,   /* the beginning of one */
    ANSWER_WRONG
};

/* A response; the pointers are into the octets that were read. */
struct answer {
    enum answer_kind kind;
    const char *mistake; /* of a wrong one, in words */
    size_t interims;     /* how many `100 Continue` came first: 0 or 1 */
    int code;
    const char *fields; /* the header section, through its last CR LF */
    const char *fields_end;
    const char *content;
    size_t content_length;
};

/*
 * Reads what came: at most one `100 Continue`, then one response and nothing
 * else. In a valid one
 * - the status line is HTTP/1.1, a code of 200 to 599, and a printable phrase;
 * - each field line is a token, a colon, and a value without CR, LF and NUL,
 *   and ends in CR LF; an empty line follows the last;
 * - there is one Date, an IMF-fixdate (of `*now`, unless that is NULL), one
 *   `Connection: close`, and no Transfer-Encoding;
 * - 204 and 304 have no Content-Length, others have one, a plain number; 205
 *   has 0; and it is the exact number of octets after the head, where there are
 *   none for HEAD, 204 and 304.
 */
struct answer answer_read(const char *data, size_t length, bool head_only,
                          const time_t *now);

/* Says what a page lacks, or NULL: it is HTML from its doctype to its end, and
 * has the fields that go with every page. No content: not a page. */
const char *answer_lacks(const struct answer *answer);

/* A field line, taken apart. */
struct answer_field {
    const char *name;
    size_t name_length;
    const char *value; /* without the white space around it */
    size_t value_length;
};

/* Reads the field line at `line` and returns what follows it; NULL if it is no
 * field line. */
const char *answer_read_field(struct answer_field *field, const char *line,
                              const char *end);

/* True if it has that name, whatever the case of ASCII letters. */
bool answer_field_is(const struct answer_field *field, const char *name);

#endif
