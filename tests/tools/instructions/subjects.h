/*
 * subjects.h - what tests/tools/instructions/count.py counts the instructions
 * of.
 *
 * A subject prepares its input once, then does its work a number of times,
 * which alone is counted. Work that gives something wrong returns false: what
 * is fast must be right as well.
 */
#ifndef INSTRUCTIONS_SUBJECTS_H
#define INSTRUCTIONS_SUBJECTS_H

#include <stdbool.h>
#include <stddef.h>

#include "http/buffer.h"

struct subject {
    const char *name;
    void (*prepare)(void);
    bool (*work)(void);
};

/* Each list ends with a subject that has no name. */
extern const struct subject head_subjects[];
extern const struct subject form_subjects[];
extern const struct subject answer_subjects[];

/* The input of the one subject that runs. */
extern struct input {
    char *data; /* owned */
    size_t length;
    size_t piece;  /* octets that come at once */
    size_t expect; /* fields, or pairs */
} input;

/* Makes `text` the input, which comes in one piece, and takes over its data. */
void input_take(struct buffer *text, size_t expect);

#endif
