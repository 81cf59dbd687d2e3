/*
 * pool.h - threads that take turns at accepting clients: who waits, who is
 * busy.
 *
 *     static void *take_turns(void *argument)
 *     {
 *         struct pool *pool = argument;
 *
 *         while (pool_wait(pool)) {
 *             int client_sock = accept(pool->listening_socket, ...);
 *
 *             if (pool_accepted(pool, client_sock)) {
 *                 ... start one more thread ...
 *             }
 *             if (client_sock != -1) {
 *                 ... handle the client, close client_sock ...
 *             }
 *         }
 *         return NULL;
 *     }
 *
 * One or more threads wait in accept. The thread that gets a client makes sure
 * that another waits in its place, starting one only if there is none, and then
 * handles its client itself. No socket changes hands.
 *
 * The pool counts, and decides who waits; the calls on sockets and threads are
 * the stage's. A thread is counted before it is created, and the count
 * is taken back if that fails. Invariant: some thread waits, or rests and will
 * be woken, or all are busy and will come back, and no more can be had.
 *
 * In a rush, of RUSH_LEAST clients per second whose exchanges take RUSH_MOST_US
 * each at most, one thread in accept is enough,
 * and others rest: to wake one for each client would cost more than to serve
 * it, and the thread that got the last one is back a few microseconds later. If
 * it is not, and clients have come, the main thread wakes one that rests, after
 * RUSH_LOOK_MS.
 *
 * Threads: one lock guards the counts; any thread may call these. The pool must
 * stay where it is for as long as the program runs.
 */
#ifndef NET_POOL_H
#define NET_POOL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reason.h"

struct pool {
    int listening_socket;      /* the owner's; not changed here */
    pthread_attr_t attributes; /* for pthread_create: a stack of THREAD_STACK */

    pthread_mutex_t lock; /* guards the rest */
    size_t total;         /* threads, created or about to be */
    size_t waiting;       /* of them in accept, or on their way there */
    size_t coming;        /* of those waiting: created, not yet at their turn */
    size_t resting;       /* in pool_wait, until `wake` */
    pthread_cond_t wake;
    bool rush;
    size_t accepted;   /* clients, since... */
    uint64_t counted;  /* ...the main thread counted them */
    size_t cap;        /* threads, at most */
    size_t reached;    /* cap; or `total` when no more could be created */
    bool stopping;     /* take only clients that have already come */
    bool empty;        /* while stopping: no client is left */
    int error;         /* that accept fails with, again and again; or 0 */
    unsigned failures; /* of accept, in a row */
};

/*
 * Makes a pool for threads that accept from `listening_socket`, of at most as
 * many as there are free descriptors, or THREADS_MOST. The first thread is
 * already counted: create it, or call pool_thread_failed. Returns 0, or -1 with
 * the reason; that there is no descriptor for even one client is one.
 */
int pool_init(struct pool *pool, int listening_socket,
              char reason[REASON_SIZE]);

/* The calling thread goes to wait for a client; in a rush it may rest first.
 * False tells it to end, because enough others are waiting, or because the
 * server stops. */
bool pool_wait(struct pool *pool);

/*
 * The wait is over, with `client_sock`, or with -1 and errno: then the error is
 * dealt with here (a pause, if it would come again at once), so just wait
 * again. Returns true if nobody waits now: one more thread has been counted;
 * create it.
 */
bool pool_accepted(struct pool *pool, int client_sock);

/* The thread that was counted could not be created: takes the count back. Until
 * some thread waits again, the threads that there are count as all that can be
 * had, so that time gets short for slow clients. */
void pool_thread_failed(struct pool *pool);

/* The counts, as they are at one moment. */
struct pool_counts {
    size_t total;
    size_t busy;    /* threads that neither wait nor rest */
    size_t reached; /* threads, at most, as far as can be told now */
    int error;      /* accept fails with it, again and again; or 0 */
    bool empty;     /* it stops, and no client is left */
};

struct pool_counts pool_count(struct pool *pool);

/* True if clients have come that are not accepted yet. */
bool pool_has_clients(const struct pool *pool);

/* The main thread looks whether there is a rush, at `now` by deadlines_clock.
 * Returns milliseconds until it should look again. */
long pool_look(struct pool *pool, uint64_t now);

/* From now on only clients that have already come are accepted; with the first
 * wait that finds none, the listening ends. The listening socket must not block
 * any more. */
void pool_stop(struct pool *pool);

#endif
