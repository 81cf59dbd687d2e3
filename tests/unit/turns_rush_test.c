/*
 * turns_rush_test.c - a rush of clients: which threads wait, and who sees to
 * it. Each test has a process of its own.
 */
/* link: -Wl,--wrap=pthread_create,--wrap=accept,--wrap=accept4 */
#include "support_turns.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

/* ---- Server and clients */

/* Each client is answered at once, or while `held`, as soon as that is over. */
static void *take_turns(void *argument)
{
    struct sockaddr_storage address;
    int client;

    while ((client = turns_accept(argument, &address)) != -1) {
        atomic_fetch_add(&accepted, 1);
        while (atomic_load(&held)) {
            pause_a_moment();
        }
        child_check(write(client, "x", 1) == 1, "the client is answered");
        child_check(close(client) == 0, "the client is closed");
    }
    return NULL;
}

static void start_server(void)
{
    listen_for_clients();
    turns.take = take_turns;
    child_check(turns_start(&turns) == 0, "turns_start");
}

/* Waits until so many threads run and so many of them wait. */
static void await_threads(size_t total, size_t waiting)
{
    struct turns_counts counts = turns_count();

    for (int i = 0;
         i < 5000 && (counts.total != total || counts.waiting != waiting);
         i++) {
        pause_a_moment();
        counts = turns_count();
    }
    child_check(counts.total == total, "so many threads");
    child_check(counts.waiting == waiting, "so many wait");
}

/* Connects, and waits until the client is accepted. */
static int connect_and_await(void)
{
    size_t before = atomic_load(&accepted);
    int client;

    connect_clients(&client, 1);
    for (int i = 0; i < 5000 && atomic_load(&accepted) == before; i++) {
        pause_a_moment();
    }
    child_check(atomic_load(&accepted) == before + 1, "accepted");
    return client;
}

/* ---- The counts */

static void puts_off(void)
{
    struct turns_wait wait = {.began = turns_clock(), .allowance = 20000};
    int clients[2];

    start_server();
    turns_set_rush(&turns);
    atomic_store(&held, true);
    clients[0] = connect_and_await();
    await_threads(1, 0); /* the thread that got it saw to no other */
    (void)turns_wait_begin(&wait);
    await_threads(2, 1); /* before it waits, it does */
    turns_wait_end(&wait);
    clients[1] = connect_and_await();
    await_threads(2, 0);
    atomic_store(&held, false);
    check_answers(clients, 2);
    await_threads(1, 1); /* one is enough */
}

static void turns_accept_in_a_rush(void **state)
{
    (void)state;
    run_in_child(puts_off);
}

static void is_over(void)
{
    int client;

    start_server();
    turns_set_rush(&turns);
    turns_set_rush(NULL);
    atomic_store(&held, true);
    client = connect_and_await();
    await_threads(2, 1);
    atomic_store(&held, false);
    check_answers(&client, 1);
    await_threads(2, 2);
}

static void turns_accept_after_a_rush(void **state)
{
    (void)state;
    run_in_child(is_over);
}

static void is_over_with_the_stop(void)
{
    int client;

    start_server();
    turns_set_rush(&turns);
    turns_stop();
    atomic_store(&held, true);
    client = connect_and_await();
    await_threads(2, 1);
    atomic_store(&held, false);
    check_answers(&client, 1);
}

static void turns_stop_ends_a_rush(void **state)
{
    (void)state;
    run_in_child(is_over_with_the_stop);
}

/* ---- turns_run */

/* Clients, one after the other, for so many milliseconds. */
static void come(uint64_t milliseconds)
{
    uint64_t began = turns_clock();

    while (turns_clock() < began + milliseconds) {
        int client;

        connect_clients(&client, 1);
        check_answers(&client, 1);
    }
}

/* Clients come until the thread that gets one sees to no other: a rush. Gives
 * that client, which is held. */
static int begin_rush(void)
{
    for (int tries = 0; tries < 100; tries++) {
        int client;

        come(150);
        atomic_store(&held, true);
        client = connect_and_await();
        if (turns_count().waiting == 0) {
            return client;
        }
        atomic_store(&held, false);
        check_answers(&client, 1);
    }
    child_check(false, "a rush begins");
    return -1;
}

/* How long a client waits in a rush while the only thread is held. Without the
 * looks, that is until the rush is over: a tenth of a second. */
static uint64_t wait_in_a_rush(void)
{
    int clients[2];
    uint64_t took;

    clients[0] = begin_rush();
    took = turns_clock();
    clients[1] = connect_and_await();
    took = turns_clock() - took;
    atomic_store(&held, false);
    check_answers(clients, 2);
    return took;
}

/* On a busy machine a thread may come late: the best of some tries tells. */
static void *rush_and_stop(void *unused)
{
    uint64_t least = UINT64_MAX;

    for (int i = 0; i < 20 && least > 20; i++) {
        uint64_t took = wait_in_a_rush();

        least = took < least ? took : least;
    }
    child_check(least <= 20, "a client waits for a look, no longer");
    child_check(kill(getpid(), SIGTERM) == 0, "the stop");
    return unused;
}

/* A rush that nothing but time ends. */
static void *rush_and_rest(void *unused)
{
    int clients[2];

    clients[0] = begin_rush();
    await_threads(2, 1);
    clients[1] = connect_and_await();
    await_threads(3, 1);
    atomic_store(&held, false);
    check_answers(clients, 2);
    child_check(kill(getpid(), SIGTERM) == 0, "the stop");
    return unused;
}

static void run_beside(void *(*clients)(void *))
{
    pthread_t thread;

    start_server(); /* which blocks the signal */
    child_check(pthread_create(&thread, NULL, clients, NULL) == 0, "created");
    child_check(turns_run(&turns) == 0, "it ends with 0");
    child_check(pthread_join(thread, NULL) == 0, "joined");
    child_check(turns_count().total == 0, "no thread is left");
}

static void looks_at_the_queue(void)
{
    run_beside(rush_and_stop);
}

static void turns_run_looks_at_the_queue_in_a_rush(void **state)
{
    (void)state;
    run_in_child(looks_at_the_queue);
}

static void ends_the_rush(void)
{
    run_beside(rush_and_rest);
}

static void turns_run_ends_a_rush(void **state)
{
    (void)state;
    run_in_child(ends_the_rush);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_accept_in_a_rush),
        cmocka_unit_test(turns_accept_after_a_rush),
        cmocka_unit_test(turns_stop_ends_a_rush),
        cmocka_unit_test(turns_run_looks_at_the_queue_in_a_rush),
        cmocka_unit_test(turns_run_ends_a_rush),
    };

    return run_all(tests);
}
