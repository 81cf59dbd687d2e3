/*
 * log.h - writes lines to standard error.
 *
 * Lines go into a queue, and a separate thread writes them. So if whoever reads
 * the log stalls, no client and no other thread has to wait. Lines that don't
 * fit in the queue are lost, but counted. When there is room again, a line in
 * the log says how many were lost.
 *
 * Threads: any thread may call these functions. One lock guards the queue.
 */
#ifndef NET_LOG_H
#define NET_LOG_H

#include <stddef.h>

/* Starts the thread that writes. Until then, log_write writes each line itself.
 * Returns 0, or -1 with errno. */
int log_start(void);

/* Writes a line of at most LOG_LINE_MOST bytes. `line` ends in LF. Lines are
 * written whole, and never mix. */
void log_write(const char *line, size_t length);

/* Waits until everything is written, but at most half a second. */
void log_finish(void);

#endif
