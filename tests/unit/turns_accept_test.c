/*
 * turns_accept_test.c - threads that take turns: their counts, whatever happens
 * to thread creation, accept and the clients. Each test has a process of its
 * own.
 */
/* link: -Wl,--wrap=pthread_create,--wrap=accept,--wrap=accept4 */
#include "support_turns.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "limits.h"

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
    };

    return run_all(tests);
}
