/*
 * access_log.h - logs one line per exchange, on standard error.
 */
#ifndef NET_ACCESS_LOG_H
#define NET_ACCESS_LOG_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <time.h>

struct access_log_entry {
    const struct sockaddr_storage *client; /* NULL if it is not known */
    const char *request_line;              /* as received, without CR LF */
    size_t request_line_length;
    int code;       /* the status code; 0 if there was no answer */
    uint64_t bytes; /* how much of the content was sent */
    time_t time;
};

/*
 * Adds a line to the log, in the Common Log Format:
 *
 *     127.0.0.1 - - [06/Nov/1994:08:49:37 +0000] "GET / HTTP/1.1" 200 512
 *
 * Quotes and backslashes get a backslash before them. Bytes other than
 * printable ASCII appear as \xHH, and anything missing appears as `-`. If a
 * line is longer than LOG_LINE_MOST bytes, its request line is cut, and `...`
 * before the closing quote says so. Lines are always written whole, and never
 * mix.
 */
void access_log_add(const struct access_log_entry *entry);

#endif
