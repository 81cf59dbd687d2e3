/*
 * access_log.h - one line for each exchange, on standard error.
 */
#ifndef NET_ACCESS_LOG_H
#define NET_ACCESS_LOG_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <time.h>

struct access_log_entry {
    const struct sockaddr_storage *client; /* NULL: not known */
    const char *request_line;              /* as received, without its end */
    size_t request_line_length;
    int code;        /* the status code; 0 for no answer */
    uint64_t octets; /* of content that were sent */
    time_t time;
};

/*
 * Writes a line in the Common Log Format:
 *
 *     127.0.0.1 - - [06/Nov/1994:08:49:37 +0000] "GET / HTTP/1.1" 200 512
 *
 * Quotes and backslashes get a backslash before them; octets other than
 * printable ASCII stand as \xHH. A `-` stands for what there is not. A line
 * longer than LOG_LINE_MOST octets is cut in its request line, marked by
 * `...` before the closing quote.
 *
 * It is one write, so that lines of several threads do not mix, and no lock is
 * held: if the log's reader stalls, this thread alone waits for it. While the
 * server is crowded the line is dropped rather than waited for. An error is
 * no reason to end an exchange: the line is lost.
 */
void access_log_write(const struct access_log_entry *entry);

#endif
