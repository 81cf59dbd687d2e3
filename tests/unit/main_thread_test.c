/*
 * main_thread_test.c - getting the process ready, and what the main thread does
 * until a signal has stopped the server. Each test runs in its own process.
 */
/* link: -Wl,--wrap=clock_gettime,--wrap=malloc_trim,--wrap=write */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "net/budget.h"
#include "net/deadlines.h"
#include "net/limits.h"
#include "net/log.h"
#include "net/main_thread.h"
#include "net/pool.h"

/* ---- Calls in place of the real ones */

static unsigned speed = 1; /* of the clock, so that seconds pass faster */
static bool writes_slowly; /* to standard error */
static atomic_int trims;

STANDS_IN_FOR(int, clock_gettime, clockid_t clock, struct timespec *time);
int __wrap_malloc_trim(size_t pad);
STANDS_IN_FOR(ssize_t, write, int descriptor, const void *data, size_t length);

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
    int result = __real_clock_gettime(clock, time);
    long long nanoseconds = (long long)time->tv_nsec * speed;

    time->tv_sec =
        time->tv_sec * (time_t)speed + (time_t)(nanoseconds / 1000000000);
    time->tv_nsec = (long)(nanoseconds % 1000000000);
    return result;
}

int __wrap_malloc_trim(size_t pad)
{
    (void)pad;
    atomic_fetch_add(&trims, 1);
    return 1;
}

static void pause_for(int milliseconds)
{
    for (int i = 0; i < milliseconds; i++) {
        pause_a_moment();
    }
}

ssize_t __wrap_write(int descriptor, const void *data, size_t length)
{
    if (writes_slowly && descriptor == STDERR_FILENO) {
        pause_for(50);
    }
    return __real_write(descriptor, data, length);
}

/* ---- Getting ready */

static struct pool pool;
static char reason[REASON_SIZE];

static void prepare(void)
{
    child_check(main_thread_prepare(reason) == 0, "the process is ready");
}

static bool is_blocked(int number)
{
    sigset_t blocked;

    child_check(pthread_sigmask(SIG_BLOCK, NULL, &blocked) == 0, "asked");
    return sigismember(&blocked, number) == 1;
}

/* Even if the server was started with SIGUSR1 blocked and ignored. */
static void main_thread_prepare_sets_up_signals(void **state)
{
    sigset_t interrupting;

    (void)state;
    (void)signal(SIGUSR1, SIG_IGN);
    (void)sigemptyset(&interrupting);
    (void)sigaddset(&interrupting, SIGUSR1);
    child_check(pthread_sigmask(SIG_BLOCK, &interrupting, NULL) == 0,
                "blocked");
    prepare();
    child_check(is_blocked(SIGINT) && is_blocked(SIGTERM), "these can wait");
    child_check(is_blocked(SIGPIPE), "SIGPIPE is blocked");
    child_check(raise(SIGUSR1) == 0, "SIGUSR1 does not end it");
    child_check(!is_blocked(SIGUSR1), "it interrupts");
}

/* ---- Stopping */

static void signal_server(int number)
{
    child_check(kill(getpid(), number) == 0, "signaled");
}

static pthread_t start(void *(*function)(void *))
{
    pthread_t thread;

    child_check(pthread_create(&thread, NULL, function, NULL) == 0, "created");
    return thread;
}

/* A pool without threads, in which this many are counted as busy. */
static void count_busy(size_t busy, size_t cap)
{
    prepare();
    child_check(pool_init(&pool, socket(AF_INET, SOCK_STREAM, 0), reason) == 0,
                "there is a pool");
    pool.cap = pool.reached = cap;
    for (size_t i = 0; i < busy; i++) {
        child_check(pool_wait(&pool), "a thread waits");
        (void)pool_accepted(&pool, 0);
    }
}

/* All threads that are counted end once the server stops. */
static void end_threads(void)
{
    while (pool_count(&pool).total > 0) {
        if (pool_wait(&pool)) {
            errno = EAGAIN;
            (void)pool_accepted(&pool, -1);
        }
    }
}

static void stop_without_threads(void)
{
    signal_server(SIGTERM);
    end_threads();
}

static void *stop_at_once(void *unused)
{
    stop_without_threads();
    return unused;
}

/* A server in a shell's background must ignore Ctrl-C, which is meant for
 * another program. */
static void main_thread_run_leaves_sigint_ignored(void **state)
{
    pthread_t stopping;

    (void)state;
    (void)signal(SIGINT, SIG_IGN);
    count_busy(1, 100);
    signal_server(SIGINT);
    stopping = start(stop_at_once);
    signal_server(SIGINT);
    child_check(main_thread_run(&pool) == 0, "SIGINT is not a second signal");
    child_check(pthread_join(stopping, NULL) == 0, "joined");
}

static void main_thread_run_ends_though_a_thread_is_busy(void **state)
{
    uint64_t took;

    (void)state;
    count_busy(1, 100);
    signal_server(SIGTERM);
    speed = 10;
    took = deadlines_clock();
    child_check(main_thread_run(&pool) == 0, "it ends with 0");
    took = deadlines_clock() - took;
    child_check(took >= STOP_MOST_MS, "there is time for an answer");
    child_check(took < STOP_MOST_MS + speed * 500, "but not more");
}

/* Whichever of the two signals comes first. */
static void main_thread_run_ends_at_once_at_a_second_signal(void **state)
{
    int code;

    (void)state;
    count_busy(1, 100);
    signal_server(SIGTERM);
    signal_server(SIGINT);
    code = main_thread_run(&pool);
    child_check(code == 128 + SIGINT || code == 128 + SIGTERM,
                "it ends with the number of the signal");
    child_check(pool_count(&pool).busy > 0, "a thread is busy");
}

/* ---- Deadlines */

static uint64_t waited; /* milliseconds until it was too late */

/* A client sends nothing, and recv blocks. If a signal is given, the server
 * gets it then. */
static void *wait_for_client(void *number)
{
    struct deadline deadline;
    char octet;
    int pair[2];

    child_check(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, "connected");
    waited = deadlines_clock();
    deadline_begin(&deadline);
    if (number != NULL) {
        signal_server(*(int *)number);
    }
    do {
        deadline_wait(&deadline);
        child_check(recv(pair[0], &octet, 1, 0) == -1 && errno == EINTR,
                    "recv is interrupted");
    } while (!deadline_passed(&deadline));
    deadline_end(&deadline);
    waited = deadlines_clock() - waited;
    return NULL;
}

static void *wait_while_stopping(void *unused)
{
    int number = SIGTERM;

    (void)wait_for_client(&number);
    end_threads();
    return unused;
}

/* A half-sent request gets a little more time. */
static void main_thread_run_ends_half_sent_requests_at_a_stop(void **state)
{
    pthread_t waiting;

    (void)state;
    count_busy(1, 100);
    speed = 10;
    waiting = start(wait_while_stopping);
    child_check(main_thread_run(&pool) == 0, "it ends with 0");
    child_check(pthread_join(waiting, NULL) == 0, "joined");
    child_check(waited >= STOP_GRACE_MS, "it has some time");
    child_check(waited < STOP_MOST_MS, "but not all");
}

/* ---- Memory that is returned to the system */

enum {
#if defined(__GLIBC__) && !defined(PORTABLE)
    gives_back = 1
#else
    gives_back = 0 /* then no test waits for it */
#endif
};

static void await_trims(int expected)
{
    for (int i = 0; i < 5000 && atomic_load(&trims) < expected * gives_back;
         i++) {
        pause_a_moment();
    }
}

/* It happens a second after a crowd has gone, and again a second later, because
 * threads that are no longer counted may still have freed something. */
static void *crowd_goes(void *unused)
{
    pause_for(300);
    child_check(atomic_load(&trims) == 0, "nothing is given back in a crowd");
    while (pool_count(&pool).total > THREADS_SPARE) {
        (void)pool_wait(&pool);
    }
    await_trims(2);
    pause_for(1300 * gives_back);
    stop_without_threads();
    return unused;
}

static void main_thread_run_trims_after_a_crowd(void **state)
{
    pthread_t going;

    (void)state;
    count_busy(600, 1000);
    going = start(crowd_goes);
    child_check(main_thread_run(&pool) == 0, "it ends with 0");
    child_check(pthread_join(going, NULL) == 0, "joined");
    child_check(atomic_load(&trims) == 2 * gives_back, "it was given back");
}

/* It happens a second after the last of the memory was freed. */
static void *much_is_held(void *unused)
{
    for (int i = 0; i < 4; i++) {
        uint64_t amount = 0;

        child_check(budget_hold(&amount, 6000000) == 0, "held");
        pause_for(300);
        child_check(atomic_load(&trims) == 0, "nothing is given back so soon");
        child_check(budget_hold(&amount, 0) == 0, "let go");
    }
    await_trims(1);
    stop_without_threads();
    return unused;
}

static void main_thread_run_trims_after_much_was_held(void **state)
{
    pthread_t holding;

    (void)state;
    count_busy(1, 1000);
    holding = start(much_is_held);
    child_check(main_thread_run(&pool) == 0, "it ends with 0");
    child_check(pthread_join(holding, NULL) == 0, "joined");
    child_check(atomic_load(&trims) == gives_back, "it was given back");
}

/* ---- The log */

static void main_thread_run_finishes_the_log(void **state)
{
    pthread_t stopping;
    char log[16];
    int ends[2];

    (void)state;
    child_check(pipe(ends) == 0 && dup2(ends[1], STDERR_FILENO) != -1, "moved");
    count_busy(1, 1000);
    writes_slowly = true;
    log_write("a line\n", 7);
    stopping = start(stop_at_once);
    child_check(main_thread_run(&pool) == 0, "it ends with 0");
    child_check(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0, "set");
    child_check(read(ends[0], log, sizeof log) == 7, "it has been written");
    child_check(pthread_join(stopping, NULL) == 0, "joined");
}

static void *fail_to_accept(void *unused)
{
    for (int i = 0; i < 80; i++) {
        child_check(pool_wait(&pool), "it waits again");
        errno = EMFILE;
        (void)pool_accepted(&pool, -1);
    }
    stop_without_threads();
    return unused;
}

static void main_thread_run_reports_an_error_of_accept_once(void **state)
{
    pthread_t failing;
    char log[1024];
    char expected[256];
    ssize_t length;
    int ends[2];

    (void)state;
    child_check(pipe(ends) == 0 && dup2(ends[1], STDERR_FILENO) != -1, "moved");
    count_busy(1, 1000);
    failing = start(fail_to_accept);
    child_check(main_thread_run(&pool) == 0, "it ends with 0");
    child_check(pthread_join(failing, NULL) == 0, "joined");
    length = read(ends[0], log, sizeof log - 1);
    child_check(length > 0, "something is said");
    log[length] = '\0';
    (void)snprintf(expected, sizeof expected,
                   ": cannot accept clients, but keeps trying: %s\n",
                   strerror(EMFILE));
    child_check(strstr(log, expected) != NULL, "what, and why");
    child_check(strchr(log, '\n') == log + length - 1, "in one line");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_in_child(main_thread_prepare_sets_up_signals),
        test_in_child(main_thread_run_leaves_sigint_ignored),
        test_in_child(main_thread_run_ends_though_a_thread_is_busy),
        test_in_child(main_thread_run_ends_at_once_at_a_second_signal),
        test_in_child(main_thread_run_ends_half_sent_requests_at_a_stop),
        test_in_child(main_thread_run_trims_after_a_crowd),
        test_in_child(main_thread_run_trims_after_much_was_held),
        test_in_child(main_thread_run_finishes_the_log),
        test_in_child(main_thread_run_reports_an_error_of_accept_once),
    };

    (void)signal(SIGINT, SIG_DFL); /* a shell's background has it ignored */
    return run_all(tests);
}
