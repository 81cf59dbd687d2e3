/*
 * answer.c - reads as much of an answer's head as it takes to find its end. It
 * takes whatever a client would understand: LF alone ends a line, and names are
 * known in any case.
 */
#include "answer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The value of the first field of that name, or NULL. */
static const char *find_field(const struct answer *answer, const char *name)
{
    size_t length = strlen(name);
    const char *line = answer->head;

    while ((line = strchr(line, '\n')) != NULL) {
        line++;
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
            return line + length + 1;
        }
    }
    return NULL;
}

/* The head is complete: what follows it? */
static void read_head(struct answer *answer)
{
    const char *code = strchr(answer->head, ' ');
    long status = code == NULL ? 0 : strtol(code, NULL, 10);
    const char *length = find_field(answer, "Content-Length");

    if (status / 100 == 1) { /* another head follows */
        answer->head_length = 0;
        return;
    }
    answer->has_head = true;
    answer->is_chunked = find_field(answer, "Transfer-Encoding") != NULL;
    answer->has_length = !answer->is_chunked && length != NULL;
    if (answer->has_length) {
        answer->left = strtoul(length, NULL, 10);
    }
    if (status == 204 || status == 304) {
        answer->has_length = true;
        answer->left = 0;
    }
}

/* Takes a byte of the head. */
static void take_of_head(struct answer *answer, char byte)
{
    char *end = answer->head + answer->head_length;

    if (byte == '\r' || answer->head_length == sizeof answer->head - 1) {
        return; /* a longer head has no end that is of interest here */
    }
    *end++ = byte;
    *end = '\0';
    answer->head_length++;
    if (answer->head_length >= 2 && memcmp(end - 2, "\n\n", 2) == 0) {
        read_head(answer);
    }
}

void answer_take(struct answer *answer, const char *data, size_t length)
{
    for (; length > 0 && !answer->has_head; length--) {
        take_of_head(answer, *data++);
    }
    if (length == 0) {
        return;
    }
    answer->left -= length < answer->left ? length : answer->left;
    for (size_t i = length < sizeof answer->last ? 0
                                                 : length - sizeof answer->last;
         i < length; i++) {
        memmove(answer->last, answer->last + 1, sizeof answer->last - 1);
        answer->last[sizeof answer->last - 1] = data[i];
    }
}

bool answer_is_whole(const struct answer *answer)
{
    return answer->has_head &&
           ((answer->has_length && answer->left == 0) ||
            (answer->is_chunked &&
             memcmp(answer->last, "0\r\n\r\n", sizeof answer->last) == 0));
}
