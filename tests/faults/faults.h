/*
 * faults.h - calls of the server that fail on purpose.
 *
 * The server is linked with `-Wl,--wrap=...`. So each call that can fail, if
 * one of its own objects makes it, becomes a call of a function `__wrap_...`
 * here. The driver forks the server, and says through memory that both share
 * which call should fail:
 *
 *     faults_arm(FAULT_RECV, 2, error);   // the 2nd recv from now on
 *     ... an exchange ...
 *     hit = faults_disarm();              // false: there was no 2nd recv
 *
 * The calls of all the server's threads are counted together. The driver's own
 * calls go through the same functions, and never fail.
 */
#ifndef FAULTS_FAULTS_H
#define FAULTS_FAULTS_H

#include <stdatomic.h>
#include <stdbool.h>

#include "../unit/support_call_names.h"

/* The kinds of calls; those of one kind are counted together. */
enum fault_kind {
    FAULT_NONE,
    FAULT_MEMORY, /* malloc, calloc, realloc */
    FAULT_THREAD,
    FAULT_DETACH,
    FAULT_ACCEPT,
    FAULT_RECV,
    FAULT_SEND,
    FAULT_POLL,
    FAULT_FCNTL,
    FAULT_PREPARE, /* fcntl of a client's flags: only in PORTABLE builds */
    FAULT_SHUTDOWN,
    FAULT_CLOSE,
    FAULT_CLOCK, /* of the threads that handle clients */
    FAULT_WRITE,
    FAULT_SLEEP,
    FAULT_INTERRUPT, /* pthread_kill: the interrupt does not arrive */
    FAULT_SIGTIMEDWAIT,
    FAULT_MAIN_CLOCK,  /* of the main thread */
    FAULT_RUNNING_END, /* those below are called only at the start */
    FAULT_SETSOCKOPT,
    FAULT_POOL, /* pthread_attr_..., pthread_mutex_init, pthread_cond_init */
    FAULT_SOCKET,
    FAULT_BIND,
    FAULT_LISTEN,
    FAULT_GETSOCKNAME,
    FAULT_GETADDRINFO,
    FAULT_GETNAMEINFO,
    FAULT_RLIMIT,
    FAULT_SIGNALS, /* pthread_sigmask, sigaction */
    FAULT_OPEN,
    FAULT_KINDS
};

/* What the client may see of a fault. Each allows everything that those before
 * it allow. None allows an answer that is not valid HTTP. */
enum fault_outcome {
    OUTCOME_SAME,   /* what it sees without the fault */
    OUTCOME_ANSWER, /* or another whole answer: 408, 500, 503 */
    OUTCOME_CLOSE,  /* or a close without an answer */
    OUTCOME_CUT     /* or an answer that breaks off */
};

/* Results that are not errors: one byte instead of many; the end of the stream;
 * and one byte now, but ECONNRESET the next time, if the fault lasts. */
#define FAULT_SHORT (-1000)
#define FAULT_END (-1001)
#define FAULT_BREAK (-1002)

struct fault_error {
    int number; /* of errno.h, of netdb.h (EAI_...), or one of the above */
    const char *name;
    enum fault_outcome outcome;
    bool lasts; /* every later call of the kind fails, too */
};

/* What the driver and its server share. */
struct faults {
    atomic_int kind; /* armed, or FAULT_NONE */
    atomic_uint at;  /* which of the calls fails; the first is 1 */
    atomic_int error;
    atomic_bool lasts;
    atomic_uint calls;          /* of the kind, since the fault was armed */
    atomic_uint hits;           /* how many of these failed */
    _Atomic(const char *) name; /* the function that failed last */
    atomic_long blocks;         /* allocations that are not freed yet */
    atomic_long octets;         /* their size */
    atomic_uint wrong_closes;   /* closes of descriptors that were not open */
    atomic_uint accepted;       /* clients, since the server started */
    atomic_uint logged;         /* whole lines in the log */
    atomic_uint unlogged;       /* lines that are lost because of a fault */
    atomic_size_t held;         /* what the budget counts, after each change */

    /* What the pool counts, after each change. */
    atomic_ulong total, waiting;
    atomic_bool short_of_threads; /* it does not try to start more for now */

    atomic_bool budget_taken; /* there is no budget left for a client */

    /* Set before the server starts. */
    bool accept_early; /* without TCP_DEFER_ACCEPT */
    int send_buffer;   /* bytes, of a client's socket; 0: the system's choice */
};

extern struct faults *faults;

/* For the driver. faults_init returns 0, or -1 with errno. faults_reset sets
 * the counts to those of a server that has not started yet. faults_disarm says
 * whether a call has failed. */
int faults_init(void);
void faults_reset(void);
void faults_arm(enum fault_kind kind, unsigned at,
                const struct fault_error *error);
bool faults_disarm(void);

/* The names of the kind's functions, for messages. */
const char *fault_kind_name(enum fault_kind kind);

/* The errors that a kind of call can really have; the last one has no name. */
const struct fault_error *fault_errors(enum fault_kind kind);

/* For the server: call it in the child, before anything else. From then on,
 * calls are counted, and the calling thread is the main thread. Counting ends
 * at exit, because what runs then (gcov, for example) is not part of the
 * server. Returns 0, or -1. */
int faults_enter_server(void);

/* For the wrappers: true in the server. */
bool faults_are_counted(void);

/* Counts a call. Returns 0, or the error with which the call must fail. */
int fault_now(enum fault_kind kind, const char *name);

/* The same, for a function that returns -1 with errno. True: it must return -1.
 */
bool fault_sets_errno(enum fault_kind kind, const char *name);

/* Declare a call, and define what --wrap puts in its place. That function fails
 * when its turn comes, either with errno or by what it returns. run_sweep.py
 * finds these functions in the object files. */
#define FAILS_BY_ERRNO(kind, type, call, parameters, arguments)                \
    type __real_##call parameters;                                             \
    type __wrap_##call parameters;                                             \
    type __wrap_##call parameters                                              \
    {                                                                          \
        return fault_sets_errno(kind, #call) ? -1 : __real_##call arguments;   \
    }
#define FAILS_BY_RESULT(kind, call, parameters, arguments)                     \
    int __real_##call parameters;                                              \
    int __wrap_##call parameters;                                              \
    int __wrap_##call parameters                                               \
    {                                                                          \
        int error = fault_now(kind, #call);                                    \
        return error != 0 ? error : __real_##call arguments;                   \
    }

/* FAULT_MAIN_CLOCK in the main thread, FAULT_CLOCK in others. */
enum fault_kind fault_clock_kind(void);

#endif
