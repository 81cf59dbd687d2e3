/*
 * step.h - the steps of an exchange; raw_client.c explains each.
 */
#ifndef TOOLS_STEP_H
#define TOOLS_STEP_H

#include <poll.h>
#include <stddef.h>

/* The exit status of raw_client. */
enum outcome {
    DONE,
    SYSTEM_FAILED,
    WRONG_USAGE,
    TOOK_TOO_LONG,
    WAS_RESET,
    WAS_REFUSED,
    ENDED_EARLY,
    NOT_SILENT,
    TOO_MUCH
};

/* Takes the step that `line` describes on each of `count` connections, whose
 * sockets block. Returns done or why not; for a call that failed, that is what
 * errno means. */
enum outcome step_take(const char *line, struct pollfd *connections,
                       size_t count);

/* What errno means for a connection. */
enum outcome outcome_of_errno(void);

#endif
