/*
 * turns_run_test.c - how the server stops: upon one signal, and upon a second.
 * Each test has a process of its own.
 */
/* link: -Wl,--wrap=clock_gettime */
/* link: -Wl,--wrap=pthread_create,--wrap=accept,--wrap=accept4 */
#include "support_turns.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "limits.h"

/* ---- A clock that runs fast, so that seconds need not be waited for */

static unsigned speed = 10;

int __real_clock_gettime(clockid_t clock, struct timespec *time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *time);

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
    int result = __real_clock_gettime(clock, time);
    long nanoseconds = time->tv_nsec * (long)speed;

    time->tv_sec = time->tv_sec * (long)speed + nanoseconds / 1000000000;
    time->tv_nsec = nanoseconds % 1000000000;
    return result;
}

/* ---- Server and clients */

static void *take_turns(void *argument)
{
    struct sockaddr_storage address;
    int client;

    while ((client = turns_accept(argument, &address)) != -1) {
        atomic_fetch_add(&accepted, 1);
        do {
            pause_a_moment();
        } while (atomic_load(&held));
        child_check(write(client, "x", 1) == 1, "the client is answered");
        child_check(close(client) == 0, "the client is closed");
    }
    return NULL;
}

/* Threads that count nothing while the server stops. */
static void listen_to_stop(void)
{
    listen_for_clients();
    turns.take = take_turns;
}

/* Starts the threads, and then signals, which wait for turns_run. */
static void start_signalled(const int *signals)
{
    child_check(turns_start(&turns) == 0, "turns_start");
    for (size_t i = 0; signals[i] != 0; i++) {
        child_check(kill(getpid(), signals[i]) == 0, "signalled");
    }
}

static void await_accepted(size_t number)
{
    for (int i = 0; i < 5000 && atomic_load(&accepted) < number; i++) {
        pause_a_moment();
    }
    child_check(atomic_load(&accepted) == number, "accepted");
}

/* ---- Tests */

static void stops_at_rest(int signal)
{
    listen_to_stop();
    start_signalled((const int[]){signal, 0});
    child_check(turns_run(&turns) == 0, "it ends with 0");
    child_check(turns_count().total == 0, "no thread is left");
    child_check(connect_client() == -1, "nobody listens");
}

static void stops_upon_sigterm(void)
{
    stops_at_rest(SIGTERM);
}

static void stops_upon_sigint(void)
{
    stops_at_rest(SIGINT);
}

static void turns_run_ends_upon_sigterm(void **state)
{
    (void)state;
    run_in_child(stops_upon_sigterm);
}

static void turns_run_ends_upon_sigint(void **state)
{
    (void)state;
    run_in_child(stops_upon_sigint);
}

/* Clients that had come before the signal are served, all of them. */
static void serves_the_queue(void)
{
    int clients[20];

    speed = 1; /* they are to be served, however long it takes */
    listen_to_stop();
    for (size_t i = 0; i < COUNT(clients); i++) {
        clients[i] = connect_client();
        child_check(clients[i] != -1, "connected");
    }
    start_signalled((const int[]){SIGTERM, 0});
    child_check(turns_run(&turns) == 0, "it ends with 0");
    child_check(turns_count().total == 0, "no thread is left");
    for (size_t i = 0; i < COUNT(clients); i++) {
        check_answers(&clients[i], 1);
    }
}

static void turns_run_serves_what_has_come(void **state)
{
    (void)state;
    run_in_child(serves_the_queue);
}

static void *release_after_stop(void *argument)
{
    (void)argument;
    for (int i = 0; i < 5000 && !turns_count().stopping; i++) {
        pause_a_moment();
    }
    for (int i = 0; i < 10; i++) { /* until the listening has ended */
        pause_a_moment();
    }
    atomic_store(&held, false);
    return NULL;
}

/* It waits for the threads that are busy. */
static void waits_for_the_busy(void)
{
    pthread_t releasing;
    int client;

    atomic_store(&held, true);
    listen_to_stop();
    client = connect_client();
    start_signalled((const int[]){SIGTERM, 0});
    await_accepted(1);
    child_check(pthread_create(&releasing, NULL, release_after_stop, NULL) == 0,
                "created");
    child_check(turns_run(&turns) == 0, "it ends with 0");
    child_check(!atomic_load(&held), "not before the thread was done");
    child_check(pthread_join(releasing, NULL) == 0, "joined");
    child_check(turns_count().total == 0, "no thread is left");
    check_answers(&client, 1);
}

static void turns_run_waits_for_busy_threads(void **state)
{
    (void)state;
    run_in_child(waits_for_the_busy);
}

/* But not for ever. */
static void waits_no_longer(void)
{
    uint64_t began;
    uint64_t took;

    atomic_store(&held, true);
    listen_to_stop();
    child_check(connect_client() != -1, "connected");
    start_signalled((const int[]){SIGTERM, 0});
    await_accepted(1);
    began = turns_clock();
    child_check(turns_run(&turns) == 0, "it ends with 0");
    took = turns_clock() - began;
    child_check(took >= STOP_MOST_MS, "there is time for an answer");
    child_check(took < STOP_MOST_MS + speed * 500, "but no more");
}

static void turns_run_ends_though_a_thread_is_busy(void **state)
{
    (void)state;
    run_in_child(waits_no_longer);
}

/* Of two signals that wait, the one with the lower number comes first. */
static void ends_at_once(void)
{
    atomic_store(&held, true);
    listen_to_stop();
    child_check(connect_client() != -1, "connected");
    start_signalled((const int[]){SIGTERM, SIGINT, 0});
    await_accepted(1);
    child_check(turns_run(&turns) == 128 + SIGTERM, "it ends with 128 + 15");
    child_check(turns_count().total > turns_count().waiting,
                "a thread is busy");
}

static void turns_run_ends_at_once_upon_a_second_signal(void **state)
{
    (void)state;
    run_in_child(ends_at_once);
}

static void *signal_after_stop(void *argument)
{
    (void)argument;
    for (int i = 0; i < 5000 && !turns_count().stopping; i++) {
        pause_a_moment();
    }
    for (int i = 0; i < 10; i++) { /* until the listening has ended */
        pause_a_moment();
    }
    child_check(kill(getpid(), SIGINT) == 0, "signalled");
    return NULL;
}

static void ends_at_once_later(void)
{
    pthread_t signalling;

    atomic_store(&held, true);
    listen_to_stop();
    child_check(connect_client() != -1, "connected");
    start_signalled((const int[]){SIGTERM, 0});
    await_accepted(1);
    child_check(pthread_create(&signalling, NULL, signal_after_stop, NULL) == 0,
                "created");
    child_check(turns_run(&turns) == 128 + SIGINT, "it ends with 128 + 2");
    child_check(pthread_join(signalling, NULL) == 0, "joined");
}

static void turns_run_ends_upon_a_second_signal_while_stopping(void **state)
{
    (void)state;
    run_in_child(ends_at_once_later);
}

/* Waits for more of a request end soon after the signal, by being interrupted;
 * turns_run sees to it. */
static atomic_bool interrupted;

static void *wait_for_more(void *argument)
{
    struct turns_wait wait = {
        .began = turns_clock(), .allowance = 600000, .until_stop = true};
    struct timespec ten_seconds = {.tv_sec = 10};

    (void)argument;
    (void)turns_wait_begin(&wait);
    if (nanosleep(&ten_seconds, NULL) == -1 && errno == EINTR) {
        atomic_store(&interrupted, true);
    }
    turns_wait_end(&wait);
    atomic_store(&held, false);
    return NULL;
}

static void interrupts_waits(void)
{
    pthread_t waiting;

    atomic_store(&held, true);
    listen_to_stop();
    child_check(connect_client() != -1, "connected");
    start_signalled((const int[]){SIGTERM, 0});
    await_accepted(1);
    child_check(pthread_create(&waiting, NULL, wait_for_more, NULL) == 0,
                "created");
    child_check(turns_run(&turns) == 0, "it ends with 0");
    child_check(atomic_load(&interrupted), "the wait was interrupted");
    child_check(pthread_join(waiting, NULL) == 0, "joined");
}

static void turns_run_interrupts_waits_for_more_of_a_request(void **state)
{
    (void)state;
    run_in_child(interrupts_waits);
}

/* Even if whoever started the server had the signal blocked. */
static void interrupts_waits_though_it_was_blocked(void)
{
    sigset_t interrupting;

    (void)sigemptyset(&interrupting);
    (void)sigaddset(&interrupting, SIGUSR1);
    child_check(pthread_sigmask(SIG_BLOCK, &interrupting, NULL) == 0,
                "blocked");
    interrupts_waits();
}

static void turns_run_interrupts_waits_though_sigusr1_was_blocked(void **state)
{
    (void)state;
    run_in_child(interrupts_waits_though_it_was_blocked);
}

static void *release_after_two(void *argument)
{
    (void)argument;
    await_accepted(2);
    atomic_store(&held, false);
    return NULL;
}

static bool second_fails(size_t number)
{
    return number == 1;
}

/* When no thread could be created, one is busy and a client waits: turns_run
 * tries again, with those signals from the start, while `release` runs. */
static void serves_both(const int *signals, void *(*release)(void *))
{
    pthread_t releasing;
    int clients[2];

    atomic_store(&held, true);
    creation_fails = second_fails;
    listen_to_stop();
    for (size_t i = 0; i < COUNT(clients); i++) {
        clients[i] = connect_client();
    }
    start_signalled(signals);
    for (int i = 0; i < 5000 && atomic_load(&creations_failed) < 1; i++) {
        pause_a_moment();
    }
    child_check(pthread_create(&releasing, NULL, release, NULL) == 0,
                "created");
    child_check(turns_run(&turns) == 0, "it ends with 0");
    child_check(pthread_join(releasing, NULL) == 0, "joined");
    child_check(!atomic_load(&held), "both were accepted");
    check_answers(&clients[0], 1);
    check_answers(&clients[1], 1);
}

static void creates_a_thread_for_the_queue(void)
{
    serves_both((const int[]){SIGTERM, 0}, release_after_two);
}

static void turns_run_serves_what_has_come_when_creation_failed(void **state)
{
    (void)state;
    run_in_child(creates_a_thread_for_the_queue);
}

static void *stop_after_two(void *argument)
{
    (void)release_after_two(argument);
    child_check(kill(getpid(), SIGTERM) == 0, "signalled");
    return NULL;
}

/* Before any stop, too, without waiting for the busy thread. */
static void creates_a_thread_before_the_stop(void)
{
    serves_both((const int[]){0}, stop_after_two);
}

static void turns_run_serves_all_when_creation_failed_once(void **state)
{
    (void)state;
    run_in_child(creates_a_thread_before_the_stop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_run_ends_upon_sigterm),
        cmocka_unit_test(turns_run_ends_upon_sigint),
        cmocka_unit_test(turns_run_serves_what_has_come),
        cmocka_unit_test(turns_run_serves_what_has_come_when_creation_failed),
        cmocka_unit_test(turns_run_waits_for_busy_threads),
        cmocka_unit_test(turns_run_ends_though_a_thread_is_busy),
        cmocka_unit_test(turns_run_ends_at_once_upon_a_second_signal),
        cmocka_unit_test(turns_run_ends_upon_a_second_signal_while_stopping),
        cmocka_unit_test(turns_run_interrupts_waits_for_more_of_a_request),
        cmocka_unit_test(turns_run_interrupts_waits_though_sigusr1_was_blocked),
        cmocka_unit_test(turns_run_serves_all_when_creation_failed_once),
    };

    return run_all(tests);
}
