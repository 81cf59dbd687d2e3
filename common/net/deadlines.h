/*
 * deadlines.h - how long a client may take, kept with blocking calls.
 *
 * recv and send block for as long as the client likes. So each exchange
 * registers here, and the main thread looks at all of them ten times a second
 * (less often when there are thousands):
 * it interrupts the threads of those that are late with SIGUSR1. The signal's
 * handler does nothing, but the call that blocks returns: with what it moved so
 * far, or with EINTR. A signal that comes just before the call blocks is lost,
 * so the main thread repeats it at every look.
 *
 *     deadline_begin(&deadline);
 *     deadline_wait(&deadline);
 *     count = recv(...);                      interrupted if late
 *     if (count > 0) deadline_moved(&deadline, count);
 *     else if (deadline_passed(&deadline)) ... 408 ...
 *                                             a send that took only part of
 *                                             its bytes was interrupted, too
 *     deadline_end(&deadline);                before the socket is closed
 *
 * The time allowed (limits.h): ALLOWANCE_MS without a byte; and in all as much,
 * plus a second per ALLOWANCE_BYTES_PER_SECOND moved, ALLOWANCE_MOST_MS at
 * most. Receiving and sending have it once each. While more than half of the
 * threads are busy it shrinks, down to the ALLOWANCE_SHRINK'th part.
 *
 * Threads: a deadline belongs to the thread that handles its client, and is
 * registered under that thread. One lock guards what the main thread reads.
 */
#ifndef NET_DEADLINES_H
#define NET_DEADLINES_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum activity {
    RECEIVING, /* a stop of the server shortens it: STOP_GRACE_MS are left */
    SENDING,   /* if it blocks, it is interrupted every SEND_LOOK_MS as well */
    DRAINING   /* in DRAIN_MOST_MS, with DRAIN_SILENCE_MS between two bytes */
};

struct deadline {
    /* The thread's own. */
    enum activity activity;
    uint64_t began;    /* this activity */
    uint64_t progress; /* when bytes last moved */
    uint64_t moved;    /* bytes since it began */

    /* True while the thread may be in a call that waits for the client: only
     * then is it interrupted, and not in delegate (unless a signal is on its
     * way when the call returns). */
    atomic_bool waiting;

    /* Guarded by the lock of deadlines.c: what the main thread knows. */
    enum activity known;
    uint64_t since, allowed; /* late when `allowed`, shrunk, is over */
    uint64_t looked;         /* when the thread last asked */
    pthread_t thread;
    struct deadline *previous, *next;
};

/* Registers the calling thread; RECEIVING begins. */
void deadline_begin(struct deadline *deadline);

/* Takes it off again. After that, no signal is sent on its behalf. */
void deadline_end(struct deadline *deadline);

/* Another activity begins, with its own time. The main thread learns of it when
 * the next call is interrupted, which may be late; deadline_tell, which takes
 * the lock, tells it at once: call it if the activity may well block. */
void deadline_turn(struct deadline *deadline, enum activity activity);
void deadline_tell(struct deadline *deadline);

/* A call that waits for the client comes next. */
static inline void deadline_wait(struct deadline *deadline)
{
    atomic_store_explicit(&deadline->waiting, true, memory_order_relaxed);
}

/* The call moved `count` bytes. */
void deadline_moved(struct deadline *deadline, size_t count);

/* The call was interrupted: true if the time is up. */
bool deadline_passed(struct deadline *deadline);

/* Interrupts the threads that are late at `now`. The main thread calls it; a
 * test without one can call it where a call would block. */
void deadlines_look(uint64_t now);

/* How many of the threads are busy: from half of `cap` on, time gets short. */
void deadlines_crowd(size_t busy, size_t cap);

/* The server stops: what is still to be received has STOP_GRACE_MS left. */
void deadlines_stop(uint64_t now);

/* Milliseconds on a clock that never goes back. */
uint64_t deadlines_clock(void);

#endif
