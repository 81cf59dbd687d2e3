/*
 * exchange.h - keeps track of one HTTP exchange, from the first byte of the
 * request to the line in the log. The caller makes the calls on the socket.
 *
 *     verdict = exchange_begin(&exchange, client_sock, client_address);
 *     while (verdict == VERDICT_INCOMPLETE) {
 *         count = recv(client_sock, exchange_room(&exchange, received),
 *                      buffer_free(received), 0);
 *         verdict = exchange_received(&exchange, received, count);
 *         if (verdict == VERDICT_INCOMPLETE) {
 *             verdict = request_parse(request, ...);
 *         }
 *     }
 *     ... if it is VERDICT_DONE: fill in exchange.response ...
 *     exchange_answer(&exchange, verdict);
 *     while (exchange_left(&exchange) > 0) {
 *         count = send(client_sock, exchange_next(&exchange),
 *                      exchange_left(&exchange), SEND_FLAGS);
 *         if (exchange_sent(&exchange, count) == -1) {
 *             break;
 *         }
 *     }
 *     exchange_drain(&exchange);
 *     close(client_sock);
 *     exchange_log(&exchange);
 *
 * Threads: an exchange belongs to the thread that handles its client. It is
 * small enough for that thread's stack.
 */
#ifndef NET_EXCHANGE_H
#define NET_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>

#include "deadlines.h"
#include "http/buffer.h"
#include "http/content.h"
#include "http/form.h"
#include "http/request.h"
#include "http/response.h"
#include "http/verdict.h"

struct exchange {
    int client_sock; /* it is the caller's, who closes it */
    const struct sockaddr_storage *client_address;
    struct deadline deadline;
    struct buffer received; /* the head, and what came with it */
    struct request request; /* it points into `received` */
    struct buffer piece;    /* the piece of the content that came last */
    struct content content; /* the content of a POST */
    struct form get_data;   /* the query, decoded */
    struct form post_data;  /* the content, decoded */
    struct response response;

    struct buffer head;  /* the answer's head */
    char no_memory[128]; /* or an answer that needs no memory */
    const char *next[2]; /* what is still to be sent, in two parts */
    size_t left[2];
    uint64_t head_length; /* bytes of the answer that are not content */
    uint64_t sent;        /* bytes of the answer sent so far */
    enum verdict verdict; /* what the answer is about */
    time_t answered;      /* when it was made, for the log */

    uint64_t decoded; /* the bytes that the two forms take */
    uint64_t shown;   /* the most bytes that they take on a page */
    uint64_t held;    /* the bytes that are counted in the budget */
    bool emptied;     /* the last recv took everything there was */
    bool quick;       /* the answer was made in less than 2 ms */
};

/* Begins an exchange with a client. The socket and the address stay the
 * caller's, and must stay valid until exchange_log. Returns VERDICT_INCOMPLETE
 * to go on, VERDICT_NO_MEMORY or VERDICT_LOST. */
enum verdict exchange_begin(struct exchange *exchange, int client_sock,
                            const struct sockaddr_storage *client_address);

/* Returns where recv has to put the next bytes: the free space in `into`, which
 * is `received` or `piece`. It has buffer_free(into) bytes, at least one. Call
 * this just before each recv: from here until exchange_received, the main
 * thread may interrupt this one. The buffer does not change. */
char *exchange_room(struct exchange *exchange, struct buffer *into);

/*
 * Counts what recv has put there. `count` is what recv returned. Don't call
 * anything in between, because errno matters, too. Afterward, `received` has
 * room for more. `piece` does not grow, so empty it before the next recv.
 *
 * Returns VERDICT_INCOMPLETE if nothing is wrong so far. Then look at what has
 * come, which may be nothing yet. Any other verdict says why no more will come:
 * the end of the stream, a timeout (or silence, if nothing ever came), a lost
 * connection, no memory, or a budget that is used up.
 */
enum verdict exchange_received(struct exchange *exchange, struct buffer *into,
                               ssize_t count);

/*
 * Call this when content is announced and nothing is wrong so far. Makes room
 * for it in `piece`. Sends 100 Continue if the client waits for that (RFC 9110,
 * section 10.1.1): its request says so and is HTTP/1.1, and no content has come
 * yet. Returns VERDICT_INCOMPLETE, VERDICT_LOST, VERDICT_NO_MEMORY or
 * VERDICT_OVER_BUDGET.
 */
enum verdict exchange_expect_content(struct exchange *exchange);

/*
 * Decodes form data into one of the exchange's forms. Counts in the budget what
 * that takes, and the most that it can take on a page. Returns VERDICT_DONE,
 * VERDICT_NO_MEMORY or VERDICT_OVER_BUDGET.
 */
enum verdict exchange_decode(struct exchange *exchange, struct form *form,
                             const char *data, size_t length);

/*
 * Makes the answer, ready to be sent. With VERDICT_DONE, it is `response`, if
 * that is valid. With any other verdict, it is the verdict's page, whatever
 * `response` contains. A verdict without a status code gets no answer. If the
 * budget has no room for the response, the answer is a 503. The answer to HEAD
 * has no content.
 */
void exchange_answer(struct exchange *exchange, enum verdict verdict);

/* Return the next bytes to send, and how many there are: 0 when everything has
 * been sent. From exchange_next until exchange_sent, the main thread may
 * interrupt this one. */
const char *exchange_next(struct exchange *exchange);
size_t exchange_left(const struct exchange *exchange);

/* Counts what send has taken. `count` is what send returned, and errno matters,
 * too. Returns 0 to go on, or -1 if the client is gone or takes too long. */
int exchange_sent(struct exchange *exchange, ssize_t count);

/*
 * Ends our side of the stream, and releases everything except what the log
 * needs. If part of what the client sends may still be unread, receives and
 * drops it, until the client ends its side (or DRAIN_BYTES_MOST,
 * DRAIN_SILENCE_MS or DRAIN_MOST_MS is over). If you closed the socket right
 * away, the kernel would answer the rest with a reset, which can destroy the
 * answer on its way (RFC 9112, section 9.6). Close the socket next.
 */
void exchange_drain(struct exchange *exchange);

/* Logs the exchange, and releases what is left of it. */
void exchange_log(struct exchange *exchange);

#endif
