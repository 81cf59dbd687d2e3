/*
 * turns_counts_test.c - the steps of a turn in orders that threads rarely take.
 */
#include "support.h"

#include <errno.h>

#include "limits.h"
#include "turns.h"
#include "turns_counts.h"

/* A thread takes its turn and gets a client; gives whether one more thread was
 * counted, which is to be created. */
static bool take_a_client(void)
{
    child_check(turns_begin(false), "there is a turn");
    return turns_end(true);
}

/* One thread creates a second; that one runs at once, gets a client, and cannot
 * create a third; only then does the first tell of its success. Both are busy,
 * and no more can be had: that is the cap. */
static void success_is_told_after_a_failure(void)
{
    child_check(turns_claim(), "a first thread is counted");
    turns_created(0);
    child_check(take_a_client(), "a second one is counted");
    child_check(take_a_client(), "a third one is counted");
    turns_created(EAGAIN);
    turns_created(0);
    child_check(turns_count().total == 2 && turns_count().waiting == 0,
                "two threads are busy");
    child_check(turns_are_crowded(), "two threads at the cap are a crowd");
}

static void turns_created_told_late(void **state)
{
    (void)state;
    run_in_child(success_is_told_after_a_failure);
}

static void failure_is_over_once_more_run(void)
{
    child_check(turns_claim(), "a first thread is counted");
    turns_created(0);
    child_check(take_a_client(), "a second one is counted");
    turns_created(EAGAIN);
    child_check(turns_are_crowded(), "one thread at the cap is a crowd");
    child_check(turns_claim(), "another try is counted");
    turns_created(0);
    child_check(!turns_are_crowded(), "two threads of many are none");
}

static void turns_created_after_a_failure(void **state)
{
    (void)state;
    run_in_child(failure_is_over_once_more_run);
}

static void failure_is_over_once_one_waits(void)
{
    child_check(turns_claim(), "a first thread is counted");
    turns_created(0);
    child_check(take_a_client(), "a second one is counted");
    turns_created(EAGAIN);
    child_check(turns_begin(false), "the first is back, and waits");
    turns_watch();
    child_check(turns_end(true), "a second one is counted");
    child_check(!turns_are_crowded(), "one busy thread of many is none");
}

static void turns_watch_after_a_failure(void **state)
{
    (void)state;
    run_in_child(failure_is_over_once_one_waits);
}

/* A thread that was created has a client before that is told: one more is busy
 * than could be created, for a moment. */
static void more_are_busy_than_were_reached(void)
{
    struct turns_wait wait = {.began = 1000000, .allowance = 40000};

    child_check(turns_claim(), "a first thread is counted");
    turns_created(0);
    child_check(take_a_client(), "a second one is counted");
    turns_created(EAGAIN);
    child_check(turns_claim(), "another try is counted");
    child_check(take_a_client(), "it has a client, and a third one is counted");
    child_check(turns_wait_begin(&wait) ==
                    wait.began + wait.allowance / ALLOWANCE_SHRINK,
                "a wait has the least that there is, not less");
    turns_wait_end(&wait);
}

static void turns_wait_begin_beyond_the_cap(void **state)
{
    (void)state;
    run_in_child(more_are_busy_than_were_reached);
}

static void one_waits_in_a_rush(void)
{
    struct turns turns = {.listening_socket = -1};

    child_check(turns_claim(), "a first thread is counted");
    turns_created(0);
    child_check(take_a_client(), "a second one is counted");
    turns_created(0);
    child_check(turns_begin(false), "that one waits");
    turns_set_rush(&turns);
    child_check(!turns_begin(false), "one waits: the first is to end");
    child_check(turns_begin(true), "unless clients wait for it");
    child_check(!turns_end(true), "in a rush no thread is counted");
    child_check(!turns_begin(false), "one waits still");
    turns_leave();
    child_check(turns_count().total == 1 && turns_count().waiting == 1,
                "the one that waits is left");
}

static void turns_begin_in_a_rush(void **state)
{
    (void)state;
    run_in_child(one_waits_in_a_rush);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(turns_created_told_late),
        cmocka_unit_test(turns_created_after_a_failure),
        cmocka_unit_test(turns_watch_after_a_failure),
        cmocka_unit_test(turns_wait_begin_beyond_the_cap),
        cmocka_unit_test(turns_begin_in_a_rush),
    };

    return run_all(tests);
}
