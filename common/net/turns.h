/*
 * turns.h - threads that take turns at accepting clients.
 *
 *     static void *take_turns(void *argument)
 *     {
 *         while ((client_sock = turns_accept(argument, &address)) != -1) {
 *             ... handle the client, close client_sock ...
 *         }
 *         return NULL;
 *     }
 *
 *     turns.listening_socket = ...;
 *     turns.take = take_turns;
 *     if (turns_start(&turns) == 0) {
 *         turns_run(&turns);   // until SIGINT or SIGTERM
 *         exit(0);
 *     }
 *
 * One or more threads wait in accept. The thread that gets a client sees to it
 * that another waits in its place, starting one only if none is spare, and
 * then handles its client itself. No socket changes hands.
 *
 * Invariant: some thread waits, or every thread is busy and will come back.
 *
 * In a rush (RUSH_LEAST clients a second) that is put off. To wake another
 * thread for each client would cost more than to serve it, and the thread that
 * got it is back for the next a few microseconds later. So it sees to another
 * only if it has to wait for its client; and the main thread looks at the queue
 * every five milliseconds, lest a thread that is slow for other reasons keeps
 * clients waiting.
 *
 * Threads: turns_start and turns_run are the main thread's; the other functions
 * may be called by any. The counts behind them are the one thing that threads
 * share here; one mutex guards them all.
 */
#ifndef NET_TURNS_H
#define NET_TURNS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* What the threads need, set once before the first of them starts. It must
 * stay where it is for as long as the program runs. */
struct turns {
    int listening_socket;
    void *(*take)(void *turns); /* what each thread runs */
};

/* Blocks SIGINT, SIGTERM and SIGPIPE in the calling thread, and so in those
 * that come of it; raises the limit of descriptors, sets the cap on threads,
 * and starts the first one. Call it before any other thread exists. Returns 0,
 * or -1 with errno. */
int turns_start(struct turns *turns);

/*
 * Waits for SIGINT or SIGTERM, looking after waits meanwhile (turns_wait_begin
 * below). Then stops: lets the threads accept what has already come, ends the
 * listening, gives half-sent requests STOP_GRACE_MS and all STOP_MOST_MS.
 *
 * Returns what the caller exits with: 0, or at once upon a second signal 128
 * and its number.
 */
int turns_run(struct turns *turns);

/*
 * Takes a turn: waits for a client and gives its socket, with its address in
 * `*address`, having seen to it that another thread waits if one can; in a rush
 * that is put off, as told above. -1 tells the calling thread to end. Errors of
 * accept are dealt with here: none ends or spins the server.
 */
int turns_accept(struct turns *turns, struct sockaddr_storage *address);

/* The counts, as they are at one moment. */
struct turns_counts {
    size_t total;    /* threads */
    size_t waiting;  /* of them in accept, or created and on their way there */
    size_t cap;      /* threads at the most */
    uint64_t held;   /* octets counted by turns_hold */
    uint64_t let_go; /* octets given back by turns_let_go, since the start */
    uint64_t accepted; /* clients, since the start */
    bool stopping;     /* from turns_stop on */
};

struct turns_counts turns_count(void);

/* True when more than half of the cap is busy: then what can be left out, such
 * as waiting for whoever reads the log, is left out. */
bool turns_are_crowded(void);

/* Counts octets that a client makes the server hold, over all connections.
 * turns_hold returns 0, or -1 with errno ENOMEM if they would go beyond
 * CONTENT_BUDGET; turns_let_go gives them back. */
int turns_hold(uint64_t octets);
void turns_let_go(uint64_t octets);

/*
 * A wait for a client, of which the time allowed shrinks while more threads
 * get busy, from half the cap on, to the ALLOWANCE_SHRINK'th part at the cap,
 * and ends STOP_GRACE_MS after a stop. It stands on the waiting thread's stack.
 */
struct turns_wait {
    uint64_t began;     /* when the time allowed began, by turns_clock */
    uint64_t allowance; /* milliseconds allowed while there is no crowd */
    bool until_stop;    /* a stop shortens it: more of a request is awaited */

    pthread_t thread; /* these are turns.c's */
    struct turns_wait *previous, *next;
};

/*
 * Begins a wait, and gives the moment at which its time is up, as things are
 * now. In a rush, it sees to it that another thread waits in accept. From here
 * until turns_wait_end, if that moment comes nearer, turns_run interrupts the
 * thread with a signal that does nothing (so poll fails with EINTR): then end
 * the wait, and begin it again if it is not over.
 */
uint64_t turns_wait_begin(struct turns_wait *wait);
void turns_wait_end(struct turns_wait *wait);

/* Interrupts the waits whose time is up. turns_run calls it ten times a second,
 * or more often: one thread looks at the clock for all, since 10,000 threads
 * that each woke up once a second to look took 8 % of a core. */
void turns_watch(void);

/* The steps of a stop, for turns_run. From turns_stop on, time is short for
 * waits, and threads end when accept has no client for them. */
void turns_stop(void);

/* Sees to it that a thread waits in accept, if there may be one more. */
void turns_ensure_waiting(struct turns *turns);

/* Milliseconds on a clock that never goes back. */
uint64_t turns_clock(void);

#endif
