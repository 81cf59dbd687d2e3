/*
 * connection.h - receiving from and sending to one client, each in its time.
 *
 * A client may take ALLOWANCE_MS and a second for each so many octets moved,
 * for its request and for the answer alike; less when the server is crowded.
 * Partial sends, EINTR and waiting are dealt with here.
 *
 * Threads: a connection belongs to the thread that handles its client.
 */
#ifndef NET_CONNECTION_H
#define NET_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include "buffer.h"
#include "verdict.h"

struct connection {
    int socket;     /* owned, from connection_init to connection_close */
    uint64_t began; /* when receiving or sending began, by turns_clock */
    uint64_t moved; /* octets received or sent since then */
    size_t room;    /* octets to ask for next */
    uint64_t sent;  /* octets sent in all */
    bool interim;   /* what is sent is no end: the content comes next */
    bool lost;      /* the socket could not be made ready */
    bool emptied;   /* the last receive took all that there was */
    bool quick;     /* the answer came in less than 2 ms */
};

/* Takes over a client's socket. */
void connection_init(struct connection *connection, int client_sock);

/*
 * Receives what has come, at least one octet, and appends it to `into`; waits
 * if nothing has. Returns done; VERDICT_END_OF_STREAM; VERDICT_TIMEOUT;
 * VERDICT_NO_MEMORY; or VERDICT_LOST for any error of the socket.
 */
enum verdict connection_receive(struct connection *connection,
                                struct buffer *into);

/*
 * Sends `count` parts, whole and in order, `parts` being used up by it. What
 * the client sends meanwhile is dropped, so that two that only want to send do
 * not wait for each other; and the last octets may go with the end of the
 * stream, so close the connection next. Neither, if `interim` is set. Returns
 * 0, or -1 with errno; ETIMEDOUT when the client takes too long to receive.
 */
int connection_send(struct connection *connection, struct iovec *parts,
                    size_t count);

/* True if the client has said more since, or ended its side: closing now would
 * be answered by a reset if it has said more. The kernel is not asked, which
 * takes 4 % of an exchange, if all had been received and the answer was quick:
 * what comes in so short a time may as well come after the close. */
bool connection_has_more(const struct connection *connection);

/*
 * Ends the stream, and closes the socket. With `drain_first`, some of what the
 * client sends may still be unread: it is read and dropped until the client
 * ends its side (or DRAIN_OCTETS_MOST, DRAIN_SILENCE_MS or DRAIN_MOST_MS are
 * over; in a crowd the two times shrink as the allowance does). Closed at once,
 * the kernel would answer the rest with a reset, which can take the answer from
 * the client (RFC 9112, 9.6).
 */
void connection_close(struct connection *connection, bool drain_first);

#endif
