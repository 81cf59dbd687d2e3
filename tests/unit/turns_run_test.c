/*
 * turns_run_test.c - how the server stops: upon one signal, and upon a second.
 * Each test has a process of its own.
 */
/* link: -Wl,--wrap=clock_gettime,--wrap=pthread_create */
#include "support.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "limits.h"
#include "turns.h"
#include "turns_counts.h"

/* ---- A clock that runs fast, so that seconds need not be waited for */

enum {
    speed = 25
};

int __real_clock_gettime(clockid_t clock, struct timespec *time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *time);

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
    int result = __real_clock_gettime(clock, time);
    long nanoseconds = time->tv_nsec * speed;

    time->tv_sec = time->tv_sec * speed + nanoseconds / 1000000000;
    time->tv_nsec = nanoseconds % 1000000000;
    return result;
}

/* ---- Thread creation that fails */

static atomic_size_t creations;
static size_t creation_that_fails = SIZE_MAX;

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*function)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*function)(void *), void *argument);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*function)(void *), void *argument)
{
    if (atomic_fetch_add(&creations, 1) == creation_that_fails) {
        return EAGAIN;
    }
    return __real_pthread_create(thread, attributes, function, argument);
}

/* ---- Server and clients */

static struct turns turns;
static struct sockaddr_in server;
static atomic_size_t accepted;
static atomic_bool held; /* busy threads stay busy while this is true */

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

static void listen_for_clients(void)
{
    socklen_t length = sizeof server;
    int listening = socket(AF_INET, SOCK_STREAM, 0);

    server = (struct sockaddr_in){.sin_family = AF_INET};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    child_check(
        bind(listening, (struct sockaddr *)&server, sizeof server) == 0 &&
            listen(listening, 256) == 0 &&
            getsockname(listening, (struct sockaddr *)&server, &length) == 0,
        "the test listens");
    turns = (struct turns){listening, take_turns};
}

static int connect_client(void)
{
    int client = socket(AF_INET, SOCK_STREAM, 0);

    if (connect(client, (struct sockaddr *)&server, sizeof server) == -1) {
        child_check(close(client) == 0, "closed");
        return -1;
    }
    return client;
}

static void check_answer(int client)
{
    char octet;

    child_check(read(client, &octet, 1) == 1 && octet == 'x', "an answer");
    child_check(close(client) == 0, "closed");
}

/* Starts the threads, and then signals, which wait for turns_run. */
static void start(const int *signals)
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
    listen_for_clients();
    start((const int[]){signal, 0});
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
    int clients[40];

    listen_for_clients();
    for (size_t i = 0; i < COUNT(clients); i++) {
        clients[i] = connect_client();
        child_check(clients[i] != -1, "connected");
    }
    start((const int[]){SIGTERM, 0});
    child_check(turns_run(&turns) == 0, "it ends with 0");
    child_check(turns_count().total == 0, "no thread is left");
    for (size_t i = 0; i < COUNT(clients); i++) {
        check_answer(clients[i]);
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
    for (int i = 0; i < 5000 && !turns_are_stopping(); i++) {
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
    listen_for_clients();
    client = connect_client();
    start((const int[]){SIGTERM, 0});
    await_accepted(1);
    child_check(pthread_create(&releasing, NULL, release_after_stop, NULL) == 0,
                "created");
    child_check(turns_run(&turns) == 0, "it ends with 0");
    child_check(!atomic_load(&held), "not before the thread was done");
    child_check(pthread_join(releasing, NULL) == 0, "joined");
    child_check(turns_count().total == 0, "no thread is left");
    check_answer(client);
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
    listen_for_clients();
    child_check(connect_client() != -1, "connected");
    start((const int[]){SIGTERM, 0});
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
    listen_for_clients();
    child_check(connect_client() != -1, "connected");
    start((const int[]){SIGTERM, SIGINT, 0});
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
    for (int i = 0; i < 5000 && !turns_are_stopping(); i++) {
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
    listen_for_clients();
    child_check(connect_client() != -1, "connected");
    start((const int[]){SIGTERM, 0});
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
    listen_for_clients();
    child_check(connect_client() != -1, "connected");
    start((const int[]){SIGTERM, 0});
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

static void *release_after_two(void *argument)
{
    (void)argument;
    await_accepted(2);
    atomic_store(&held, false);
    return NULL;
}

/* When no thread could be created, one is busy and a client waits: the stop
 * tries again. */
static void creates_a_thread_for_the_queue(void)
{
    pthread_t releasing;
    int clients[2];

    atomic_store(&held, true);
    creation_that_fails = 1;
    listen_for_clients();
    for (size_t i = 0; i < COUNT(clients); i++) {
        clients[i] = connect_client();
    }
    start((const int[]){SIGTERM, 0});
    for (int i = 0; i < 5000 && atomic_load(&creations) < 2; i++) {
        pause_a_moment();
    }
    child_check(pthread_create(&releasing, NULL, release_after_two, NULL) == 0,
                "created");
    child_check(turns_run(&turns) == 0, "it ends with 0");
    child_check(pthread_join(releasing, NULL) == 0, "joined");
    child_check(!atomic_load(&held), "both were accepted");
    check_answer(clients[0]);
    check_answer(clients[1]);
}

static void turns_run_serves_what_has_come_when_creation_failed(void **state)
{
    (void)state;
    run_in_child(creates_a_thread_for_the_queue);
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
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
