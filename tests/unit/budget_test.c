/*
 * budget_test.c - the memory that all connections may hold together, counted.
 */
#include "support.h"

#include <errno.h>
#include <pthread.h>

#include "../../common/net/limits.h"
#include "budget.h"

static void budget_hold_keeps_to_the_budget(void **state)
{
    static const uint64_t too_much[] = {(uint64_t)MEMORY_BUDGET + 1,
                                        UINT64_MAX};
    uint64_t mine = 0;
    uint64_t other = 0;
    uint64_t given_back = budget_given_back();

    (void)state;
    assert_int_equal(budget_hold(&mine, MEMORY_BUDGET - 1), 0);
    assert_int_equal(budget_hold(&mine, MEMORY_BUDGET), 0); /* one more */
    assert_int_equal(mine, MEMORY_BUDGET);
    assert_int_equal(budget_held(), MEMORY_BUDGET);
    errno = 0;
    assert_int_equal(budget_hold(&other, HELD_FREELY + 1), -1);
    assert_int_equal(errno, ENOMEM);
    assert_int_equal(other, 0);
    for (size_t i = 0; i < COUNT(too_much); i++) {
        assert_int_equal(budget_hold(&mine, too_much[i]), -1);
        assert_int_equal(mine, MEMORY_BUDGET);
        assert_int_equal(budget_hold(&other, too_much[i]), -1);
    }
    assert_int_equal(budget_held(), MEMORY_BUDGET);
    assert_int_equal(budget_hold(&mine, MEMORY_BUDGET - HELD_FREELY - 1), 0);
    assert_int_equal(budget_hold(&other, HELD_FREELY + 2), -1);
    assert_int_equal(budget_hold(&other, HELD_FREELY + 1), 0);
    assert_int_equal(budget_hold(&mine, 0), 0);
    assert_int_equal(budget_hold(&other, 0), 0);
    assert_int_equal(budget_held(), 0);
    assert_int_equal(budget_given_back() - given_back,
                     (uint64_t)MEMORY_BUDGET + HELD_FREELY + 1);
}

static void budget_hold_does_not_count_a_little(void **state)
{
    uint64_t all = 0;
    uint64_t mine = 0;

    (void)state;
    assert_int_equal(budget_hold(&all, MEMORY_BUDGET), 0);
    assert_int_equal(budget_hold(&mine, HELD_FREELY), 0);
    assert_int_equal(budget_held(), MEMORY_BUDGET);
    assert_int_equal(budget_hold(&all, HELD_FREELY), 0);
    assert_int_equal(budget_held(), 0);
}

static void *hold_more_and_less(void *unused)
{
    uint64_t held = 0;

    for (uint64_t i = 1; i < 2000; i++) {
        (void)budget_hold(&held, HELD_FREELY + i * 7919 % 2000);
    }
    (void)budget_hold(&held, HELD_FREELY + 1);
    return unused;
}

static void budget_hold_counts_for_many_threads(void **state)
{
    pthread_t many[8];

    (void)state;
    for (size_t i = 0; i < COUNT(many); i++) {
        assert_int_equal(
            pthread_create(&many[i], NULL, hold_more_and_less, NULL), 0);
    }
    for (size_t i = 0; i < COUNT(many); i++) {
        assert_int_equal(pthread_join(many[i], NULL), 0);
    }
    assert_int_equal(budget_held(), COUNT(many) * (HELD_FREELY + 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(budget_hold_keeps_to_the_budget),
        cmocka_unit_test(budget_hold_does_not_count_a_little),
        cmocka_unit_test(budget_hold_counts_for_many_threads),
    };

    return run_all(tests);
}
