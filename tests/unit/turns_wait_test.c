/*
 * turns_wait_test.c - the budget, the allowance of a wait, someone who waits in
 * accept, and the clock. Each test has a process of its own.
 */
/* link: -Wl,--wrap=pthread_create,--wrap=accept,--wrap=accept4 */
#include "support_turns.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "limits.h"

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
    child_check(turns_begin(false), "it waits");
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
        child_check(turns_begin(false), "it waits");
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
    atomic_fetch_add(&wait_begun, 1);
    if (nanosleep(&ten_seconds, NULL) == -1 && errno == EINTR) {
        atomic_fetch_add(&wait_interrupted, 1);
    }
    turns_wait_end(&wait);
    return NULL;
}

/* All of them are, those that began to wait before others, too. */
static void interrupts(void)
{
    pthread_t waiting[3];

    start();
    turns_set_cap(2);
    for (size_t i = 0; i < COUNT(waiting); i++) {
        child_check(pthread_create(&waiting[i], NULL, wait_long, NULL) == 0,
                    "created");
    }
    await_number(&wait_begun, COUNT(waiting));
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
    for (int i = 0; i < 5000 && atomic_load(&wait_interrupted) < COUNT(waiting);
         i++) {
        turns_watch();
        pause_a_moment();
    }
    child_check(atomic_load(&wait_interrupted) == COUNT(waiting),
                "their time is up");
    for (size_t i = 0; i < COUNT(waiting); i++) {
        child_check(pthread_join(waiting[i], NULL) == 0, "the wait has ended");
    }
    turns_watch(); /* and they are forgotten */
}

static void turns_watch_interrupts_a_wait_whose_time_is_up(void **state)
{
    (void)state;
    run_in_child(interrupts);
}

/* ---- Someone waits */

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

/* ---- The clock */

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

    return run_all(tests);
}
