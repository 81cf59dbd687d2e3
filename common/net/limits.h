/*
 * limits.h - the limits that keep the server alive, by name. What a request may
 * hold is in common/http/limits.h.
 *
 * Each can be set at build time:
 *     make BUILD=build/four CPPFLAGS=-DTHREADS_MOST=4
 */
#ifndef NET_LIMITS_H
#define NET_LIMITS_H

/* Bytes held for all connections together (budget.h). More: 503. */
#ifndef MEMORY_BUDGET
#define MEMORY_BUDGET 1073741824
#endif

/* What one connection may hold before the budget counts it: with all threads
 * busy, 256 MiB more. */
#ifndef HELD_FREELY
#define HELD_FREELY 16384
#endif

/* The most that one byte sent by a client can make the server hold: a form of
 * pairs such as "&a" and of quotes, received, decoded, and escaped on the page,
 * in buffers that double as they grow. */
#define HELD_PER_BYTE_MOST 64

/* Threads, at most; fewer where there are fewer descriptors. */
#ifndef THREADS_MOST
#define THREADS_MOST 16384
#endif

/* Threads that may wait for a client; one more ends instead. The kernel wakes
 * one of them for each client that comes, even if a busy one is about to take
 * it: with 16, an exchange cost a third more than with 4, on two processors. */
#ifndef THREADS_SPARE
#define THREADS_SPARE 4
#endif

/* Milliseconds between two looks of the main thread at deadlines and counts. */
#ifndef LOOK_MS
#define LOOK_MS 100
#endif

/* Clients per second that are a rush (pool.h), microseconds that an exchange
 * takes then, at most, and milliseconds between two looks. */
#ifndef RUSH_LEAST
#define RUSH_LEAST 1000
#endif
#ifndef RUSH_MOST_US
#define RUSH_MOST_US 500
#endif
#ifndef RUSH_LOOK_MS
#define RUSH_LOOK_MS 5
#endif

/* Bytes of a thread's stack. Half of it is promised to delegate. */
#ifndef THREAD_STACK
#define THREAD_STACK 524288
#endif

/* The time to receive a request, and again to send the answer: so many
 * milliseconds without a byte; and in all as many, plus a second for each so
 * many bytes that were moved, up to a limit (deadlines.h). */
#ifndef ALLOWANCE_MS
#define ALLOWANCE_MS 20000
#endif
#ifndef ALLOWANCE_BYTES_PER_SECOND
#define ALLOWANCE_BYTES_PER_SECOND 500
#endif
#ifndef ALLOWANCE_MOST_MS
#define ALLOWANCE_MOST_MS 600000
#endif

/* With all threads busy, the time is divided by this. */
#ifndef ALLOWANCE_SHRINK
#define ALLOWANCE_SHRINK 40
#endif

/* A send that blocks is interrupted this often, to drop what the client has
 * sent in the meantime. */
#ifndef SEND_LOOK_MS
#define SEND_LOOK_MS 200
#endif

/* Draining what a client still sends after its answer, at most. */
#ifndef DRAIN_BYTES_MOST
#define DRAIN_BYTES_MOST 67108864
#endif
#ifndef DRAIN_SILENCE_MS
#define DRAIN_SILENCE_MS 2000
#endif
#ifndef DRAIN_MOST_MS
#define DRAIN_MOST_MS 10000
#endif

/* After SIGINT or SIGTERM: more time for half-sent requests, and for all. */
#ifndef STOP_GRACE_MS
#define STOP_GRACE_MS 1000
#endif
#ifndef STOP_MOST_MS
#define STOP_MOST_MS 5000
#endif

/* Bytes of a log line; a longer one is cut. */
#ifndef LOG_LINE_MOST
#define LOG_LINE_MOST 4000
#endif

/* Bytes of log lines that may wait to be written; further lines are lost. */
#ifndef LOG_QUEUE_MOST
#define LOG_QUEUE_MOST 262144
#endif

#endif
