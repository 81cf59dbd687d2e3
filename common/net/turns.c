/* turns.c - what threads that take turns share: the counts, and the waits. The
 * contracts are in turns.h and turns_counts.h. */
#include "turns.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "limits.h"
#include "turns_counts.h"

/* The one thing that all threads share; `mutex` guards all of it. */
static struct {
    pthread_mutex_t mutex;
    struct turns_counts counts;
    size_t coming;    /* of those waiting: created, not yet at their turn */
    size_t reached;   /* the cap; or `total` when no thread could be created */
    uint64_t stopped; /* when turns_stop was called */
    struct turns_wait *waits;
    uint64_t watched;   /* when the waits were last looked after */
    struct turns *rush; /* while there is one: whose threads these are */
} shared = {
    .mutex = PTHREAD_MUTEX_INITIALIZER,
    .counts.cap = THREADS_MOST,
    .reached = THREADS_MOST,
};

/* A plain mutex, used as it should be, cannot fail: GCOVR_EXCL_START */
static void lock(void)
{
    if (pthread_mutex_lock(&shared.mutex) != 0) {
        abort();
    }
}

static void unlock(void)
{
    if (pthread_mutex_unlock(&shared.mutex) != 0) {
        abort();
    }
}
/* GCOVR_EXCL_STOP */

/* With the mutex held: counts a thread that is about to be created, if nobody
 * waits and there may be one more. */
static bool claim_thread(void)
{
    if (shared.counts.waiting > 0 || shared.counts.total >= shared.counts.cap) {
        return false;
    }
    shared.counts.total++;
    shared.counts.waiting++;
    shared.coming++;
    return true;
}

bool turns_claim(void)
{
    bool claimed;

    lock();
    claimed = claim_thread();
    unlock();
    return claimed;
}

/* Another thread may have gone to wait in place of the one that could not be
 * created: then that one stays counted. A success may be told late, after the
 * failure of a thread created since: only more threads than were reached then
 * show that the failure is over. */
void turns_created(int error)
{
    lock();
    if (error != 0) {
        shared.counts.total--;
        if (shared.coming > 0) {
            shared.coming--;
            shared.counts.waiting--;
        }
        shared.reached = shared.counts.total;
    } else if (shared.counts.total > shared.reached) {
        shared.reached = shared.counts.cap;
    }
    unlock();
}

void turns_set_cap(size_t most)
{
    lock();
    if (most < shared.counts.cap) {
        shared.counts.cap = most;
    }
    shared.reached = shared.counts.cap;
    unlock();
}

/* A thread that was created was counted then; whichever thread comes first
 * takes that count. */
bool turns_begin(bool clients_wait)
{
    bool waits = true;

    lock();
    if (shared.coming > 0) {
        shared.coming--;
    } else if (shared.counts.waiting == 0 ||
               (shared.counts.waiting < THREADS_SPARE &&
                (shared.rush == NULL || clients_wait))) {
        shared.counts.waiting++;
    } else {
        waits = false;
    }
    unlock();
    return waits;
}

void turns_leave(void)
{
    lock();
    shared.counts.total--;
    unlock();
}

bool turns_end(bool client)
{
    bool claimed = false;

    lock();
    shared.counts.waiting--;
    if (client) {
        shared.counts.accepted++;
        claimed = shared.rush == NULL && claim_thread();
    } else {
        shared.counts.total--;
    }
    unlock();
    return claimed;
}

struct turns_counts turns_count(void)
{
    struct turns_counts counts;

    lock();
    counts = shared.counts;
    unlock();
    return counts;
}

/* With the mutex held: busy threads beyond half of the cap. */
static size_t busy_beyond_half(void)
{
    size_t busy = shared.counts.total - shared.counts.waiting;
    size_t half = shared.reached / 2;

    return busy > half ? busy - half : 0;
}

bool turns_are_crowded(void)
{
    bool crowded;

    lock();
    crowded = busy_beyond_half() > 0;
    unlock();
    return crowded;
}

int turns_hold(uint64_t octets)
{
    int result = -1;

    lock();
    if (octets <= CONTENT_BUDGET - shared.counts.held) {
        shared.counts.held += octets;
        result = 0;
    }
    unlock();
    if (result == -1) {
        errno = ENOMEM;
    }
    return result;
}

void turns_let_go(uint64_t octets)
{
    if (octets == 0) {
        return; /* most clients hold little: no lock for those */
    }
    lock();
    shared.counts.held -= octets;
    shared.counts.let_go += octets;
    unlock();
}

/* With the mutex held: when the time of that wait is up. */
static uint64_t wait_end(const struct turns_wait *wait)
{
    uint64_t beyond = busy_beyond_half();
    uint64_t range = shared.reached - shared.reached / 2;
    uint64_t end = wait->began + wait->allowance;

    if (beyond > range) {
        beyond = range; /* one thread too many is being created */
    }
    if (beyond > 0) {
        end -= wait->allowance * beyond * (ALLOWANCE_SHRINK - 1) /
               (range * ALLOWANCE_SHRINK);
    }
    if (shared.counts.stopping && wait->until_stop &&
        end > shared.stopped + STOP_GRACE_MS) {
        end = shared.stopped + STOP_GRACE_MS;
    }
    return end;
}

uint64_t turns_wait_begin(struct turns_wait *wait)
{
    struct turns *rush;
    uint64_t end;

    wait->thread = pthread_self();
    wait->previous = NULL;
    lock();
    wait->next = shared.waits;
    if (wait->next != NULL) {
        wait->next->previous = wait;
    }
    shared.waits = wait;
    end = wait_end(wait);
    rush = shared.rush;
    unlock();
    if (rush != NULL) {
        turns_ensure_waiting(rush);
    }
    return end;
}

void turns_wait_end(struct turns_wait *wait)
{
    lock();
    if (wait->previous == NULL) {
        shared.waits = wait->next;
    } else {
        wait->previous->next = wait->next;
    }
    if (wait->next != NULL) {
        wait->next->previous = wait->previous;
    }
    unlock();
}

/* With the mutex held: is it time to look at all the waits? The more there
 * are, the less often: 10,000 and more once a second. */
static bool is_time_to_watch(uint64_t now)
{
    size_t busy = shared.counts.total - shared.counts.waiting;
    size_t pause = busy < 10000 ? busy / 10 : 1000;

    return shared.counts.stopping ||
           (busy_beyond_half() > 0 && now >= shared.watched + pause);
}

void turns_watch(void)
{
    uint64_t now = turns_clock();

    lock();
    if (shared.counts.waiting > 0) {
        shared.reached = shared.counts.cap; /* no thread is missing by now */
    }
    if (is_time_to_watch(now)) {
        shared.watched = now;
        for (struct turns_wait *wait = shared.waits; wait != NULL;
             wait = wait->next) {
            if (wait_end(wait) <= now) {
                (void)pthread_kill(wait->thread, SIGUSR1);
            }
        }
    }
    unlock();
}

void turns_set_rush(struct turns *turns)
{
    lock();
    shared.rush = turns;
    unlock();
}

void turns_stop(void)
{
    lock();
    shared.rush = NULL;
    shared.counts.stopping = true;
    shared.stopped = turns_clock();
    unlock();
}
