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
#define SAME(error)                                                            \
    {                                                                          \
        error, #error, OUTCOME_SAME, false                                     \
    }
#define SHORT                                                                  \
    {                                                                          \
        FAULT_SHORT, "a short count", OUTCOME_SAME, false                      \
    }
#define SHORT_EACH                                                             \
    {                                                                          \
        FAULT_SHORT, "one byte each from then on", OUTCOME_SAME, true          \
    }
#define BREAK(outcome)                                                         \
    {                                                                          \
        FAULT_BREAK, "one byte, then ECONNRESET", outcome, true                \
    }

/* The kinds of calls: their names, and the errors that they may have. */
static const struct {
    const char *name;
    struct fault_error errors[12]; /* the last one has no name */
} kinds[FAULT_KINDS] = {
    [FAULT_MEMORY] = {"malloc, calloc, realloc",
                      {ERROR(ENOMEM, OUTCOME_ANSWER),
                       {ENOMEM, "ENOMEM from then on", OUTCOME_ANSWER, true}}},
    [FAULT_THREAD] = {"pthread_create", {SAME(EAGAIN), SAME(ENOMEM)}},
    [FAULT_DETACH] = {"pthread_detach", {SAME(EINVAL)}},
    [FAULT_ACCEPT] = {"accept",
                      {SAME(EINTR), SAME(EAGAIN), SAME(ECONNABORTED),
                       SAME(EMFILE), SAME(ENFILE), SAME(ENOBUFS), SAME(ENOMEM),
                       SAME(EPERM), SAME(EPROTO)}},
    [FAULT_RECV] = {"recv",
                    {SAME(EINTR),
                     SHORT,
                     SHORT_EACH,
                     {FAULT_END, "the end of the stream", OUTCOME_CLOSE, false},
                     BREAK(OUTCOME_CLOSE),
                     ERROR(ECONNRESET, OUTCOME_CLOSE),
                     ERROR(ETIMEDOUT, OUTCOME_CLOSE),
                     ERROR(ENOBUFS, OUTCOME_CLOSE),
                     ERROR(ENOMEM, OUTCOME_CLOSE)}},
    [FAULT_SEND] = {"send",
                    {SAME(EINTR), SHORT, SHORT_EACH, BREAK(OUTCOME_CUT),
                     ERROR(ECONNRESET, OUTCOME_CUT), ERROR(EPIPE, OUTCOME_CUT),
                     ERROR(ETIMEDOUT, OUTCOME_CUT), ERROR(ENOBUFS, OUTCOME_CUT),
                     ERROR(ENOMEM, OUTCOME_CUT)}},
    [FAULT_POLL] = {"poll", {SAME(EINTR), SAME(EAGAIN), SAME(ENOMEM)}},
    [FAULT_FCNTL] = {"fcntl", {SAME(EINTR), SAME(EINVAL)}},
    /* A client whose socket would not block is not served: the server would ask
     * it in a loop. */
    [FAULT_PREPARE] = {"fcntl of a client's flags",
                       {ERROR(EINTR, OUTCOME_CLOSE),
                        ERROR(EINVAL, OUTCOME_CLOSE)}},
    [FAULT_SHUTDOWN] = {"shutdown",
                        {ERROR(ENOTCONN, OUTCOME_CUT),
                         ERROR(ENOBUFS, OUTCOME_CUT)}},
    [FAULT_CLOSE] = {"close", {SAME(EINTR), SAME(EIO), SAME(ECONNRESET)}},
    [FAULT_CLOCK] = {"clock_gettime", {ERROR(EPERM, OUTCOME_CUT)}},
    [FAULT_WRITE] = {"write",
                     {SAME(EINTR), SAME(EAGAIN), SAME(EPIPE), SAME(EIO),
                      SAME(ENOSPC), SHORT, SHORT_EACH}},
    [FAULT_SLEEP] = {"nanosleep", {SAME(EINTR)}},
    [FAULT_INTERRUPT] = {"pthread_kill", {SAME(ESRCH)}},
    [FAULT_SIGTIMEDWAIT] = {"sigtimedwait", {SAME(EINTR), SAME(EAGAIN)}},
    [FAULT_MAIN_CLOCK] = {"clock_gettime in the main thread",
                          {ERROR(EPERM, OUTCOME_CLOSE)}},
    [FAULT_SETSOCKOPT] = {"setsockopt",
                          {SAME(ENOBUFS), SAME(ENOMEM), SAME(ENOPROTOOPT)}},
    [FAULT_POOL] = {"pthread_attr_..., pthread_mutex_init, pthread_cond_init",
                    {SAME(ENOMEM)}},
    [FAULT_SOCKET] = {"socket",
                      {SAME(EMFILE), SAME(ENFILE), SAME(ENOBUFS), SAME(ENOMEM),
                       SAME(EAFNOSUPPORT), SAME(EACCES)}},
    [FAULT_BIND] = {"bind",
                    {SAME(EADDRINUSE), SAME(EADDRNOTAVAIL), SAME(EACCES),
                     SAME(ENOMEM)}},
    [FAULT_LISTEN] = {"listen", {SAME(EADDRINUSE)}},
    [FAULT_GETSOCKNAME] = {"getsockname", {SAME(ENOBUFS)}},
    [FAULT_GETADDRINFO] = {"getaddrinfo",
                           {SAME(EAI_AGAIN), SAME(EAI_FAIL), SAME(EAI_MEMORY),
                            SAME(EAI_NONAME), SAME(EAI_SYSTEM)}},
    [FAULT_GETNAMEINFO] = {"getnameinfo",
                           {SAME(EAI_AGAIN), SAME(EAI_FAIL), SAME(EAI_MEMORY),
                            SAME(EAI_NONAME), SAME(EAI_SYSTEM)}},
    [FAULT_RLIMIT] = {"getrlimit, setrlimit", {SAME(EPERM)}},
    [FAULT_SIGNALS] = {"pthread_sigmask, sigaction", {SAME(EINVAL)}},
    [FAULT_OPEN] = {"open",
                    {SAME(ENOENT), SAME(EMFILE), SAME(ENFILE), SAME(ENOMEM)}},
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
    return kinds[kind].name;
}

const struct fault_error *fault_errors(enum fault_kind kind)
{
    return kinds[kind].errors;
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
