/*
 * answer.h - when an answer is whole, as far as its head says so.
 */
#ifndef TOOLS_ANSWER_H
#define TOOLS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

/* What has come of an answer. Begins as zeros. */
struct answer {
    char head[65536];   /* its status line and fields so far */
    size_t head_length; /* of these */
    bool has_head;      /* the empty line has come */
    bool is_chunked;
    bool has_length; /* from here on, `left` bytes are missing */
    size_t left;
    char last[5]; /* bytes of content: of chunks, "0\r\n\r\n" ends them */
};

/* Takes bytes that have come, in their order. */
void answer_take(struct answer *answer, const char *data, size_t length);

/* Whether nothing more is to be expected of it. Never true of an answer that
 * only the end of the stream ends. */
bool answer_is_whole(const struct answer *answer);

#endif
