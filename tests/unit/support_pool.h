/*
 * support_pool.h - a server whose threads take turns, and its clients. Each
 * test that uses it has a process of its own (test_in_child).
 */
#ifndef UNIT_SUPPORT_POOL_H
#define UNIT_SUPPORT_POOL_H

#include "support.h"

#include <stdatomic.h>

#include "net/pool.h"

extern struct pool pool;
extern atomic_size_t threads;  /* that run */
extern atomic_size_t accepted; /* clients */
extern atomic_bool held;       /* while true, busy threads stay busy */

/* Whether the thread of that number, from 0, cannot be created; NULL: all can.
 */
extern bool (*creation_fails)(size_t number);
extern atomic_size_t creations_failed;

/* Listens, and makes the pool. */
void listen_for_clients(void);

/* Creates the first thread. */
void start_first_thread(void);

/* A socket that is connected, or -1. */
int connect_client(void);
void connect_clients(int *clients, size_t count);

/* Ends the test unless each client is answered. */
void check_answers(const int *clients, size_t count);

/* Waits until a number is reached, for up to five seconds. */
void await_number(atomic_size_t *number, size_t expected);

/* Waits until each thread that was created is detached, too. A test that ends
 * while threads run calls it, since ThreadSanitizer reports one that is not. */
void await_detached(void);

/* Waits until no thread is busy, and as many run as are counted. */
void await_rest(void);

#endif
