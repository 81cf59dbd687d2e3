/*
 * turns_counts.h - the steps of a thread's turn, as the counts see them.
 *
 * For turns_accept.c, turns_run.c and their tests; everybody else uses turns.h.
 * Each function takes the one mutex and gives it back.
 */
#ifndef NET_TURNS_COUNTS_H
#define NET_TURNS_COUNTS_H

#include <stdbool.h>
#include <stddef.h>

struct turns;

/* Sets the cap to `most` if that is less than it was so far. */
void turns_set_cap(size_t most);

/* A thread goes to wait; false tells it to end: enough are waiting. In a rush
 * one is enough, unless `clients_wait` for more. A thread that ends then calls
 * turns_leave, once. */
bool turns_begin(bool clients_wait);
void turns_leave(void);

/* True while clients wait in the kernel's queue. */
bool turns_clients_wait(int listening_socket);

/* A thread's wait is over, with a client, or without: then it ends. Gives true
 * if nobody waits now and one more thread has been counted: start it. In a rush
 * it never does, after a client. */
bool turns_end(bool client);

/* A rush of clients begins for these threads; with NULL, it is over: then some
 * thread has to be seen to (turns_ensure_waiting). */
void turns_set_rush(struct turns *turns);

/* Counts one more thread if nobody waits and there may be one. */
bool turns_claim(void);

/* What became of the thread that was counted last: 0, or the error for which
 * it could not be created, which takes the count back. */
void turns_created(int error);

#endif
