/*
 * main_thread.h - what the main thread does while the other threads serve.
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
 * Prepares the process. Call it before any other thread exists or any socket is
 * open. If a standard stream is closed, opens it on /dev/null, so that no
 * client gets the descriptor that the log is written to. Blocks SIGPIPE. Makes
 * SIGUSR1 interrupt calls (deadlines.h). Makes SIGTERM wait for
 * main_thread_run, and SIGINT, too, unless it was ignored. Starts the thread
 * that writes the log.
 *
 * Returns 0, or -1 with the reason.
 */
int main_thread_prepare(char reason[REASON_SIZE]);

/*
 * Looks after deadlines until SIGINT or SIGTERM comes. Then stops the server:
 * it lets the threads accept the clients that have already come, and then stops
 * listening. Half-sent requests have STOP_GRACE_MS left, and everything has
 * STOP_MOST_MS.
 *
 * Returns the exit status of the program. It is 0; or, right away when a second
 * signal comes, 128 plus the number of the signal.
 */
int main_thread_run(struct pool *pool);

#endif
