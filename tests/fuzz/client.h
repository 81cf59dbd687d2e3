/*
 * client.h - a client at the other end of a socket pair, and a network that
 * does to handle_connection what networks do.
 *
 * Client and server run in one thread: whenever the server asks for octets, or
 * waits, the client takes its next step. For that, recv, sendmsg, poll, write,
 * time and clock_gettime are wrapped (a fuzzer names them in its line `link:`).
 * No time passes but where the server waits and the client is silent: then the
 * clock goes on at once, so that 20 seconds of waiting cost nothing.
 */
#ifndef FUZZ_CLIENT_H
#define FUZZ_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "buffer.h"

enum client_end {
    CLIENT_HALF_CLOSES, /* ends its side once all is sent */
    CLIENT_GOES_SILENT, /* says nothing more, and waits */
    CLIENT_CLOSES       /* is gone once all is sent */
};

struct client_plan {
    const char *request;
    size_t length;
    const unsigned char *cuts; /* octets of each piece, less 1; then again from
                                  the first, up to 100 pieces; if there are none
                 it is sent whole */
    size_t cut_count;
    enum client_end end;
    bool waits;       /* each piece comes only when the server waits for it */
    bool interrupted; /* every other call fails with EINTR */
    bool small_sends; /* not all can be sent at once, or nothing at all */
};

/* What became of it. */
struct client_result {
    struct buffer answer; /* owned: all that came until the end of the stream */
    bool reset;           /* it did not end, but was reset */
    size_t sent;          /* octets of the request that were sent */
    int logged_code;      /* of the access log: 0 if there was no answer */
    size_t logged_octets;
};

/* What `time` tells the server. */
extern const time_t client_now;

/*
 * Lets handle_connection handle that client. Holds that it closes the socket,
 * writes then one line of the log, in order, and gives back what it had counted
 * as held. Release the result with client_release.
 */
void client_run(const struct client_plan *plan, struct client_result *result);

void client_release(struct client_result *result);

/*
 * Reads the first octet of an input: how the client sends and ends, and how
 * many of the octets behind it (up to 6, or with 7: one, that counts for all)
 * are cuts. Returns how many octets it took. The request is left to the caller.
 */
size_t client_read_plan(struct client_plan *plan, const char *data,
                        size_t length);

#endif
