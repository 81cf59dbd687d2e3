/*
 * driver_process.h - the process that the judge asks; see driver.c.
 *
 * There is one at a time, `delegate_driver` in the folder of this program. It
 * is started when it is first needed, and again after it has ended or was
 * stopped. What it writes to standard error is kept, for the judge to show.
 * Threads: one.
 */
#ifndef GRADE_DRIVER_PROCESS_H
#define GRADE_DRIVER_PROCESS_H

#include "http/buffer.h"

/* How the asking went. */
enum asked {
    ASKED_ANSWERED,
    ASKED_ENDED,    /* it ended instead of answering */
    ASKED_HUNG,     /* it did not answer in time, and was stopped */
    ASKED_TOO_LONG, /* its answer is beyond WIRE_MOST; it was stopped */
    ASKED_NOT_STARTED
};

/* Sends a message, and waits for one, which is put into an empty buffer. */
enum asked driver_ask(const struct buffer *call, struct buffer *answer);

/* What is to be said of the process that ended or was stopped: how it ended,
 * and a line of what it wrote. Good until the next asking. */
const char *driver_complaint(void);

#endif
