/* deadlines.c - interrupts late calls; the contract is in deadlines.h. */
#include "deadlines.h"

#include <signal.h>
#include <time.h>

#include "limits.h"
#include "lock.h"

static struct {
    pthread_mutex_t lock;    /* guards the rest */
    struct deadline *first;  /* the list of all that are registered */
    uint64_t beyond;         /* how many busy threads are over half the cap */
    uint64_t range;          /* the most that can be over it */
    uint64_t receiving_ends; /* for everyone, once the server stops */
} deadlines = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .range = 1,
    .receiving_ends = UINT64_MAX,
};

uint64_t deadlines_clock(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* With the lock held: returns what is left of a time when there is a crowd. */
static uint64_t shrink(uint64_t allowed)
{
    return allowed - allowed * deadlines.beyond * (ALLOWANCE_SHRINK - 1) /
                         (deadlines.range * ALLOWANCE_SHRINK);
}

/* 20 s, plus a second for each 500 bytes moved, but at most 10 minutes. */
static uint64_t allowed_in_all(const struct deadline *deadline)
{
    uint64_t seconds = deadline->moved / ALLOWANCE_BYTES_PER_SECOND;

    if (deadline->activity == DRAINING) {
        return DRAIN_MOST_MS;
    }
    if (seconds > ALLOWANCE_MOST_MS / 1000) {
        return ALLOWANCE_MOST_MS;
    }
    return ALLOWANCE_MS + seconds * 1000 < ALLOWANCE_MOST_MS
               ? ALLOWANCE_MS + seconds * 1000
               : ALLOWANCE_MOST_MS;
}

static uint64_t allowed_without_a_byte(const struct deadline *deadline)
{
    return deadline->activity == DRAINING ? DRAIN_SILENCE_MS : ALLOWANCE_MS;
}

/* With the lock held: tells the main thread which of the two times would end
 * first now. */
static void tell(struct deadline *deadline, uint64_t now)
{
    deadline->known = deadline->activity;
    deadline->looked = now;
    deadline->since = deadline->progress;
    deadline->allowed = allowed_without_a_byte(deadline);
    if (deadline->began + allowed_in_all(deadline) <
        deadline->since + deadline->allowed) {
        deadline->since = deadline->began;
        deadline->allowed = allowed_in_all(deadline);
    }
}

void deadline_begin(struct deadline *deadline)
{
    uint64_t now = deadlines_clock();

    *deadline = (struct deadline){
        .activity = RECEIVING,
        .began = now,
        .progress = now,
        .thread = pthread_self(),
    };
    lock_take(&deadlines.lock);
    tell(deadline, now);
    deadline->next = deadlines.first;
    if (deadline->next != NULL) {
        deadline->next->previous = deadline;
    }
    deadlines.first = deadline;
    lock_give(&deadlines.lock);
}

void deadline_end(struct deadline *deadline)
{
    lock_take(&deadlines.lock);
    if (deadline->previous == NULL) {
        deadlines.first = deadline->next;
    } else {
        deadline->previous->next = deadline->next;
    }
    if (deadline->next != NULL) {
        deadline->next->previous = deadline->previous;
    }
    lock_give(&deadlines.lock);
}

void deadline_turn(struct deadline *deadline, enum activity activity)
{
    deadline->activity = activity;
    deadline->began = deadline->progress = deadlines_clock();
    deadline->moved = 0;
}

void deadline_tell(struct deadline *deadline)
{
    lock_take(&deadlines.lock);
    tell(deadline, deadline->progress);
    lock_give(&deadlines.lock);
}

static void stop_waiting(struct deadline *deadline)
{
    atomic_store_explicit(&deadline->waiting, false, memory_order_relaxed);
}

void deadline_moved(struct deadline *deadline, size_t count)
{
    stop_waiting(deadline);
    deadline->progress = deadlines_clock();
    deadline->moved += count;
}

/* With the lock held: returns true if the time is over. */
static bool is_over(const struct deadline *deadline, uint64_t now,
                    uint64_t since, uint64_t allowed)
{
    uint64_t end = since + shrink(allowed);

    return now >= end ||
           (deadline->known == RECEIVING && now >= deadlines.receiving_ends);
}

bool deadline_passed(struct deadline *deadline)
{
    uint64_t now = deadlines_clock();
    bool passed;

    stop_waiting(deadline);
    lock_take(&deadlines.lock);
    tell(deadline, now);
    passed = is_over(deadline, now, deadline->progress,
                     allowed_without_a_byte(deadline)) ||
             is_over(deadline, now, deadline->began, allowed_in_all(deadline));
    lock_give(&deadlines.lock);
    return passed;
}

static bool is_waiting(const struct deadline *deadline)
{
    return atomic_load_explicit(&deadline->waiting, memory_order_relaxed);
}

void deadlines_look(uint64_t now)
{
    lock_take(&deadlines.lock);
    for (struct deadline *d = deadlines.first; d != NULL; d = d->next) {
        if ((is_over(d, now, d->since, d->allowed) ||
             (d->known == SENDING && now >= d->looked + SEND_LOOK_MS)) &&
            is_waiting(d)) {
            (void)pthread_kill(d->thread, SIGUSR1);
        }
    }
    lock_give(&deadlines.lock);
}

void deadlines_crowd(size_t busy, size_t cap)
{
    size_t half = cap / 2;

    lock_take(&deadlines.lock);
    deadlines.range = cap - half;
    deadlines.beyond = busy > half ? busy - half : 0;
    if (deadlines.beyond > deadlines.range) {
        deadlines.beyond = deadlines.range;
    }
    lock_give(&deadlines.lock);
}

void deadlines_stop(uint64_t now)
{
    lock_take(&deadlines.lock);
    deadlines.receiving_ends = now + STOP_GRACE_MS;
    lock_give(&deadlines.lock);
}
