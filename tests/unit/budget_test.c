/* budget_test.c - the memory that all connections hold together. */
#include "support.h"

#include <errno.h>
#include <pthread.h>

#include "net/budget.h"
#include "net/limits.h"

static void budget_hold_of_little_is_not_counted(void **state)
{
    uint64_t held = 0;

    (void)state;
    assert_int_equal(budget_hold(&held, HELD_FREELY), 0);
    assert_int_equal(held, 0);
    assert_int_equal(budget_held(), 0);
}

static void budget_hold_counts_in_place_of_what_was_held(void **state)
{
    static const uint64_t wanted[] = {HELD_FREELY + 1, 5000000, 5000000, 100000,
                                      HELD_FREELY};
    uint64_t given_back = budget_given_back();
    uint64_t held = 0;

    (void)state;
    for (size_t i = 0; i < COUNT(wanted); i++) {
        uint64_t counted = wanted[i] > HELD_FREELY ? wanted[i] : 0;

        assert_int_equal(budget_hold(&held, wanted[i]), 0);
        assert_int_equal(held, counted);
        assert_int_equal(budget_held(), counted);
    }
    assert_int_equal(budget_given_back() - given_back, 5000000);
}

static void budget_hold_of_too_much_changes_nothing(void **state)
{
    uint64_t first = 0;
    uint64_t second = 0;

    (void)state;
    assert_int_equal(budget_hold(&first, MEMORY_BUDGET - 100000), 0);
    assert_int_equal(budget_hold(&second, 100000), 0);
    for (uint64_t more = 1; more <= UINT64_MAX / 4; more *= 3) {
        errno = 0;
        assert_int_equal(budget_hold(&second, 100000 + more), -1);
        assert_int_equal(errno, ENOMEM);
        assert_int_equal(second, 100000);
        assert_int_equal(budget_held(), MEMORY_BUDGET);
    }
    assert_int_equal(budget_hold(&second, UINT64_MAX), -1);
    assert_int_equal(budget_hold(&first, 0), 0);
    assert_int_equal(budget_hold(&second, 100001), 0);
    assert_int_equal(budget_hold(&second, 0), 0);
    assert_int_equal(budget_held(), 0);
}

static void *hold_and_let_go(void *failures)
{
    uint64_t held = 0;

    for (uint64_t i = 0; i < 2000; i++) {
        *(int *)failures += budget_hold(&held, 70000 + i) == -1;
        *(int *)failures += budget_held() < held;
    }
    *(int *)failures += budget_hold(&held, 0) == -1;
    return NULL;
}

static void budget_hold_in_several_threads(void **state)
{
    pthread_t threads[8];
    int failures[COUNT(threads)] = {0};

    (void)state;
    for (size_t i = 0; i < COUNT(threads); i++) {
        assert_int_equal(
            pthread_create(&threads[i], NULL, hold_and_let_go, &failures[i]),
            0);
    }
    for (size_t i = 0; i < COUNT(threads); i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(failures[i], 0);
    }
    assert_int_equal(budget_held(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(budget_hold_of_little_is_not_counted),
        cmocka_unit_test(budget_hold_counts_in_place_of_what_was_held),
        cmocka_unit_test(budget_hold_of_too_much_changes_nothing),
        cmocka_unit_test(budget_hold_in_several_threads),
    };

    return run_all(tests);
}
