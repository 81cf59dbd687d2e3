/*
 * scripts.h - what the clients of the sweep say.
 */
#ifndef FAULTS_SCRIPTS_H
#define FAULTS_SCRIPTS_H

#include <stdbool.h>
#include <stddef.h>

/* What a client does once all is sent. */
enum script_end {
    END_READS,       /* reads the answer to its end, then closes */
    END_HALF_CLOSES, /* ends its side first */
    END_RESETS,      /* is gone at once, without reading */
    END_STAYS,       /* reads, then waits until the server has closed */
    END_IS_DEAF      /* reads nothing, and waits until the server gives it up */
};

/* The request is `first`, `filler` so many times, and `then`; after a pause,
 * `later`. */
struct script {
    const char *name;   /* also of its log: no slash */
    const char *stages; /* in which it is tried: "123456" */
    int code;           /* with which it is answered; 0: just a close */
    const char *first;
    const char *filler;
    size_t times;
    const char *then;
    const char *later;
    bool head;         /* a HEAD */
    bool waits;        /* for 100 Continue, before `later` */
    bool early;        /* speaks only once it has been accepted */
    bool budget_taken; /* others hold as much as may be held */
    bool reads_slowly; /* or not at all: so that the server has to wait */
    enum script_end end;
};

extern const struct script scripts[];
extern const size_t scripts_count;

/* An ordinary request: the one that follows each fault, and each start. */
extern const struct script script_ordinary;

/* One of which half is sent before the server is told to stop. */
extern const struct script script_stop;

#endif
