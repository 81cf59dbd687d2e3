/*
 * main_thread.h - what the main thread does while the others serve.
 *
 *     main_thread_prepare(reason); before anything else is opened or started
 *     ... listen, make the pool, start its first thread ...
 *     exit(main_thread_run(&pool));
 */
#ifndef NET_MAIN_THREAD_H
#define NET_MAIN_THREAD_H

#include "pool.h"
#include "reason.h"

/*
 * Makes the process ready, before any other thread exists and any socket is
 * open. Standard streams that are closed are opened on /dev/null: a client must
 * not get the descriptor that the log is written to. SIGPIPE is blocked,
 * SIGUSR1 interrupts calls (deadlines.h), SIGTERM and SIGINT wait for
 * main_thread_run; SIGINT only if it was not ignored. Starts the thread that
 * writes the log.
 *
 * Returns 0, or -1 with the reason.
 */
int main_thread_prepare(char reason[REASON_SIZE]);

/*
 * Looks after deadlines, until SIGINT or SIGTERM. Then stops: lets the threads
 * accept what has already come, ends the listening, gives half-sent requests
 * STOP_GRACE_MS and everything STOP_MOST_MS.
 *
 * Returns what the program exits with: 0; or, at once when a second signal
 * comes, 128 and its number.
 */
int main_thread_run(struct pool *pool);

#endif
