/*
 * pool_test.c - threads that take turns, and their counts, whatever thread
 * creation, accept and the clients do.
 */
/* link: -Wl,--wrap=pthread_mutex_lock */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "net/limits.h"
#include "net/pool.h"

static struct pool pool;

static atomic_size_t locks; /* taken so far */

int __wrap_pthread_mutex_lock(pthread_mutex_t *lock);
int __real_pthread_mutex_lock(pthread_mutex_t *lock);

int __wrap_pthread_mutex_lock(pthread_mutex_t *lock)
{
    atomic_fetch_add(&locks, 1);
    return __real_pthread_mutex_lock(lock);
}

/* ---- Starting */

enum {
    few = 64 /* descriptors */
};

static void pool_init_counts_the_first_thread(void **state)
{
    char reason[REASON_SIZE];
    struct pool_counts counts;
    struct rlimit limit;
    size_t stack = 0;

    (void)state;
    child_check(getrlimit(RLIMIT_NOFILE, &limit) == 0, "there is a limit");
    limit.rlim_cur = few;
    child_check(setrlimit(RLIMIT_NOFILE, &limit) == 0, "it is lowered");
    child_check(pool_init(&pool, STDIN_FILENO, reason) == 0, "there is a pool");
    counts = pool_count(&pool);
    child_check(counts.total == 1 && counts.busy == 0 && counts.error == 0,
                "the first thread is counted, and waits");
    child_check(getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
                    limit.rlim_cur == limit.rlim_max,
                "the limit of descriptors is raised");
    child_check(counts.reached <= THREADS_MOST &&
                    counts.reached < limit.rlim_cur,
                "each thread has a descriptor");
    child_check(pthread_attr_getstacksize(&pool.attributes, &stack) == 0 &&
                    stack == THREAD_STACK,
                "each thread has its stack");
    pool_thread_failed(&pool);
    child_check(pool_count(&pool).total == 0, "no thread is counted");
}

/* Opens all descriptors below the limit except this many, in no particular
 * order. */
static void open_all_but(size_t free_descriptors)
{
    const struct rlimit limit = {few, few};
    size_t free_now = 0;

    child_check(setrlimit(RLIMIT_NOFILE, &limit) == 0, "the limit is set");
    for (int i = 3; i < few; i++) {
        child_check(dup2(STDOUT_FILENO, i) == i, "opened");
    }
    for (int i = few - 1; free_now < free_descriptors; i -= 2) {
        child_check(close(i) == 0, "closed");
        free_now++;
    }
}

static void pool_init_counts_free_descriptors(void **state)
{
    char reason[REASON_SIZE];

    (void)state;
    open_all_but(24);
    child_check(pool_init(&pool, STDIN_FILENO, reason) == 0, "there is a pool");
    child_check(pool_count(&pool).reached == 24, "40 of 64 are open");
}

static void pool_init_without_a_descriptor(void **state)
{
    char reason[REASON_SIZE];

    (void)state;
    open_all_but(0);
    child_check(pool_init(&pool, STDIN_FILENO, reason) == -1, "it fails");
    child_check(strncmp(reason, "cannot accept even one client: ", 31) == 0,
                "the reason says what is missing");
}

/* ---- Counting, without threads */

static int set_up_pool(void **state)
{
    char reason[REASON_SIZE];

    (void)state;
    assert_int_equal(pool_init(&pool, -1, reason), 0);
    return 0;
}

static void check_counts(size_t total, size_t busy)
{
    struct pool_counts counts = pool_count(&pool);

    assert_row(NULL, "the number of threads", counts.total, total);
    assert_row(NULL, "the number of busy threads", counts.busy, busy);
}

/* A thread waits, and gets a client. */
static void take_a_client(bool starts_another)
{
    assert_true(pool_wait(&pool));
    assert_row_bool(NULL, "that one more thread is to be created",
                    pool_accepted(&pool, 0), starts_another);
}

static void pool_accepted_starts_a_thread_if_none_waits(void **state)
{
    (void)state;
    take_a_client(true);
    check_counts(2, 1);
    assert_true(pool_wait(&pool)); /* the first is back before the second */
    assert_true(pool_wait(&pool)); /* has come */
    check_counts(2, 0);
    assert_false(pool_accepted(&pool, 0));
    check_counts(2, 1);
    assert_true(pool_accepted(&pool, 0));
    check_counts(3, 2);
}

/* All threads share this lock, so each time counts on many processors. */
static void pool_takes_its_lock_twice_for_a_client(void **state)
{
    size_t before = atomic_load(&locks);

    (void)state;
    take_a_client(true);
    assert_int_equal(atomic_load(&locks) - before, 2);
}

static void pool_wait_keeps_a_few(void **state)
{
    enum {
        many = THREADS_SPARE + 10
    };

    (void)state;
    for (size_t i = 0; i < many; i++) {
        take_a_client(true);
    }
    for (size_t i = 1; i <= many + 1; i++) { /* one of them is new */
        assert_row_bool(NULL, "that it is to wait", pool_wait(&pool),
                        i <= THREADS_SPARE);
    }
    check_counts(THREADS_SPARE, 0);
}

/* One thread creates a second, which gets a client and cannot create a third.
 * So two are all that can be had, until one waits; then a third is tried again.
 */
static void pool_thread_failed_takes_the_count_back(void **state)
{
    (void)state;
    take_a_client(true);
    take_a_client(true);
    pool_thread_failed(&pool);
    check_counts(2, 2);
    assert_int_equal(pool_count(&pool).reached, 2);
    take_a_client(true);
    pool_thread_failed(&pool);
    check_counts(2, 2);
    assert_true(pool_wait(&pool));
    assert_true(pool_count(&pool).reached > 2);
    assert_true(pool_accepted(&pool, 0));
    check_counts(3, 2);
}

/* Threads of which only the numbers are known. */
struct crowd {
    size_t pending; /* about to be created */
    size_t created; /* not yet at their turn */
    size_t waiting;
    size_t busy;
};

/* Makes something happen to a thread, if there is one to which it can happen.
 */
static void step(struct crowd *crowd, unsigned what)
{
    if (what == 0 && crowd->pending > 0) {
        crowd->pending--;
        crowd->created++;
    } else if (what == 1 && crowd->pending > 0) {
        crowd->pending--;
        pool_thread_failed(&pool);
    } else if (what == 2 && crowd->created > 0) {
        crowd->created--;
        crowd->waiting += pool_wait(&pool);
    } else if (what <= 4 && crowd->busy > 0) {
        crowd->busy--;
        crowd->waiting += pool_wait(&pool);
    } else if (what > 4 && crowd->waiting > 0) {
        crowd->waiting--;
        crowd->busy++;
        crowd->pending += pool_accepted(&pool, 0);
    }
}

/* Whatever the order, the threads that are counted are there, no more wait than
 * may, and the invariant of pool.h is true. */
static void pool_counts_right_in_any_order(void **state)
{
    enum {
        cap = 20
    };
    struct crowd crowd = {.created = 1};
    unsigned long random = 1;

    (void)state;
    pool.cap = pool.reached = cap;
    for (int i = 0; i < 200000; i++) {
        struct pool_counts counts;

        random = (random * 1103515245 + 12345) & 0x7FFFFFFF;
        step(&crowd, random >> 16 & 7);
        counts = pool_count(&pool);
        assert_row(NULL, "the number of threads", counts.total,
                   crowd.pending + crowd.created + crowd.waiting + crowd.busy);
        assert_true(counts.total > 0 && counts.total <= cap);
        assert_true(crowd.waiting <= THREADS_SPARE);
        assert_row_that(
            NULL, counts.busy < counts.total || counts.total == counts.reached,
            "no thread waits, although there could be more");
    }
}

/* ---- A rush */

/* The only thread, which waits, accepts this many clients, and the main thread
 * looks 100 ms later. Returns when it should look again. */
static long look_after(size_t clients)
{
    static uint64_t now = 1000;

    (void)pool_look(&pool, now);
    for (size_t i = 0; i < clients; i++) {
        assert_false(pool_accepted(&pool, 0));
        assert_true(pool_wait(&pool));
    }
    now += LOOK_MS;
    return pool_look(&pool, now);
}

static const size_t rush = (RUSH_LEAST * LOOK_MS + 999) / 1000;

static void pool_look_sees_a_rush_and_its_end(void **state)
{
    (void)state;
    pool.cap = pool.reached = 1;
    assert_true(pool_wait(&pool));
    assert_int_equal(look_after(rush - 1), LOOK_MS);
    assert_int_equal(look_after(rush), RUSH_LOOK_MS);
    assert_int_equal(look_after(rush), RUSH_LOOK_MS);
    assert_int_equal(look_after(0), LOOK_MS);
}

/* If threads are busy for long, it is not a rush, however many clients there
 * are. */
static void pool_look_sees_no_rush_of_long_exchanges(void **state)
{
    const size_t clients = rush + 1000;
    const size_t busy = clients * RUSH_MOST_US / (LOOK_MS * 1000);

    (void)state;
    pool.cap = pool.reached = 1;
    assert_true(pool_wait(&pool));
    pool.total += busy;
    assert_int_equal(look_after(clients), RUSH_LOOK_MS);
    pool.total++;
    assert_int_equal(look_after(clients), LOOK_MS);
}

static void *wait_once(void *waited)
{
    *(bool *)waited = pool_wait(&pool);
    return NULL;
}

/* In a rush, one thread waits, and another, which is created here, rests.
 * Nobody wakes it until `until` has done its part. */
static void rest_until(void (*until)(void))
{
    pthread_t thread;
    bool waited = false;
    int pair[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    pool.listening_socket = pair[0]; /* a byte there is a client */
    pool.rush = true;
    pool.counted = UINT64_MAX / 2; /* so the rush does not end */
    assert_true(pool_wait(&pool));
    pool.total++;
    assert_int_equal(pthread_create(&thread, NULL, wait_once, &waited), 0);
    while (pool_count(&pool).busy > 0) {
        (void)sched_yield();
    }
    assert_false(
        pool_accepted(&pool, 0)); /* one rests, so no more are needed */
    assert_int_equal(pool_look(&pool, 0), RUSH_LOOK_MS);
    check_counts(2, 1); /* no client has come, so it still rests */
    assert_int_equal(write(pair[1], "x", 1), 1);
    until();
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(waited);
    check_counts(2, 1);
    assert_int_equal(close(pair[0]) + close(pair[1]), 0);
}

static void look_in_a_rush(void)
{
    assert_int_equal(pool_look(&pool, 0), RUSH_LOOK_MS);
}

static void look_after_the_rush(void)
{
    pool.counted = 0;
    assert_int_equal(pool_look(&pool, 1000), LOOK_MS);
}

static void stop(void)
{
    pool_stop(&pool);
}

static void pool_look_wakes_one_that_rests_for_a_client(void **state)
{
    (void)state;
    rest_until(look_in_a_rush);
}

static void pool_look_wakes_those_that_rest_after_a_rush(void **state)
{
    (void)state;
    rest_until(look_after_the_rush);
}

static void pool_stop_wakes_those_that_rest(void **state)
{
    (void)state;
    rest_until(stop);
}

/* ---- accept that fails */

static uint64_t milliseconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* accept fails this often. Returns how many milliseconds that took. */
static uint64_t fail_accept(int error, size_t times)
{
    uint64_t began = milliseconds();

    for (size_t i = 0; i < times; i++) {
        assert_true(pool_wait(&pool));
        errno = error;
        assert_false(pool_accepted(&pool, -1));
    }
    check_counts(1, 1);
    return milliseconds() - began;
}

/* An interrupt, or a client that has left, is no reason to pause. */
static void pool_accepted_of_no_client(void **state)
{
    (void)state;
    assert_true(fail_accept(EINTR, 200) + fail_accept(ECONNABORTED, 200) <
                1000);
    assert_int_equal(pool_count(&pool).error, 0);
}

/* Other errors would happen again at once. */
static void pool_accepted_of_an_error_does_not_spin(void **state)
{
    static const int errors[] = {EMFILE, ENFILE, ENOBUFS, ENOMEM,  EPROTO,
                                 EAGAIN, EINVAL, EPERM,   ENETDOWN};

    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        assert_true(fail_accept(errors[i], 3) >= 30);
    }
    assert_int_equal(pool_count(&pool).error, 0);
}

static void pool_count_of_an_error_that_persists(void **state)
{
    uint64_t took = 0;

    (void)state;
    while (pool_count(&pool).error == 0 && took < 5000) {
        took += fail_accept(EMFILE, 1);
    }
    assert_int_equal(pool_count(&pool).error, EMFILE);
    assert_true(took >= 900);
    (void)fail_accept(EINTR, 1);
    assert_int_equal(pool_count(&pool).error, EMFILE);
    (void)fail_accept(ENFILE, 1);
    assert_int_equal(pool_count(&pool).error, ENFILE);
    take_a_client(true);
    assert_int_equal(pool_count(&pool).error, 0);
    assert_true(pool_wait(&pool));
    assert_true(pool_wait(&pool));
    assert_false(pool_accepted(&pool, -1));
    assert_int_equal(pool_count(&pool).error, 0);
}

/* ---- Stopping */

/* As long as there are clients, everything is as before. */
static void pool_stop_lets_threads_take_what_has_come(void **state)
{
    static const int errors[] = {EAGAIN, EINVAL};

    for (size_t i = 0; i < COUNT(errors); i++) {
        (void)set_up_pool(state);
        pool_stop(&pool);
        take_a_client(true);
        take_a_client(true);
        assert_true(pool_wait(&pool));
        errno = errors[i];
        assert_false(pool_accepted(&pool, -1));
        assert_false(pool_wait(&pool));
        assert_false(pool_wait(&pool));
        assert_false(pool_wait(&pool));
        check_counts(0, 0);
    }
}

#define WITH_POOL(test) cmocka_unit_test_setup(test, set_up_pool)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_in_child(pool_init_counts_the_first_thread),
        test_in_child(pool_init_counts_free_descriptors),
        test_in_child(pool_init_without_a_descriptor),
        WITH_POOL(pool_accepted_starts_a_thread_if_none_waits),
        WITH_POOL(pool_takes_its_lock_twice_for_a_client),
        WITH_POOL(pool_wait_keeps_a_few),
        WITH_POOL(pool_thread_failed_takes_the_count_back),
        WITH_POOL(pool_counts_right_in_any_order),
        WITH_POOL(pool_look_sees_a_rush_and_its_end),
        WITH_POOL(pool_look_sees_no_rush_of_long_exchanges),
        WITH_POOL(pool_look_wakes_one_that_rests_for_a_client),
        WITH_POOL(pool_look_wakes_those_that_rest_after_a_rush),
        WITH_POOL(pool_stop_wakes_those_that_rest),
        WITH_POOL(pool_accepted_of_no_client),
        WITH_POOL(pool_accepted_of_an_error_does_not_spin),
        WITH_POOL(pool_count_of_an_error_that_persists),
        cmocka_unit_test(pool_stop_lets_threads_take_what_has_come),
    };

    return run_all(tests);
}
