/*
 * answer.h - what a client got, held against HTTP to the letter.
 */
#ifndef FAULTS_ANSWER_H
#define FAULTS_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

/* Octets that an answer has at the most; more is wrong. */
#define ANSWER_MOST 262144

struct answer {
    char data[ANSWER_MOST];
    size_t length;
    bool ended; /* the server closed, or reset; false: the time was up */
};

enum answer_kind {
    ANSWER_WHOLE, /* one valid answer, with exactly its content */
    ANSWER_NONE,  /* not one octet, but for 100 Continue */
    ANSWER_CUT,   /* the beginning of one */
    ANSWER_WRONG
};

struct answer_check {
    enum answer_kind kind;
    int code;            /* of a whole one */
    const char *mistake; /* of a wrong one */
};

/* What the request asked for. */
struct answer_wish {
    bool head;         /* HEAD: no content */
    bool may_have_100; /* before the answer proper */
};

/*
 * Checks what has come: a status line; field lines, none of them twice, with
 * Date and Connection: close and Content-Length; content of exactly that
 * length, a page from its doctype to its end with its type, or nothing.
 */
struct answer_check answer_check(const struct answer *answer,
                                 const struct answer_wish *wish);

/* Octets of a 100 Continue at its beginning, or 0. */
size_t answer_interim(const struct answer *answer);

#endif
