/*
 * turns_trim_test.c - after a crowd, and after much was held, memory is
 * given back to the system.
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
    gives_back = 1
#else
    gives_back = 0
#endif
};

static int trims_expected = gives_back;
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
        child_check(turns_begin(false) && turns_end(true), "a turn");
    }
}

static void pause_for(long milliseconds)
{
    struct timespec time = {.tv_nsec = milliseconds * 1000000};

    (void)nanosleep(&time, NULL);
}

/* The one thread that there is in truth: nobody else waits in accept. */
static void *take_turns(void *turns)
{
    struct sockaddr_storage address;

    while (turns_accept(turns, &address) != -1) {
    }
    return NULL;
}

static void await_trim_and_stop(void)
{
    for (int i = 0; i < 500 && atomic_load(&trims) < trims_expected; i++) {
        pause_for(10);
    }
    child_check(kill(getpid(), SIGTERM) == 0, "the stop");
}

/* The crowd is seen, goes, and a second later so does what it took; and what
 * threads that were no longer counted have freed since, another second later.
 */
static void *crowd_goes(void *unused)
{
    pause_for(300);
    child_check(atomic_load(&trims) == 0, "nothing is given back in a crowd");
    while (turns_count().total > 1) {
        child_check(turns_begin(false), "a thread comes back");
        (void)turns_end(false);
    }
    await_trim_and_stop();
    return unused;
}

/* So is what was held, a second after the last of it was let go. */
static void *what_is_held_goes(void *unused)
{
    enum {
        much = 6000000
    };

    for (int i = 0; i < 4; i++) {
        child_check(turns_hold(much) == 0, "held");
        pause_for(300);
        child_check(atomic_load(&trims) == 0, "nothing is given back so soon");
        turns_let_go(much);
    }
    await_trim_and_stop();
    return unused;
}

static void run_until(void *(*stop)(void *))
{
    struct turns turns = {.listening_socket = socket(AF_INET, SOCK_STREAM, 0),
                          .take = take_turns};
    sigset_t signals;
    pthread_t thread;

    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    child_check(pthread_sigmask(SIG_BLOCK, &signals, NULL) == 0, "blocked");
    child_check(listen(turns.listening_socket, 1) == 0, "it listens");
    child_check(pthread_create(&thread, NULL, stop, NULL) == 0, "made");
    child_check(turns_run(&turns) == 0, "it stops as it should");
    child_check(pthread_join(thread, NULL) == 0, "joined");
    child_check(atomic_load(&trims) == trims_expected,
                "memory is given back so often");
}

static void run_with_a_crowd(void)
{
    count_busy(600);
    child_check(turns_count().total > 600 - 1, "there is a crowd");
    trims_expected = 2 * gives_back;
    run_until(crowd_goes);
}

static void run_with_much_held(void)
{
    run_until(what_is_held_goes);
}

static void turns_run_after_a_crowd(void **state)
{
    (void)state;
    run_in_child(run_with_a_crowd);
}

static void turns_run_after_much_was_held(void **state)
{
    (void)state;
    run_in_child(run_with_much_held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_run_after_a_crowd),
        cmocka_unit_test(turns_run_after_much_was_held),
    };

    return run_all(tests);
}
