/*
 * log.h - lines on standard error.
 *
 * Lines go into a queue, and a thread of its own writes them. The log's reader
 * may stall: no client and no other thread waits for it. Lines that the queue
 * has no room for are lost; they are counted, and when there is room again, a
 * line in the log says how many.
 *
 * Threads: any may call these; one lock guards the queue.
 */
#ifndef NET_LOG_H
#define NET_LOG_H

#include <stddef.h>

/* Starts the thread that writes. Until then, each line is written at once, by
 * the thread that has it. Returns 0, or -1 with errno. */
int log_start(void);

/* Writes a line, given with its LF, of LOG_LINE_MOST bytes at most. Lines are
 * written whole, and never mix. */
void log_write(const char *line, size_t length);

/* Waits until everything is written, for half a second at most. */
void log_finish(void);

#endif
