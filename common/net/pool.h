/*
 * pool.h - counts the threads that take turns accepting clients.
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
 * that another one waits in its place, and starts one only if there is none.
 * Then it handles its client itself. No socket changes hands.
 *
 * The pool counts, and decides who waits. The stage makes the calls on sockets
 * and threads. A thread is counted before it is created, and the count is taken
 * back if that fails. Invariant: a thread waits, or rests and will be woken; or
 * all are busy and will come back, and there cannot be any more of them.
 *
 * It is a rush when RUSH_LEAST clients come per second, and an exchange takes
 * at most RUSH_MOST_US. Then one thread in accept is enough, and others rest.
 * Waking one for each client would cost more than serving the client, and the
 * thread that got the last client is back a few microseconds later. If it isn't
 * back within RUSH_LOOK_MS and clients have come, the main thread wakes one
 * that rests.
 *
 * Threads: any thread may call these functions. One lock guards the counts. The
 * pool must stay where it is as long as the program runs.
 */
#ifndef NET_POOL_H
#define NET_POOL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reason.h"

struct pool {
    int listening_socket;      /* it is the owner's, and does not change */
    pthread_attr_t attributes; /* for pthread_create: a stack of THREAD_STACK */

    pthread_mutex_t lock; /* guards the rest */
    size_t total;         /* threads, with those about to be created */
    size_t waiting;       /* threads in accept, or on their way there */
    size_t coming;        /* new threads among them, not in pool_wait yet */
    size_t resting;       /* threads in pool_wait that wait for `wake` */
    pthread_cond_t wake;
    bool rush;
    size_t accepted;   /* clients accepted since `counted` */
    uint64_t counted;  /* when the main thread last looked at `accepted` */
    size_t cap;        /* the most threads there may be */
    size_t reached;    /* cap; or `total` when no more could be created */
    bool stopping;     /* accept only clients that have already come */
    bool empty;        /* while stopping: no client is left */
    int error;         /* the errno with which accept keeps failing, or 0 */
    unsigned failures; /* how often accept has failed in a row */
};

/*
 * Makes a pool for threads that accept from `listening_socket`. It has at most
 * as many threads as there are free descriptors, or THREADS_MOST. The first
 * thread is already counted: create it, or call pool_thread_failed. Returns 0,
 * or -1 with the reason. It also fails if there is no descriptor for even one
 * client.
 */
int pool_init(struct pool *pool, int listening_socket,
              char reason[REASON_SIZE]);

/* The calling thread is about to wait for a client. In a rush, it may rest here
 * first. Returns false if it should end instead, because enough others are
 * waiting, or because the server stops. */
bool pool_wait(struct pool *pool);

/*
 * The wait is over. `client_sock` is what accept returned. If it is -1, this
 * function deals with the error (it pauses, if the error would come again right
 * away), so just wait again. Returns true if nobody waits now. Then one more
 * thread has been counted: create it.
 */
bool pool_accepted(struct pool *pool, int client_sock);

/* The thread that was counted could not be created. Takes the count back. Until
 * a thread waits again, the pool assumes that there cannot be any more threads,
 * so that slow clients get less time. */
void pool_thread_failed(struct pool *pool);

/* All counts of one moment. */
struct pool_counts {
    size_t total;
    size_t busy;    /* threads that neither wait nor rest */
    size_t reached; /* the most threads there can be, as far as is known */
    int error;      /* the errno with which accept keeps failing, or 0 */
    bool empty;     /* the server stops, and no client is left */
};

struct pool_counts pool_count(struct pool *pool);

/* Returns true if clients have come that are not accepted yet. */
bool pool_has_clients(const struct pool *pool);

/* Finds out whether there is a rush. `now` is from deadlines_clock. Returns
 * after how many milliseconds the main thread should look again. */
long pool_look(struct pool *pool, uint64_t now);

/* From now on, only clients that have already come are accepted. The first wait
 * that finds none ends the listening. The caller must also make the listening
 * socket non-blocking. */
void pool_stop(struct pool *pool);

#endif
