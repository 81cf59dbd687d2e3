/*
 * scripts.h - what the clients of the sweep send.
 */
#ifndef FAULTS_SCRIPTS_H
#define FAULTS_SCRIPTS_H

#include <stdbool.h>
#include <stddef.h>

/* What a client does once everything is sent. */
enum script_end {
    END_READS,       /* reads the answer to its end, then closes */
    END_HALF_CLOSES, /* ends its side first */
    END_RESETS,      /* resets at once, without reading */
    END_STAYS,       /* reads, then waits until the server has closed */
    END_IS_DEAF      /* reads nothing, and waits until the server gives up */
};

/* The request is `first`, then `filler`, repeated `times` times, then `then`,
 * and, after a pause, `later`. */
struct script {
    const char *name;   /* also names its log, so it has no slash */
    const char *stages; /* those in which it is tried: "123456" */
    int code;           /* of the answer; 0: the server just closes */
    const char *first;
    const char *filler;
    size_t times;
    const char *then;
    const char *later;
    bool head;         /* a HEAD */
    bool waits;        /* for 100 Continue, before `later` */
    bool early;        /* sends only once it has been accepted */
    bool budget_taken; /* other clients hold all of the budget */
    bool reads_slowly; /* or not at all, so that the server has to wait */
    enum script_end end;
};

extern const struct script scripts[];
extern const size_t scripts_count;

/* An ordinary request; it follows each fault, and each start. */
extern const struct script script_ordinary;

/* Sends half of a request, and the rest when the server is about to stop. */
extern const struct script script_stop;

#endif
