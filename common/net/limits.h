/*
 * limits.h - the limits that keep the server alive. The limits of a request are
 * in common/http/limits.h.
 *
 * You can set each of them at build time:
 *     make BUILD=build/four CPPFLAGS=-DTHREADS_MOST=4
 */
#ifndef NET_LIMITS_H
#define NET_LIMITS_H

/* Bytes held for all connections together (budget.h). More get 503. */
#ifndef MEMORY_BUDGET
#define MEMORY_BUDGET 1073741824
#endif

/* Bytes that one connection may hold before the budget counts it. With all
 * threads busy, this can come to 256 MiB more. */
#ifndef HELD_FREELY
#define HELD_FREELY 16384
#endif

/* The most bytes that the server can come to hold for one byte from a client.
 * The worst case is a form of pairs such as "&a" and of quotes: it is received,
 * decoded, and escaped on the page, in buffers that double as they grow. */
#define HELD_PER_BYTE_MOST 64

/* The most threads. If there are fewer descriptors, there are fewer threads. */
#ifndef THREADS_MOST
#define THREADS_MOST 16384
#endif

/* The most threads that wait for a client. Any other one ends. For each client,
 * the kernel wakes one, even if a busy one is about to take the client. On two
 * processors, an exchange cost a third more with 16 than with 4. */
#ifndef THREADS_SPARE
#define THREADS_SPARE 4
#endif

/* The main thread looks at deadlines and counts every so many milliseconds. */
#ifndef LOOK_MS
#define LOOK_MS 100
#endif

/* It is a rush (pool.h) when at least so many clients come per second, and an
 * exchange takes at most so many microseconds. In a rush, the main thread looks
 * every so many milliseconds. */
#ifndef RUSH_LEAST
#define RUSH_LEAST 1000
#endif
#ifndef RUSH_MOST_US
#define RUSH_MOST_US 500
#endif
#ifndef RUSH_LOOK_MS
#define RUSH_LOOK_MS 5
#endif

/* Bytes in a thread's stack. delegate may use half of it. */
#ifndef THREAD_STACK
#define THREAD_STACK 524288
#endif

/* The time to receive a request, and again to send the answer (deadlines.h). A
 * client may be silent for so many milliseconds. In all, it has as many, plus a
 * second for each so many bytes moved, up to a limit. */
#ifndef ALLOWANCE_MS
#define ALLOWANCE_MS 20000
#endif
#ifndef ALLOWANCE_BYTES_PER_SECOND
#define ALLOWANCE_BYTES_PER_SECOND 500
#endif
#ifndef ALLOWANCE_MOST_MS
#define ALLOWANCE_MOST_MS 600000
#endif

/* When all threads are busy, the time is divided by this. */
#ifndef ALLOWANCE_SHRINK
#define ALLOWANCE_SHRINK 40
#endif

/* A send that blocks is interrupted this often, to drop what the client has
 * sent in the meantime. */
#ifndef SEND_LOOK_MS
#define SEND_LOOK_MS 200
#endif

/* How much is received and dropped after an answer, and for how long. */
#ifndef DRAIN_BYTES_MOST
#define DRAIN_BYTES_MOST 67108864
#endif
#ifndef DRAIN_SILENCE_MS
#define DRAIN_SILENCE_MS 2000
#endif
#ifndef DRAIN_MOST_MS
#define DRAIN_MOST_MS 10000
#endif

/* The time left after SIGINT or SIGTERM: for half-sent requests, and in all. */
#ifndef STOP_GRACE_MS
#define STOP_GRACE_MS 1000
#endif
#ifndef STOP_MOST_MS
#define STOP_MOST_MS 5000
#endif

/* Bytes in a log line. A longer one is cut. */
#ifndef LOG_LINE_MOST
#define LOG_LINE_MOST 4000
#endif

/* Bytes in the log lines that wait to be written. Further lines are lost. */
#ifndef LOG_QUEUE_MOST
#define LOG_QUEUE_MOST 262144
#endif

#endif
