/*
 * made_up_client.h - a client at the other end of a socket pair, and between
 * them a network that behaves as networks do.
 *
 * Client and server run in one thread: whenever the server asks for bytes, the
 * client takes its next step. For that, recv, send, poll, write, time,
 * clock_gettime and pthread_kill are wrapped (the fuzzer's lines `link:` name
 * them). Time passes only where a call of the server would block: the clock
 * jumps ahead, and the deadlines are looked at, as the main thread does it,
 * until the call is interrupted. So waiting for 20 seconds takes no time.
 */
#ifndef FUZZ_MADE_UP_CLIENT_H
#define FUZZ_MADE_UP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "http/buffer.h"

enum client_end {
    CLIENT_HALF_CLOSES, /* ends its side once everything is sent */
    CLIENT_GOES_SILENT, /* sends nothing more, and waits */
    CLIENT_CLOSES       /* closes once everything is sent */
};

struct client_plan {
    const char *request;
    size_t length;
    const unsigned char *cuts; /* bytes of each piece, less 1; then again from
                                  the first, up to 100 pieces */
    size_t cut_count;          /* 0: it is sent whole */
    enum client_end end;
    bool waits;       /* each piece comes when the server has waited for it */
    bool interrupted; /* every other call fails with EINTR */
    bool small_sends; /* not all can be sent at once; a send may take long */
};

/* What happened to it. */
struct client_result {
    struct buffer answer; /* owned: all that came until the end of the stream */
    bool reset;           /* the stream did not end, but was reset */
    size_t sent;          /* bytes of the request that were sent */
    int logged_code;      /* in the access log; 0 if there was no answer */
    size_t logged_octets;
    uint64_t took; /* milliseconds until the socket was closed */
};

/* What `time` gives the server. */
extern const time_t client_now;

/*
 * Has handle_connection handle that client. Checks that a call which blocks for
 * too long is interrupted; that the socket is closed, and then one line is
 * written to the log; and that no memory is counted as held any more. Release
 * the result with client_release.
 */
void client_run(const struct client_plan *plan, struct client_result *result);

void client_release(struct client_result *result);

/*
 * Reads the first byte of an input: how the client sends and ends, and how many
 * of the next bytes are cuts (up to 6; 7 means one cut, for all pieces).
 * Returns how many bytes it took. The rest, the request, is up to the caller.
 */
size_t client_read_plan(struct client_plan *plan, const char *data,
                        size_t length);

#endif
