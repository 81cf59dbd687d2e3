/*
 * answer.h - a strict reader of HTTP responses (RFC 9110 and 9112).
 *
 * It shares no code with the server.
 */
#ifndef FUZZ_ANSWER_H
#define FUZZ_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

/* What was read; it points into the octets that were given. */
struct answer {
    size_t interims; /* how many `100 Continue` came first: 0 or 1 */
    int code;
    const char *fields; /* the header section, through its last CR LF */
    const char *fields_end;
    const char *content;
    size_t content_length;
};

/*
 * Reads the octets that came until the end of the stream: at most one `100
 * Continue`, then one response and nothing else. Ends the fuzzer (see `hold`)
 * unless
 * - the status line is HTTP/1.1, a code of 200 to 599, and a phrase;
 * - each field line is a token, a colon, and a value without CR, LF and NUL,
 *   and ends in CR LF; an empty line follows the last;
 * - there is one Date, which tells `now` as IMF-fixdate, one `Connection:
 *   close`, and no Transfer-Encoding;
 * - 204 and 304 have no Content-Length, others have one, a plain number; 205
 *   has 0; and it is the exact number of octets behind the head, where there
 *   are none for HEAD, 204 and 304.
 */
void answer_read(struct answer *answer, const char *data, size_t length,
                 bool head_only, time_t now);

/* A field line, taken apart. */
struct answer_field {
    const char *name;
    size_t name_length;
    const char *value; /* without the white space around it */
    size_t value_length;
};

/* Reads the field line at `line` and returns what is behind it. */
const char *answer_read_field(struct answer_field *field, const char *line,
                              const char *end);

#endif
