/* budget.c - counts memory; the contract is in budget.h. */
#include "budget.h"

#include <errno.h>
#include <pthread.h>

#include "limits.h"
#include "lock.h"

static struct {
    pthread_mutex_t lock; /* guards the rest */
    uint64_t held;
    uint64_t given_back;
} budget = {.lock = PTHREAD_MUTEX_INITIALIZER};

int budget_hold(uint64_t *held, uint64_t wanted)
{
    int result = 0;

    if (wanted <= HELD_FREELY) {
        wanted = 0;
    }
    if (wanted == *held) {
        return 0;
    }
    lock_take(&budget.lock);
    if (wanted < *held) {
        budget.held -= *held - wanted;
        budget.given_back += *held - wanted;
    } else if (wanted - *held <= MEMORY_BUDGET - budget.held) {
        budget.held += wanted - *held;
    } else {
        result = -1;
    }
    lock_give(&budget.lock);
    if (result == -1) {
        errno = ENOMEM;
    } else {
        *held = wanted;
    }
    return result;
}

uint64_t budget_held(void)
{
    uint64_t held;

    lock_take(&budget.lock);
    held = budget.held;
    lock_give(&budget.lock);
    return held;
}

uint64_t budget_given_back(void)
{
    uint64_t given_back;

    lock_take(&budget.lock);
    given_back = budget.given_back;
    lock_give(&budget.lock);
    return given_back;
}
