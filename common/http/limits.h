/*
 * limits.h - every limit of the server, by name.
 *
 * Each can be set at build time:
 *     make BUILD=build/small CPPFLAGS=-DTHREADS_MOST=4
 * The assignment makes no assumption about sizes, so they are generous; they
 * are here because a server without limits can be filled by one client.
 */
#ifndef HTTP_LIMITS_H
#define HTTP_LIMITS_H

/* Octets of a request line, without its CR LF. Longer: 414. */
#ifndef REQUEST_LINE_MOST
#define REQUEST_LINE_MOST 65536
#endif

/* Octets of a header section: the field lines with their CR LF. Longer: 431. */
#ifndef HEADER_SECTION_MOST
#define HEADER_SECTION_MOST 1048576
#endif

/* Octets of a request's content, the chunked coding undone. More: 413. */
#ifndef CONTENT_MOST
#define CONTENT_MOST 16777216
#endif

/* Octets of all chunk extensions of a request together, and of zeros before the
 * chunks' sizes. More: 400. */
#ifndef CHUNK_EXTENSIONS_MOST
#define CHUNK_EXTENSIONS_MOST 65536
#endif

/* Octets held for all connections together. More: 503. */
#ifndef CONTENT_BUDGET
#define CONTENT_BUDGET 1073741824
#endif

/* What one connection may hold before it is counted in the budget. */
#ifndef HELD_FREELY
#define HELD_FREELY 65536
#endif

/* Threads at the most; fewer where there are fewer descriptors. */
#ifndef THREADS_MOST
#define THREADS_MOST 16384
#endif

/* Threads that may wait for a client; one more ends instead. The kernel wakes
 * one of them for each client that comes, even if a busy one is about to take
 * it: with 16 an exchange cost a third more than with 4, on two processors. */
#ifndef THREADS_SPARE
#define THREADS_SPARE 4
#endif

/* Clients a second that are a rush (turns.h tells what is different then). */
#ifndef RUSH_LEAST
#define RUSH_LEAST 1000
#endif

/* Octets of a thread's stack. */
#ifndef THREAD_STACK
#define THREAD_STACK 131072
#endif

/* Time to receive a request, and as much to send the answer: so many
 * milliseconds, and a second more for each so many octets moved. */
#ifndef ALLOWANCE_MS
#define ALLOWANCE_MS 20000
#endif
#ifndef ALLOWANCE_OCTETS_PER_SECOND
#define ALLOWANCE_OCTETS_PER_SECOND 500
#endif
#ifndef ALLOWANCE_MOST_MS
#define ALLOWANCE_MOST_MS 600000
#endif

/* At the cap on threads, the allowance is divided by this. */
#ifndef ALLOWANCE_SHRINK
#define ALLOWANCE_SHRINK 40
#endif

/* Draining what a client still sends after its answer, at the most. */
#ifndef DRAIN_OCTETS_MOST
#define DRAIN_OCTETS_MOST 67108864
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

/* Octets of a log line; a longer one is cut. Below PIPE_BUF (POSIX: at least
 * 512, Linux: 4096), lines of several threads do not mix in a pipe. */
#ifndef LOG_LINE_MOST
#define LOG_LINE_MOST 4000
#endif

/* Seconds named in the Retry-After of a 503. */
#ifndef RETRY_AFTER_SECONDS
#define RETRY_AFTER_SECONDS 10
#endif

#endif
