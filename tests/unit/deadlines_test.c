/*
 * deadlines_test.c - how long a client may take: which thread is interrupted,
 * when, and what it learns then. The test sets the clock.
 */
/* link: -Wl,--wrap=clock_gettime */
#include "support.h"

#include <signal.h>
#include <time.h>

#include "net/deadlines.h"
#include "net/limits.h"

static uint64_t now = 1000000;
static volatile sig_atomic_t signals; /* that have come */
static struct deadline deadline;

int __wrap_clock_gettime(clockid_t clock, struct timespec *time);

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
    assert_int_equal(clock, CLOCK_MONOTONIC); /* the one that never goes back */
    time->tv_sec = (time_t)(now / 1000);
    time->tv_nsec = (long)(now % 1000) * 1000000;
    return 0;
}

static void count_signal(int number)
{
    (void)number;
    signals++;
}

static int begin(void **state)
{
    (void)state;
    signals = 0;
    deadlines_crowd(0, 100);
    deadline_begin(&deadline);
    return 0;
}

static int end(void **state)
{
    (void)state;
    deadline_end(&deadline);
    return 0;
}

/* Looks as the main thread does. True if that interrupts this thread, which
 * waits. */
static bool is_interrupted(void)
{
    sig_atomic_t before = signals;

    deadline_wait(&deadline);
    deadlines_look(now);
    return signals != before;
}

/* Waits until time runs out, as the server does: looks ten times a second, and
 * asks whenever it is interrupted. Returns how long that took. */
static uint64_t wait_until_late(void)
{
    uint64_t began = now;

    while (!is_interrupted() || !deadline_passed(&deadline)) {
        now += 100;
        assert_true(now - began < 3600000);
    }
    return now - began;
}

/* ---- The time */

static void deadline_ends_a_silence(void **state)
{
    static const enum activity activities[] = {RECEIVING, SENDING, DRAINING};
    static const uint64_t silences[] = {ALLOWANCE_MS, ALLOWANCE_MS,
                                        DRAIN_SILENCE_MS};

    (void)state;
    for (size_t i = 0; i < COUNT(activities); i++) {
        deadline_turn(&deadline, activities[i]);
        deadline_tell(&deadline);
        now += silences[i] - 1;
        (void)is_interrupted();
        assert_false(deadline_passed(&deadline));
        now++;
        assert_true(is_interrupted());
        assert_true(deadline_passed(&deadline));
    }
}

/* Nobody can buy time in advance: after any number of bytes at once, a silence
 * may last as long as after none. */
static void deadline_ends_a_silence_after_many_bytes(void **state)
{
    static const size_t bytes[] = {3500, 290000, 1 << 30};

    (void)state;
    for (size_t i = 0; i < COUNT(bytes); i++) {
        deadline_turn(&deadline, RECEIVING);
        now += 7000;
        deadline_moved(&deadline, bytes[i]);
        assert_int_equal(wait_until_late(), ALLOWANCE_MS);
    }
}

/* Moves this many bytes, and again after each pause, until time runs out. */
static uint64_t trickle(enum activity activity, size_t bytes, uint64_t pause)
{
    uint64_t began = now;

    deadline_turn(&deadline, activity);
    deadline_tell(&deadline);
    while (!is_interrupted() || !deadline_passed(&deadline)) {
        now += 100;
        if ((now - began) % pause == 0) {
            deadline_moved(&deadline, bytes);
        }
    }
    return now - began;
}

static void deadline_ends_a_trickle(void **state)
{
    (void)state;
    for (enum activity i = RECEIVING; i <= SENDING; i++) {
        assert_int_equal(trickle(i, 0, 1000), ALLOWANCE_MS);
        assert_int_equal(trickle(i, 1, 1000), ALLOWANCE_MS);
        assert_int_equal(trickle(i, 250, 1000), 2 * ALLOWANCE_MS - 1000);
        assert_int_equal(trickle(i, 500, 1000), ALLOWANCE_MOST_MS);
        assert_int_equal(trickle(i, 1 << 30, 19000), ALLOWANCE_MOST_MS);
    }
    assert_int_equal(trickle(DRAINING, 1 << 20, 1900), DRAIN_MOST_MS);
}

/* ---- A crowd */

static void deadlines_crowd_shrinks_the_time(void **state)
{
    enum {
        least = ALLOWANCE_MS / ALLOWANCE_SHRINK,
        middle = (ALLOWANCE_MS + least) / 2
    };
    static const struct {
        size_t busy, cap;
        uint64_t time;
    } rows[] = {
        {0, 100, ALLOWANCE_MS}, {50, 100, ALLOWANCE_MS}, {75, 100, middle},
        {100, 100, least},      {101, 100, least},       {0, 1, ALLOWANCE_MS},
        {1, 1, least},          {1, 3, ALLOWANCE_MS},    {2, 3, middle},
        {3, 3, least},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        say_place("%zu of %zu threads are busy", rows[i].busy, rows[i].cap);
        deadlines_crowd(rows[i].busy, rows[i].cap);
        deadline_turn(&deadline, RECEIVING);
        deadline_tell(&deadline);
        now += rows[i].time - 1;
        assert_row_bool(NULL, "being late", is_interrupted(), false);
        now++;
        assert_row_bool(NULL, "being late", is_interrupted(), true);
        assert_row_bool(NULL, "having no time", deadline_passed(&deadline),
                        true);
    }
    assert_int_equal(trickle(RECEIVING, 1 << 20, 100),
                     ALLOWANCE_MOST_MS / ALLOWANCE_SHRINK);
}

/* Clients that have waited for long are late at once. */
static void deadlines_crowd_interrupts_those_that_wait(void **state)
{
    (void)state;
    now += ALLOWANCE_MS / ALLOWANCE_SHRINK;
    deadlines_crowd(50, 100);
    assert_false(is_interrupted());
    deadlines_crowd(100, 100);
    assert_true(is_interrupted());
    assert_true(deadline_passed(&deadline));
    deadlines_crowd(0, 100);
    assert_false(is_interrupted());
}

/* ---- Who is interrupted */

static void deadlines_look_interrupts_who_waits_and_is_late(void **state)
{
    (void)state;
    now += ALLOWANCE_MS;
    deadlines_look(now);
    assert_int_equal(signals, 0); /* this thread does not wait */
    for (int i = 0; i < 3; i++) { /* the signal is repeated */
        assert_true(is_interrupted());
    }
    signals = 0;
    deadline_moved(&deadline, 1);
    deadlines_look(now);
    assert_int_equal(signals, 0); /* the call has ended */
    now += ALLOWANCE_MS;
    assert_true(is_interrupted());
    assert_true(deadline_passed(&deadline));
    signals = 0;
    deadlines_look(now);
    assert_int_equal(signals, 0); /* it knows already */
}

/* There is time left, but a send that blocks must drop what the client sends.
 */
static void deadlines_look_interrupts_a_sender_often(void **state)
{
    (void)state;
    deadline_turn(&deadline, SENDING);
    assert_false(is_interrupted()); /* nobody has noticed yet */
    deadline_tell(&deadline);
    for (int i = 0; i < 3; i++) {
        now += SEND_LOOK_MS - 1;
        assert_false(is_interrupted());
        now++;
        assert_true(is_interrupted());
        assert_false(deadline_passed(&deadline));
    }
}

/* They end in several orders. */
static void deadline_end_takes_it_off(void **state)
{
    struct deadline others[3];

    (void)state;
    for (size_t first = 0; first < COUNT(others); first++) {
        for (size_t i = 0; i < COUNT(others); i++) {
            deadline_begin(&others[i]);
            deadline_wait(&others[i]);
        }
        now += ALLOWANCE_MS;
        for (size_t left = COUNT(others); left > 0; left--) {
            signals = 0;
            deadlines_look(now);
            assert_int_equal(signals, left);
            deadline_end(&others[(first + left) % COUNT(others)]);
        }
        signals = 0;
        deadlines_look(now);
        assert_int_equal(signals, 0);
    }
}

/* ---- The end. This test is the last: a server that stops does not start
 * again. */

static void deadlines_stop_leaves_little_time_to_receive(void **state)
{
    uint64_t stopped;

    (void)state;
    now += ALLOWANCE_MS - STOP_GRACE_MS / 2;
    deadlines_stop(now);
    assert_int_equal(wait_until_late(), STOP_GRACE_MS / 2); /* no extension */
    deadline_turn(&deadline, SENDING);
    assert_int_equal(wait_until_late(), ALLOWANCE_MS);
    deadline_turn(&deadline, DRAINING);
    deadline_tell(&deadline);
    assert_int_equal(wait_until_late(), DRAIN_SILENCE_MS);

    stopped = now;
    deadlines_stop(now);
    assert_int_equal(trickle(RECEIVING, 500, 100), STOP_GRACE_MS);
    deadline_end(&deadline);
    deadline_begin(&deadline); /* one that begins after that */
    assert_int_equal(now, stopped + STOP_GRACE_MS);
    assert_true(is_interrupted());
    assert_true(deadline_passed(&deadline));
}

#define WITH_DEADLINE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct sigaction counts = {.sa_handler = count_signal};
    const struct CMUnitTest tests[] = {
        WITH_DEADLINE(deadline_ends_a_silence),
        WITH_DEADLINE(deadline_ends_a_silence_after_many_bytes),
        WITH_DEADLINE(deadline_ends_a_trickle),
        WITH_DEADLINE(deadlines_crowd_shrinks_the_time),
        WITH_DEADLINE(deadlines_crowd_interrupts_those_that_wait),
        WITH_DEADLINE(deadlines_look_interrupts_who_waits_and_is_late),
        WITH_DEADLINE(deadlines_look_interrupts_a_sender_often),
        WITH_DEADLINE(deadline_end_takes_it_off),
        WITH_DEADLINE(deadlines_stop_leaves_little_time_to_receive),
    };

    return sigaction(SIGUSR1, &counts, NULL) == 0 ? run_all(tests) : 1;
}
