/*
 * deadlines.h - limits how long a client may take, although calls block.
 *
 * recv and send block for as long as the client likes. So each exchange
 * registers here, and the main thread looks at all of them ten times a second
 * (less often when there are thousands). It sends SIGUSR1 to the threads of
 * those that are late. The signal's handler does nothing, but the call that
 * blocks returns: with what it has moved so far, or with EINTR. A signal that
 * comes just before the call blocks is lost, so the main thread repeats it at
 * every look.
 *
 *     deadline_begin(&deadline);
 *     deadline_wait(&deadline);
 *     count = recv(...);                      interrupted if it is late
 *     if (count > 0) deadline_moved(&deadline, count);
 *     else if (deadline_passed(&deadline)) ... 408 ...
 *                                             a send that took only part of
 *                                             its bytes was interrupted, too
 *     deadline_end(&deadline);                before the socket is closed
 *
 * A client may be silent for ALLOWANCE_MS (limits.h). In all, it has that time
 * plus one second per ALLOWANCE_BYTES_PER_SECOND bytes moved, but at most
 * ALLOWANCE_MOST_MS. It has this once for the request, and once for the answer.
 * When more than half of the threads are busy, both times shrink, down to the
 * ALLOWANCE_SHRINK'th part.
 *
 * Threads: a deadline belongs to the thread that handles its client, and is
 * registered for that thread. One lock guards what the main thread reads.
 */
#ifndef NET_DEADLINES_H
#define NET_DEADLINES_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum activity {
    RECEIVING, /* when the server stops, it has STOP_GRACE_MS left */
    SENDING,   /* if it blocks, it is also interrupted every SEND_LOOK_MS */
    DRAINING   /* may take DRAIN_MOST_MS, be silent for DRAIN_SILENCE_MS */
};

struct deadline {
    /* Only the thread itself uses these. */
    enum activity activity;
    uint64_t began;    /* when this activity began */
    uint64_t progress; /* when bytes last moved */
    uint64_t moved;    /* how many bytes have moved since it began */

    /* True while the thread may be in a call that waits for the client. It is
     * interrupted only then, and not in delegate (unless a signal is on its way
     * when the call returns). */
    atomic_bool waiting;

    /* What the main thread knows. The lock of deadlines.c guards it. */
    enum activity known;
    uint64_t since, allowed; /* it is late after `allowed`, which may shrink */
    uint64_t looked;         /* when the thread last looked at the clock */
    pthread_t thread;
    struct deadline *previous, *next;
};

/* Registers the calling thread, and begins RECEIVING. */
void deadline_begin(struct deadline *deadline);

/* Deregisters it. After that, no signal is sent because of it. */
void deadline_end(struct deadline *deadline);

/* Begins another activity, with its own time. The main thread finds out when it
 * next interrupts a call, which may be late. deadline_tell takes the lock, and
 * tells it right away: call that if the activity is likely to block. */
void deadline_turn(struct deadline *deadline, enum activity activity);
void deadline_tell(struct deadline *deadline);

/* Call this just before a call that waits for the client. */
static inline void deadline_wait(struct deadline *deadline)
{
    atomic_store_explicit(&deadline->waiting, true, memory_order_relaxed);
}

/* Call this when the call has moved `count` bytes. */
void deadline_moved(struct deadline *deadline, size_t count);

/* Call this when the call was interrupted. Returns true if the time is up. */
bool deadline_passed(struct deadline *deadline);

/* Interrupts the threads that are late at `now`. The main thread calls this. A
 * test without one can call it where a call would block. */
void deadlines_look(uint64_t now);

/* Says how many threads are busy. From half of `cap` on, the time shrinks. */
void deadlines_crowd(size_t busy, size_t cap);

/* Says that the server stops. Receiving has STOP_GRACE_MS left from now on. */
void deadlines_stop(uint64_t now);

/* Returns the milliseconds on a clock that never goes back. */
uint64_t deadlines_clock(void);

#endif
