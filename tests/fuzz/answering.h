/*
 * answering.h - a response that is made of the input, as a delegate could.
 */
#ifndef FUZZ_ANSWERING_H
#define FUZZ_ANSWERING_H

#include <stdbool.h>
#include <stddef.h>

#include "http/response.h"
#include "strict_answer.h"

#define ANSWERING_FIELDS_MOST 20

/*
 * What to answer. In the input stand:
 *     1 octet    flags: ANSWERING_...
 *     2 octets   the code, high octet first; minus 1, and of 1000
 *     fields     NAME 0xFE VALUE 0xFF, as many as there are before 0xFD
 *     0xFD       and then the content
 */
struct answering {
    unsigned flags;
    int code;
    struct answer_field fields[ANSWERING_FIELDS_MOST];
    size_t count;
    const char *content;
    size_t content_length; /* of one time */
    size_t times;          /* the content is repeated */
};

enum answering_flag {
    ANSWERING_FAILS = 1,           /* delegate gives -1 */
    ANSWERING_NO_FIELD_ROOM = 2,   /* there was no memory for a field */
    ANSWERING_NO_CONTENT_ROOM = 4, /* nor for the content */
    ANSWERING_LARGE = 8            /* the content is repeated 300 times */
};

/* Reads it from the input. It points into the input. */
void answering_read(struct answering *answering, const char *data,
                    size_t length);

/* Fills in an empty response. */
void answering_fill(const struct answering *answering,
                    struct response *response);

/* May that response be sent? By the words of response.h, written anew. */
bool answering_is_valid(const struct answering *answering);

/* Holds that `answer` is that response: its code, its fields in order, between
 * those of the server, its content. */
void answering_check(const struct answering *answering,
                     const struct answer *answer, bool head_only);

#endif
