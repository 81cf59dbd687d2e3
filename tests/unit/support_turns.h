/*
 * support_turns.h - a server of threads that take turns, its clients, and
 * thread creation and accept that fail. For use in a process of its own
 * (run_in_child), since the counts of turns are one for the process.
 *
 * Link the program with
 *     -Wl,--wrap=pthread_create,--wrap=accept,--wrap=accept4
 * in a comment of its own.
 */
#ifndef UNIT_SUPPORT_TURNS_H
#define UNIT_SUPPORT_TURNS_H

#include "support.h"

#include <stdatomic.h>

#include "turns.h"
#include "turns_counts.h"

/* Whether the thread of that number, from 0, is not created; NULL: none is. */
extern bool (*creation_fails)(size_t number);
extern atomic_size_t creations_failed;

extern const int *accept_errors; /* one for each of the next calls; 0 ends */
extern atomic_size_t accept_errors_given;
extern atomic_int accept_error_always; /* 0: none */
extern atomic_size_t accepts;          /* tried */

extern struct turns turns;
extern atomic_size_t threads;  /* that run */
extern atomic_size_t accepted; /* clients */
extern atomic_size_t served;
extern atomic_bool held; /* busy threads stay busy while this is true */

/* The invariant of turns.h, at one moment. */
void check_invariant(void);

void listen_for_clients(void);

/* Listens, and starts the first thread. */
void start(void);

/* A socket that is connected, or -1. */
int connect_client(void);

void connect_clients(int *clients, size_t count);

/* Each client is answered. */
void check_answers(const int *clients, size_t count);

/* Waits until a number is reached, or for five seconds. */
void await_number(atomic_size_t *number, size_t expected);

/* Waits until no thread is busy, and as many run as are counted. */
void await_rest(void);

#endif
