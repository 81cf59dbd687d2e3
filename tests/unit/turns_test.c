/*
 * turns_test.c - threads that take turns: their counts, whatever happens to
 * thread creation, accept and the clients. Each test has a process of its own,
 * since the counts are one for the process.
 */
/* link: -Wl,--wrap=pthread_create,--wrap=accept,--wrap=accept4 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "limits.h"
#include "turns.h"
#include "turns_counts.h"

/* ---- Thread creation and accept that fail */

static atomic_size_t creations; /* tried */
static atomic_size_t creations_failed;
static bool (*creation_fails)(size_t number); /* NULL: never */

static atomic_size_t accepts;    /* tried */
static const int *accept_errors; /* one for each of the next calls; 0 ends */
static atomic_size_t accept_errors_given;
static atomic_int accept_error_always; /* 0: none */

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*function)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*function)(void *), void *argument);
int __real_accept(int socket, struct sockaddr *address, socklen_t *length);
int __wrap_accept(int socket, struct sockaddr *address, socklen_t *length);
int __real_accept4(int socket, struct sockaddr *address, socklen_t *length,
                   int flags);
int __wrap_accept4(int socket, struct sockaddr *address, socklen_t *length,
                   int flags);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*function)(void *), void *argument)
{
    size_t number = atomic_fetch_add(&creations, 1);

    if (creation_fails != NULL && creation_fails(number)) {
        atomic_fetch_add(&creations_failed, 1);
        return EAGAIN;
    }
    return __real_pthread_create(thread, attributes, function, argument);
}

/* True if this call of accept is to fail. */
static bool accept_fails(void)
{
    size_t given = atomic_load(&accept_errors_given);

    atomic_fetch_add(&accepts, 1);
    errno = atomic_load(&accept_error_always);
    if (errno == 0 && accept_errors != NULL && accept_errors[given] != 0) {
        atomic_fetch_add(&accept_errors_given, 1);
        errno = accept_errors[given];
    }
    return errno != 0;
}

int __wrap_accept(int socket, struct sockaddr *address, socklen_t *length)
{
    return accept_fails() ? -1 : __real_accept(socket, address, length);
}

/* What turns_accept calls where there is accept4. */
#ifndef PORTABLE
int __wrap_accept4(int socket, struct sockaddr *address, socklen_t *length,
                   int flags)
{
    return accept_fails() ? -1 : __real_accept4(socket, address, length, flags);
}
#endif

/* ---- Server and clients */

static struct turns turns;
static atomic_size_t threads;  /* that run */
static atomic_size_t accepted; /* clients */
static atomic_size_t served;
static atomic_bool held; /* busy threads stay busy while this is true */
static struct sockaddr_in server;

/* The invariant of turns.h, at one moment. */
static void check_invariant(void)
{
    struct turns_counts counts = turns_count();

    child_check(counts.waiting <= counts.total, "waiting <= total");
    child_check(counts.total <= counts.cap, "total <= cap");
    child_check(counts.total >= 1, "a thread is left");
    child_check(counts.waiting > 0 || counts.total == counts.cap ||
                    atomic_load(&creations_failed) > 0,
                "someone waits, or no thread can be added");
}

static void *take_turns(void *argument)
{
    struct sockaddr_storage address;
    int client;

    atomic_fetch_add(&threads, 1);
    while ((client = turns_accept(argument, &address)) != -1) {
        check_invariant();
        child_check(address.ss_family == AF_INET,
                    "the client's address is given");
        atomic_fetch_add(&accepted, 1);
        do {
            pause_a_moment();
        } while (atomic_load(&held));
        child_check(write(client, "x", 1) == 1, "the client is answered");
        child_check(close(client) == 0, "the client is closed");
        atomic_fetch_add(&served, 1);
    }
    atomic_fetch_sub(&threads, 1);
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

static void start(void)
{
    listen_for_clients();
    child_check(turns_start(&turns) == 0, "turns_start");
}

static void connect_clients(int *clients, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        clients[i] = socket(AF_INET, SOCK_STREAM, 0);
        child_check(
            connect(clients[i], (struct sockaddr *)&server, sizeof server) == 0,
            "connected");
    }
}

/* Each client is answered. */
static void check_answers(const int *clients, size_t count)
{
    char octet;

    for (size_t i = 0; i < count; i++) {
        child_check(read(clients[i], &octet, 1) == 1 && octet == 'x',
                    "an answer");
        child_check(close(clients[i]) == 0, "closed");
    }
}

/* Waits until a number is reached, or for five seconds. */
static void await_number(atomic_size_t *number, size_t expected)
{
    for (int i = 0; i < 5000 && atomic_load(number) != expected; i++) {
        check_invariant();
        pause_a_moment();
    }
    child_check(atomic_load(number) == expected, "a number is reached");
}

/* Waits until no thread is busy, and as many run as are counted. */
static void await_rest(void)
{
    struct turns_counts counts = turns_count();

    for (int i = 0; i < 5000 && (counts.waiting < counts.total ||
                                 counts.total != atomic_load(&threads));
         i++) {
        pause_a_moment();
        counts = turns_count();
    }
    child_check(counts.waiting == counts.total, "all wait");
    child_check(counts.total == atomic_load(&threads),
                "all that run are counted");
    child_check(counts.total >= 1, "one is left");
    child_check(counts.total <= THREADS_SPARE,
                "no more are kept than are spare");
}

/* ---- Starting */

static void starts(void)
{
    struct rlimit limit;
    sigset_t blocked;

    start();
    check_invariant();
    child_check(turns_count().total == 1 && turns_count().waiting == 1,
                "one waits");
    child_check(turns_count().held == 0, "nothing is held");
    child_check(pthread_sigmask(SIG_BLOCK, NULL, &blocked) == 0 &&
                    sigismember(&blocked, SIGINT) &&
                    sigismember(&blocked, SIGTERM) &&
                    sigismember(&blocked, SIGPIPE),
                "signals are blocked");
    child_check(getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
                    limit.rlim_cur == limit.rlim_max,
                "the limit of descriptors is raised");
    child_check(turns_count().cap <= THREADS_MOST &&
                    turns_count().cap < limit.rlim_cur,
                "each thread has a descriptor");
}

static void turns_start_starts_one_thread(void **state)
{
    (void)state;
    run_in_child(starts);
}

static bool each_fails(size_t number)
{
    (void)number;
    return true;
}

static void starts_without_a_thread(void)
{
    creation_fails = each_fails;
    listen_for_clients();
    child_check(turns_start(&turns) == -1, "turns_start fails");
    child_check(turns_count().total == 0 && turns_count().waiting == 0, "none");
}

static void turns_start_without_a_thread(void **state)
{
    (void)state;
    run_in_child(starts_without_a_thread);
}

/* ---- Many clients at once */

static void holds_many_clients(void)
{
    enum {
        many = 64
    };
    int clients[many];

    start();
    atomic_store(&held, true);
    connect_clients(clients, many);
    await_number(&accepted, many);
    child_check(turns_count().total == many + 1, "a thread for each, and one");
    child_check(turns_count().waiting == 1, "one waits");
    atomic_store(&held, false); /* all finish at once */
    check_answers(clients, many);
    await_number(&served, many);
    await_rest();
    connect_clients(clients, many);
    check_answers(clients, many);
    await_rest();
}

static void turns_accept_of_64_clients_at_once(void **state)
{
    (void)state;
    run_in_child(holds_many_clients);
}

static bool all_but_the_first_fail(size_t number)
{
    return number > 0;
}

static void serves_with_one_thread(void)
{
    enum {
        many = 20
    };
    int clients[many];

    creation_fails = all_but_the_first_fail;
    start();
    connect_clients(clients, many);
    check_answers(clients, many);
    await_number(&served, many);
    await_rest();
    child_check(turns_count().total == 1, "the one thread");
    child_check(atomic_load(&creations_failed) > 0, "creation failed");
}

static void turns_accept_when_no_second_thread_can_be_created(void **state)
{
    (void)state;
    run_in_child(serves_with_one_thread);
}

static bool every_other_fails(size_t number)
{
    return number % 2 == 1;
}

static void serves_with_some_threads(void)
{
    enum {
        many = 64
    };
    int clients[many];

    creation_fails = every_other_fails;
    start();
    for (int round = 0; round < 5; round++) {
        connect_clients(clients, many);
        check_answers(clients, many);
        await_rest();
    }
    child_check(atomic_load(&served) == 5 * many, "each client was served");
    child_check(atomic_load(&creations_failed) > 0, "creation failed");
}

static void turns_accept_when_every_other_creation_fails(void **state)
{
    (void)state;
    run_in_child(serves_with_some_threads);
}

/* A failed creation is the cap for the time being: one busy thread is then a
 * crowd. */
static void is_crowded_without_more_threads(void)
{
    int client;

    creation_fails = all_but_the_first_fail;
    start();
    child_check(!turns_are_crowded(), "no crowd yet");
    atomic_store(&held, true);
    connect_clients(&client, 1);
    await_number(&creations_failed, 1);
    for (int i = 0; i < 1000 && !turns_are_crowded(); i++) {
        pause_a_moment();
    }
    child_check(turns_are_crowded(), "a crowd");
    atomic_store(&held, false);
    check_answers(&client, 1);
    await_rest();
    child_check(!turns_are_crowded(), "no crowd any more");
}

static void turns_are_crowded_when_creation_fails(void **state)
{
    (void)state;
    run_in_child(is_crowded_without_more_threads);
}

/* As many threads as there are descriptors for; more clients wait. */
static void keeps_to_the_cap(void)
{
    enum {
        many = 12,
        cap = 8
    };
    const struct rlimit few = {16 + cap, 16 + cap};
    int clients[many];

    listen_for_clients();
    connect_clients(clients, many);
    for (size_t i = 0; i < many; i++) {
        int moved = fcntl(clients[i], F_DUPFD, 100); /* out of the way */

        child_check(moved >= 100 && close(clients[i]) == 0, "moved");
        clients[i] = moved;
    }
    child_check(setrlimit(RLIMIT_NOFILE, &few) == 0, "the limit is set");
    atomic_store(&held, true);
    child_check(turns_start(&turns) == 0, "turns_start");
    child_check(turns_count().cap == cap, "the cap");
    await_number(&accepted, cap);
    child_check(turns_count().total == cap && turns_count().waiting == 0,
                "full");
    child_check(turns_are_crowded(), "a crowd");
    for (int i = 0; i < 20; i++) {
        pause_a_moment();
        child_check(atomic_load(&accepted) == cap, "more clients wait");
    }
    atomic_store(&held, false);
    check_answers(clients, many);
    await_rest();
}

static void turns_accept_keeps_to_the_cap(void **state)
{
    (void)state;
    run_in_child(keeps_to_the_cap);
}

/* ---- accept that fails */

static void survives_errors(void)
{
    static const int errors[] = {
        EINTR,  ECONNABORTED, EMFILE, ENFILE,   ENOBUFS, ENOMEM,    EPROTO,
        EAGAIN, EINVAL,       EPERM,  ENETDOWN, EINTR,   ETIMEDOUT, 0};
    int client;

    accept_errors = errors;
    start();
    connect_clients(&client, 1);
    check_answers(&client, 1);
    child_check(atomic_load(&accept_errors_given) == COUNT(errors) - 1,
                "each came");
    await_rest();
}

static void turns_accept_survives_errors(void **state)
{
    (void)state;
    run_in_child(survives_errors);
}

/* Errors that stay: at most about a hundred calls a second, and afterwards
 * all is as before. */
static void does_not_spin(void)
{
    static const int errors[] = {EMFILE, ENFILE, ENOBUFS, ENOMEM, EPROTO};
    int clients[COUNT(errors)];

    start();
    for (size_t i = 0; i < COUNT(errors); i++) {
        size_t before;
        uint64_t began;

        atomic_store(&accept_error_always, errors[i]);
        connect_clients(clients + i, 1); /* it may be in accept already */
        before = atomic_load(&accepts);
        began = turns_clock();
        while (turns_clock() < began + 60) {
            pause_a_moment();
        }
        child_check(atomic_load(&accepts) - before <
                        4 + (turns_clock() - began) / 5,
                    "it does not spin");
        child_check(turns_count().total >= 1, "it does not end");
    }
    atomic_store(&accept_error_always, 0);
    check_answers(clients, COUNT(errors));
    await_rest();
}

static void turns_accept_does_not_spin(void **state)
{
    (void)state;
    run_in_child(does_not_spin);
}

/* ---- The budget */

static void holds_exactly(void)
{
    child_check(turns_hold(CONTENT_BUDGET) == 0, "all of it");
    child_check(turns_count().held == CONTENT_BUDGET, "held");
    child_check(turns_hold(0) == 0, "nothing more");
    errno = 0;
    child_check(turns_hold(1) == -1 && errno == ENOMEM, "not one more");
    child_check(turns_hold(UINT64_MAX) == -1, "nor a number that wraps around");
    child_check(turns_count().held == CONTENT_BUDGET,
                "what failed is not counted");
    turns_let_go(1);
    child_check(turns_hold(2) == -1, "one was given back, not two");
    child_check(turns_hold(1) == 0, "one was given back");
    turns_let_go(CONTENT_BUDGET);
    child_check(turns_count().held == 0, "nothing is held");
    child_check(turns_hold((uint64_t)CONTENT_BUDGET + 1) == -1,
                "more than all");
}

static void turns_hold_keeps_to_the_budget(void **state)
{
    (void)state;
    run_in_child(holds_exactly);
}

static void *hold_and_let_go(void *argument)
{
    (void)argument;
    for (uint64_t i = 1; i < 2000; i++) {
        child_check(turns_hold(i) == 0, "held");
        turns_let_go(i - 1);
    }
    return NULL;
}

static void holds_for_many(void)
{
    pthread_t many[8];

    for (size_t i = 0; i < COUNT(many); i++) {
        child_check(pthread_create(&many[i], NULL, hold_and_let_go, NULL) == 0,
                    "");
    }
    for (size_t i = 0; i < COUNT(many); i++) {
        child_check(pthread_join(many[i], NULL) == 0, "joined");
    }
    child_check(turns_count().held == COUNT(many) * 1999,
                "each was counted once");
}

static void turns_hold_counts_for_many_threads(void **state)
{
    (void)state;
    run_in_child(holds_for_many);
}

/* ---- Waits */

/* Makes one more thread busy, as far as the counts go. */
static void add_busy(void)
{
    child_check(turns_claim(), "there may be one more");
    turns_created(0);
    child_check(turns_begin(), "it waits");
    (void)turns_end(true);
}

/* What is left of an allowance of 20 s. */
static uint64_t allowance_left(void)
{
    struct turns_wait wait = {.began = 5000, .allowance = 20000};
    uint64_t end = turns_wait_begin(&wait);

    turns_wait_end(&wait);
    return end - wait.began;
}

static void shrinks(void)
{
    enum {
        cap = 100
    };
    uint64_t last = 20000;

    turns_set_cap(cap);
    child_check(allowance_left() == 20000, "nobody is busy");
    /* turns_end claims a thread that never comes: it is the next one. */
    child_check(turns_claim(), "the first");
    for (uint64_t busy = 1; busy <= cap; busy++) {
        uint64_t beyond = busy > cap / 2 ? busy - cap / 2 : 0;
        uint64_t left;

        turns_created(0);
        child_check(turns_begin(), "it waits");
        child_check(turns_end(true) == (busy < cap),
                    "another waits in its place");
        left = allowance_left();
        child_check(turns_are_crowded() == (beyond > 0),
                    "more than half is a crowd");
        child_check(left <= last, "the allowance does not grow");
        child_check(left == 20000 - 20000 * beyond * (ALLOWANCE_SHRINK - 1) /
                                        ((cap - cap / 2) * ALLOWANCE_SHRINK),
                    "it shrinks in proportion");
        last = left;
    }
    child_check(last == 20000 / ALLOWANCE_SHRINK, "to its smallest part");
}

static void turns_wait_begin_shrinks_the_allowance(void **state)
{
    (void)state;
    run_in_child(shrinks);
}

/* With a cap of one, or three, half of it is rounded down. */
static void shrinks_with_few(void)
{
    turns_set_cap(1);
    child_check(allowance_left() == 20000, "nobody is busy");
    add_busy();
    child_check(allowance_left() == 20000 / ALLOWANCE_SHRINK,
                "the only one is");
}

static void turns_wait_begin_with_a_cap_of_one(void **state)
{
    (void)state;
    run_in_child(shrinks_with_few);
}

static void is_short_after_stop(void)
{
    uint64_t now = turns_clock();
    struct turns_wait receiving = {
        .began = now, .allowance = 20000, .until_stop = true};
    struct turns_wait sending = {.began = now, .allowance = 20000};
    struct turns_wait nearly_over = {
        .began = now, .allowance = 100, .until_stop = true};
    uint64_t end;

    turns_stop();
    end = turns_wait_begin(&receiving);
    child_check(end >= now + STOP_GRACE_MS &&
                    end <= turns_clock() + STOP_GRACE_MS,
                "a request gets the grace");
    child_check(turns_wait_begin(&sending) == now + 20000, "an answer is sent");
    child_check(turns_wait_begin(&nearly_over) == now + 100,
                "it is no extension");
    turns_wait_end(&sending); /* the middle one, the first, the last */
    turns_wait_end(&nearly_over);
    turns_wait_end(&receiving);
    receiving.allowance = sending.allowance = nearly_over.allowance = 0;
    turns_watch(); /* none is left, or the signal would end the process */
}

static void turns_wait_begin_after_a_stop(void **state)
{
    (void)state;
    run_in_child(is_short_after_stop);
}

static atomic_size_t wait_begun;
static atomic_size_t wait_interrupted;

/* A wait that began ten seconds ago and has ten more, without a crowd. */
static void *wait_long(void *argument)
{
    struct turns_wait wait = {.began = turns_clock() - 10000,
                              .allowance = 20000};
    struct timespec ten_seconds = {.tv_sec = 10};

    (void)argument;
    (void)turns_wait_begin(&wait);
    atomic_store(&wait_begun, 1);
    if (nanosleep(&ten_seconds, NULL) == -1 && errno == EINTR) {
        atomic_store(&wait_interrupted, 1);
    }
    turns_wait_end(&wait);
    return NULL;
}

static void interrupts(void)
{
    pthread_t waiting;

    start();
    turns_set_cap(2);
    child_check(pthread_create(&waiting, NULL, wait_long, NULL) == 0,
                "created");
    for (int i = 0; i < 5000 && atomic_load(&wait_begun) == 0; i++) {
        pause_a_moment();
    }
    for (int i = 0; i < 20; i++) {
        turns_watch();
        pause_a_moment();
        child_check(atomic_load(&wait_interrupted) == 0, "its time is not up");
    }
    atomic_store(&held, true);
    for (int i = 0; i < 2; i++) { /* the cap is reached: half a second is up */
        int client;

        connect_clients(&client, 1);
    }
    for (int i = 0; i < 5000 && atomic_load(&wait_interrupted) == 0; i++) {
        turns_watch();
        pause_a_moment();
    }
    child_check(atomic_load(&wait_interrupted) == 1, "its time is up");
    child_check(pthread_join(waiting, NULL) == 0, "the wait has ended");
    turns_watch(); /* and is forgotten */
}

static void turns_watch_interrupts_a_wait_whose_time_is_up(void **state)
{
    (void)state;
    run_in_child(interrupts);
}

static void ensures(void)
{
    start();
    turns_ensure_waiting(&turns);
    child_check(turns_count().total == 1, "one waits already");
    for (int i = 0; i < 5000 && atomic_load(&threads) != 1; i++) {
        pause_a_moment();
    }
    child_check(atomic_load(&threads) == 1, "no other was created");
}

static void turns_ensure_waiting_starts_no_second_one(void **state)
{
    (void)state;
    run_in_child(ensures);
}

static size_t fail_before; /* creations below this number fail */

static bool some_fail(size_t number)
{
    return number > 0 && number < fail_before;
}

static void ensures_after_failure(void)
{
    int client;

    fail_before = 2;
    creation_fails = some_fail;
    start();
    atomic_store(&held, true);
    connect_clients(&client, 1);
    await_number(&creations_failed, 1);
    for (int i = 0; i < 5000 && turns_count().waiting > 0; i++) {
        pause_a_moment();
    }
    child_check(turns_count().waiting == 0, "nobody waits");
    turns_ensure_waiting(&turns);
    child_check(turns_count().waiting == 1 && turns_count().total == 2,
                "one waits");
    atomic_store(&held, false);
    check_answers(&client, 1);
    await_rest();
}

static void turns_ensure_waiting_starts_one_if_none_waits(void **state)
{
    (void)state;
    run_in_child(ensures_after_failure);
}

static void clock_goes_on(void)
{
    uint64_t last = turns_clock();

    for (int i = 0; i < 10; i++) {
        uint64_t now = turns_clock();

        child_check(now >= last, "it never goes back");
        last = now;
    }
    pause_a_moment();
    pause_a_moment();
    child_check(turns_clock() > last, "it counts milliseconds");
}

static void turns_clock_never_goes_back(void **state)
{
    (void)state;
    run_in_child(clock_goes_on);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_start_starts_one_thread),
        cmocka_unit_test(turns_start_without_a_thread),
        cmocka_unit_test(turns_accept_of_64_clients_at_once),
        cmocka_unit_test(turns_accept_when_no_second_thread_can_be_created),
        cmocka_unit_test(turns_accept_when_every_other_creation_fails),
        cmocka_unit_test(turns_are_crowded_when_creation_fails),
        cmocka_unit_test(turns_accept_keeps_to_the_cap),
        cmocka_unit_test(turns_accept_survives_errors),
        cmocka_unit_test(turns_accept_does_not_spin),
        cmocka_unit_test(turns_hold_keeps_to_the_budget),
        cmocka_unit_test(turns_hold_counts_for_many_threads),
        cmocka_unit_test(turns_wait_begin_shrinks_the_allowance),
        cmocka_unit_test(turns_wait_begin_with_a_cap_of_one),
        cmocka_unit_test(turns_wait_begin_after_a_stop),
        cmocka_unit_test(turns_watch_interrupts_a_wait_whose_time_is_up),
        cmocka_unit_test(turns_ensure_waiting_starts_no_second_one),
        cmocka_unit_test(turns_ensure_waiting_starts_one_if_none_waits),
        cmocka_unit_test(turns_clock_never_goes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
