/*
 * turns_trim_test.c - after a crowd, memory is given back to the system.
 */
/* link: -Wl,--wrap=malloc_trim */
#include "support.h"

#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "turns.h"
#include "turns_counts.h"

/* Where memory is not given back, it need not be waited for. */
enum {
#if defined(__GLIBC__) && !defined(PORTABLE)
    trims_expected = 1
#else
    trims_expected = 0
#endif
};

static atomic_int trims;

int __wrap_malloc_trim(size_t pad);

int __wrap_malloc_trim(size_t pad)
{
    (void)pad;
    atomic_fetch_add(&trims, 1);
    return 1;
}

/* Counts so many threads that are busy, without any of them. */
static void count_busy(size_t threads)
{
    child_check(turns_claim(), "a first thread is counted");
    for (size_t i = 0; i < threads; i++) {
        turns_created(0);
        child_check(turns_begin() && turns_end(true), "a turn");
    }
}

static void pause_for(long milliseconds)
{
    struct timespec time = {.tv_nsec = milliseconds * 1000000};

    (void)nanosleep(&time, NULL);
}

/* The crowd is seen, goes, and a second later so does what it took. */
static void *go_and_stop(void *unused)
{
    pause_for(300);
    child_check(atomic_load(&trims) == 0, "nothing is given back in a crowd");
    while (turns_count().total > 0) {
        child_check(turns_begin(), "a thread comes back");
        (void)turns_end(false);
    }
    for (int i = 0; i < 500 && atomic_load(&trims) < trims_expected; i++) {
        pause_for(10);
    }
    child_check(kill(getpid(), SIGTERM) == 0, "the stop");
    return unused;
}

static void run_with_a_crowd(void)
{
    struct turns turns = {.listening_socket = socket(AF_INET, SOCK_STREAM, 0)};
    sigset_t stop;
    pthread_t thread;

    (void)sigemptyset(&stop);
    (void)sigaddset(&stop, SIGTERM);
    child_check(pthread_sigmask(SIG_BLOCK, &stop, NULL) == 0, "blocked");
    child_check(listen(turns.listening_socket, 1) == 0, "it listens");
    count_busy(400);
    child_check(turns_count().total > 400 - 1, "there is a crowd");
    child_check(pthread_create(&thread, NULL, go_and_stop, NULL) == 0, "made");
    child_check(turns_run(&turns) == 0, "it stops as it should");
    child_check(pthread_join(thread, NULL) == 0, "joined");
    child_check(atomic_load(&trims) == trims_expected,
                "memory is given back once");
}

static void turns_run_after_a_crowd(void **state)
{
    (void)state;
    run_in_child(run_with_a_crowd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_run_after_a_crowd),
    };

    return run_all(tests);
}
