/* faults.c - which call fails; the contract is in faults.h. */
#include "faults.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>

#define ERROR(error, outcome)                                                  \
    {                                                                          \
        error, #error, outcome, false                                          \
    }
#define SHORT                                                                  \
    {                                                                          \
        FAULT_SHORT, "a short count", OUTCOME_SAME, false                      \
    }
#define SHORT_EACH                                                             \
    {                                                                          \
        FAULT_SHORT, "one byte each from there on", OUTCOME_SAME, true         \
    }
#define BREAK(outcome)                                                         \
    {                                                                          \
        FAULT_BREAK, "one byte, then ECONNRESET", outcome, true                \
    }
#define END                                                                    \
    {                                                                          \
        0, NULL, OUTCOME_SAME, false                                           \
    }

static const struct fault_error memory[] = {
    ERROR(ENOMEM, OUTCOME_ANSWER),
    {ENOMEM, "ENOMEM from there on", OUTCOME_ANSWER, true},
    END};
static const struct fault_error thread[] = {ERROR(EAGAIN, OUTCOME_SAME),
                                            ERROR(ENOMEM, OUTCOME_SAME), END};
static const struct fault_error detaching[] = {ERROR(EINVAL, OUTCOME_SAME),
                                               END};
static const struct fault_error pool[] = {ERROR(ENOMEM, OUTCOME_SAME), END};
static const struct fault_error accepting[] = {
    ERROR(EINTR, OUTCOME_SAME),        ERROR(EAGAIN, OUTCOME_SAME),
    ERROR(ECONNABORTED, OUTCOME_SAME), ERROR(EMFILE, OUTCOME_SAME),
    ERROR(ENFILE, OUTCOME_SAME),       ERROR(ENOBUFS, OUTCOME_SAME),
    ERROR(ENOMEM, OUTCOME_SAME),       ERROR(EPERM, OUTCOME_SAME),
    ERROR(EPROTO, OUTCOME_SAME),       END};
static const struct fault_error receiving[] = {
    ERROR(EINTR, OUTCOME_SAME),
    SHORT,
    SHORT_EACH,
    {FAULT_END, "the end of the stream", OUTCOME_CLOSE, false},
    BREAK(OUTCOME_CLOSE),
    ERROR(ECONNRESET, OUTCOME_CLOSE),
    ERROR(ETIMEDOUT, OUTCOME_CLOSE),
    ERROR(ENOBUFS, OUTCOME_CLOSE),
    ERROR(ENOMEM, OUTCOME_CLOSE),
    END};
static const struct fault_error sending[] = {ERROR(EINTR, OUTCOME_SAME),
                                             SHORT,
                                             SHORT_EACH,
                                             BREAK(OUTCOME_CUT),
                                             ERROR(ECONNRESET, OUTCOME_CUT),
                                             ERROR(EPIPE, OUTCOME_CUT),
                                             ERROR(ETIMEDOUT, OUTCOME_CUT),
                                             ERROR(ENOBUFS, OUTCOME_CUT),
                                             ERROR(ENOMEM, OUTCOME_CUT),
                                             END};
static const struct fault_error polling[] = {ERROR(EINTR, OUTCOME_SAME),
                                             ERROR(EAGAIN, OUTCOME_SAME),
                                             ERROR(ENOMEM, OUTCOME_SAME), END};
static const struct fault_error controlling[] = {
    ERROR(EINTR, OUTCOME_SAME), ERROR(EINVAL, OUTCOME_SAME), END};
/* A socket that may not block is not served: it would be asked in a loop. */
static const struct fault_error preparing[] = {
    ERROR(EINTR, OUTCOME_CLOSE), ERROR(EINVAL, OUTCOME_CLOSE), END};
static const struct fault_error shutting[] = {ERROR(ENOTCONN, OUTCOME_CUT),
                                              ERROR(ENOBUFS, OUTCOME_CUT), END};
static const struct fault_error closing[] = {
    ERROR(EINTR, OUTCOME_SAME), ERROR(EIO, OUTCOME_SAME),
    ERROR(ECONNRESET, OUTCOME_SAME), END};
static const struct fault_error clocks[] = {ERROR(EPERM, OUTCOME_CUT), END};
static const struct fault_error main_clock[] = {ERROR(EPERM, OUTCOME_CLOSE),
                                                END};
static const struct fault_error logging[] = {ERROR(EINTR, OUTCOME_SAME),
                                             ERROR(EAGAIN, OUTCOME_SAME),
                                             ERROR(EPIPE, OUTCOME_SAME),
                                             ERROR(EIO, OUTCOME_SAME),
                                             ERROR(ENOSPC, OUTCOME_SAME),
                                             SHORT,
                                             SHORT_EACH,
                                             END};
static const struct fault_error sleeping[] = {ERROR(EINTR, OUTCOME_SAME), END};
static const struct fault_error interrupting[] = {ERROR(ESRCH, OUTCOME_SAME),
                                                  END};
static const struct fault_error signal_waits[] = {
    ERROR(EINTR, OUTCOME_SAME), ERROR(EAGAIN, OUTCOME_SAME), END};
static const struct fault_error options[] = {
    ERROR(ENOBUFS, OUTCOME_SAME), ERROR(ENOMEM, OUTCOME_SAME),
    ERROR(ENOPROTOOPT, OUTCOME_SAME), END};
static const struct fault_error sockets[] = {ERROR(EMFILE, OUTCOME_SAME),
                                             ERROR(ENFILE, OUTCOME_SAME),
                                             ERROR(ENOBUFS, OUTCOME_SAME),
                                             ERROR(ENOMEM, OUTCOME_SAME),
                                             ERROR(EAFNOSUPPORT, OUTCOME_SAME),
                                             ERROR(EACCES, OUTCOME_SAME),
                                             END};
static const struct fault_error binding[] = {
    ERROR(EADDRINUSE, OUTCOME_SAME), ERROR(EADDRNOTAVAIL, OUTCOME_SAME),
    ERROR(EACCES, OUTCOME_SAME), ERROR(ENOMEM, OUTCOME_SAME), END};
static const struct fault_error listening[] = {ERROR(EADDRINUSE, OUTCOME_SAME),
                                               END};
static const struct fault_error names[] = {ERROR(ENOBUFS, OUTCOME_SAME), END};
static const struct fault_error lookups[] = {
    ERROR(EAI_AGAIN, OUTCOME_SAME),  ERROR(EAI_FAIL, OUTCOME_SAME),
    ERROR(EAI_MEMORY, OUTCOME_SAME), ERROR(EAI_NONAME, OUTCOME_SAME),
    ERROR(EAI_SYSTEM, OUTCOME_SAME), END};
static const struct fault_error limits[] = {ERROR(EPERM, OUTCOME_SAME), END};
static const struct fault_error masks[] = {ERROR(EINVAL, OUTCOME_SAME), END};
static const struct fault_error opening[] = {
    ERROR(ENOENT, OUTCOME_SAME), ERROR(EMFILE, OUTCOME_SAME),
    ERROR(ENFILE, OUTCOME_SAME), ERROR(ENOMEM, OUTCOME_SAME), END};

const struct fault_error *const fault_errors[FAULT_KINDS] = {
    [FAULT_MEMORY] = memory,
    [FAULT_THREAD] = thread,
    [FAULT_DETACH] = detaching,
    [FAULT_ACCEPT] = accepting,
    [FAULT_RECV] = receiving,
    [FAULT_SEND] = sending,
    [FAULT_POLL] = polling,
    [FAULT_FCNTL] = controlling,
    [FAULT_PREPARE] = preparing,
    [FAULT_SHUTDOWN] = shutting,
    [FAULT_CLOSE] = closing,
    [FAULT_CLOCK] = clocks,
    [FAULT_WRITE] = logging,
    [FAULT_SLEEP] = sleeping,
    [FAULT_INTERRUPT] = interrupting,
    [FAULT_SIGTIMEDWAIT] = signal_waits,
    [FAULT_MAIN_CLOCK] = main_clock,
    [FAULT_SETSOCKOPT] = options,
    [FAULT_POOL] = pool,
    [FAULT_SOCKET] = sockets,
    [FAULT_BIND] = binding,
    [FAULT_LISTEN] = listening,
    [FAULT_GETSOCKNAME] = names,
    [FAULT_GETADDRINFO] = lookups,
    [FAULT_GETNAMEINFO] = lookups,
    [FAULT_RLIMIT] = limits,
    [FAULT_SIGNALS] = masks,
    [FAULT_OPEN] = opening,
};

static const char *const kind_names[FAULT_KINDS] = {
    [FAULT_MEMORY] = "malloc, calloc, realloc",
    [FAULT_THREAD] = "pthread_create",
    [FAULT_DETACH] = "pthread_detach",
    [FAULT_ACCEPT] = "accept",
    [FAULT_RECV] = "recv",
    [FAULT_SEND] = "send",
    [FAULT_POLL] = "poll",
    [FAULT_FCNTL] = "fcntl",
    [FAULT_PREPARE] = "fcntl of a client's flags",
    [FAULT_SHUTDOWN] = "shutdown",
    [FAULT_CLOSE] = "close",
    [FAULT_CLOCK] = "clock_gettime",
    [FAULT_WRITE] = "write",
    [FAULT_SLEEP] = "nanosleep",
    [FAULT_INTERRUPT] = "pthread_kill",
    [FAULT_SIGTIMEDWAIT] = "sigtimedwait",
    [FAULT_MAIN_CLOCK] = "clock_gettime in the main thread",
    [FAULT_SETSOCKOPT] = "setsockopt",
    [FAULT_POOL] = "pthread_attr_..., pthread_mutex_init, pthread_cond_init",
    [FAULT_SOCKET] = "socket",
    [FAULT_BIND] = "bind",
    [FAULT_LISTEN] = "listen",
    [FAULT_GETSOCKNAME] = "getsockname",
    [FAULT_GETADDRINFO] = "getaddrinfo",
    [FAULT_GETNAMEINFO] = "getnameinfo",
    [FAULT_RLIMIT] = "getrlimit, setrlimit",
    [FAULT_SIGNALS] = "pthread_sigmask, sigaction",
    [FAULT_OPEN] = "open",
};

struct faults *faults;

static atomic_bool in_server;
static pthread_t main_thread;

int faults_init(void)
{
    void *memory_shared = mmap(NULL, sizeof *faults, PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (memory_shared == MAP_FAILED) {
        return -1;
    }
    faults = memory_shared;
    return 0;
}

void faults_reset(void)
{
    (void)faults_disarm();
    faults->blocks = 0;
    faults->octets = 0;
    faults->wrong_closes = 0;
    faults->accepted = 0;
    faults->total = 0;
    faults->waiting = 0;
    faults->short_of_threads = false;
    faults->held = 0;
    faults->logged = 0;
    faults->unlogged = 0;
}

void faults_arm(enum fault_kind kind, unsigned at,
                const struct fault_error *error)
{
    faults->at = at;
    faults->error = error->number;
    faults->lasts = error->lasts;
    faults->calls = 0;
    faults->hits = 0;
    faults->kind = (int)kind;
}

bool faults_disarm(void)
{
    faults->kind = FAULT_NONE;
    return faults->hits > 0;
}

const char *fault_kind_name(enum fault_kind kind)
{
    return kind_names[kind];
}

static void leave_server(void)
{
    in_server = false;
}

int faults_enter_server(void)
{
    main_thread = pthread_self();
    in_server = true;
    return atexit(leave_server);
}

bool faults_are_counted(void)
{
    return in_server;
}

int fault_now(enum fault_kind kind, const char *name)
{
    unsigned call;

    if (!in_server || faults->kind != (int)kind) {
        return 0;
    }
    call = ++faults->calls;
    if (call == faults->at || (call > faults->at && faults->lasts)) {
        faults->name = name;
        faults->hits++;
        if (faults->error == FAULT_BREAK) {
            return faults->hits == 1 ? FAULT_SHORT : ECONNRESET;
        }
        return faults->error;
    }
    return 0;
}

bool fault_sets_errno(enum fault_kind kind, const char *name)
{
    int error = fault_now(kind, name);

    if (error != 0) {
        errno = error;
    }
    return error != 0;
}

enum fault_kind fault_clock_kind(void)
{
    return in_server && pthread_equal(pthread_self(), main_thread)
               ? FAULT_MAIN_CLOCK
               : FAULT_CLOCK;
}
