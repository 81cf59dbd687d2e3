/*
 * exchange.h - one HTTP exchange: all that is needed from the first octet of
 * the request to the last line of the log.
 *
 *     struct exchange exchange;
 *     enum verdict verdict = VERDICT_INCOMPLETE;
 *
 *     exchange_begin(&exchange, client_sock, client_address);
 *     while (verdict == VERDICT_INCOMPLETE) {
 *         verdict = exchange_receive(&exchange, &exchange.received);
 *         if (verdict == VERDICT_DONE) {
 *             verdict = request_parse(&exchange.request, ...);
 *         }
 *     }
 *     ... if it is done: fill in exchange.response ...
 *     exchange_end(&exchange, verdict);
 *
 * Threads: an exchange belongs to the thread that handles its client. It is
 * small enough to stand on that thread's stack.
 */
#ifndef NET_EXCHANGE_H
#define NET_EXCHANGE_H

#include <stdint.h>
#include <sys/socket.h>

#include "buffer.h"
#include "connection.h"
#include "content.h"
#include "form.h"
#include "request.h"
#include "response.h"
#include "verdict.h"

struct exchange {
    const struct sockaddr_storage *client_address;
    struct connection connection;
    struct buffer received; /* the head, and what came with it */
    struct request request; /* it points into `received` */
    struct content content; /* of a POST; not used for other methods */
    struct form get_data;   /* the query, decoded */
    struct form post_data;  /* the content, decoded */
    struct response response;
    uint64_t decoded; /* octets that the two forms take */
    uint64_t shown;   /* that a page which shows them takes, at least */
    uint64_t held;    /* that are counted in the budget */
};

/* Takes over a client's socket. `client_address` must stay valid until
 * exchange_end. Allocates nothing. */
void exchange_begin(struct exchange *exchange, int client_sock,
                    const struct sockaddr_storage *client_address);

/*
 * Receives some more octets into `into`, one of the exchange's own buffers.
 * Returns done, which says that octets came, not that the request is whole; or
 * why there are none: the end of the stream, a timeout (silence, if not one
 * octet ever came), a lost connection, no memory, or a budget that is used up.
 */
enum verdict exchange_receive(struct exchange *exchange, struct buffer *into);

/*
 * Decodes form data into one of the exchange's forms, and counts in the budget
 * what it takes and what a page that shows it takes at least. Returns done,
 * VERDICT_NO_MEMORY, or VERDICT_OVER_BUDGET.
 */
enum verdict exchange_decode(struct exchange *exchange, struct form *form,
                             const char *data, size_t length);

/*
 * Sends 100 Continue if the client waits for it (RFC 9110, section 10.1.1):
 * it speaks HTTP/1.1, said so, and none of its content has come yet. Call it
 * when content is announced and nothing is wrong so far.
 */
void exchange_continue(struct exchange *exchange);

/*
 * Ends the exchange: answers, closes the socket, writes the log, and releases
 * everything. With VERDICT_DONE it sends `response`, if it is valid; with
 * another verdict, that verdict's page, whatever stands in `response`, or
 * nothing where it has no status code. A response for which the budget has no
 * room is not sent: that is a 503. HEAD is answered without content.
 */
void exchange_end(struct exchange *exchange, enum verdict verdict);

#endif
