/*
 * exchange.h - one HTTP exchange: its bookkeeping, from the first byte of the
 * request to the line in the log. The calls on the socket are the caller's.
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
    int client_sock; /* the caller's, who closes it */
    const struct sockaddr_storage *client_address;
    struct deadline deadline;
    struct buffer received; /* the head, and what came with it */
    struct request request; /* it points into `received` */
    struct buffer piece;    /* of the content, as it is received */
    struct content content; /* of a POST; not used for other methods */
    struct form get_data;   /* the query, decoded */
    struct form post_data;  /* the content, decoded */
    struct response response;

    struct buffer head;  /* of the answer; and its content, if that is short */
    char no_memory[128]; /* or an answer that needs no memory */
    const char *next[2]; /* what is still to be sent, in two parts */
    size_t left[2];
    uint64_t head_length; /* bytes of the answer that are not content */
    uint64_t sent;        /* bytes of the answer */
    enum verdict verdict; /* that is answered */
    time_t answered;      /* when, for the log */

    uint64_t decoded; /* bytes that the two forms take */
    uint64_t shown;   /* bytes that a page which shows them takes, at most */
    uint64_t held;    /* bytes that are counted in the budget */
    bool emptied;     /* the last recv took everything there was */
    bool quick;       /* the answer came in less than 2 ms */
};

/* Begins an exchange with a client. Both arguments stay the caller's, and must
 * stay valid until exchange_log. Returns incomplete, to go on; or
 * VERDICT_NO_MEMORY or VERDICT_LOST. */
enum verdict exchange_begin(struct exchange *exchange, int client_sock,
                            const struct sockaddr_storage *client_address);

/* Where recv is to put the next bytes: the free room of `into`, which is
 * `received` or `piece`, and has buffer_free(into) bytes, at least one. Call it
 * just before each recv: until exchange_received, the main thread may interrupt
 * this thread. The buffer stays as it is. */
char *exchange_room(struct exchange *exchange, struct buffer *into);

/*
 * Counts what recv has put there; `count` is what it returned, with errno, so
 * call nothing in between. Leaves room for more in `received`; `piece` does not
 * grow, and the caller empties it before the next recv.
 * Returns incomplete if nothing is wrong so far: then look at what has come,
 * which may be nothing yet. Otherwise it says why no more will come: the end of
 * the stream, a timeout (silence, if not one byte ever came), a lost
 * connection, no memory, or a budget that is used up.
 */
enum verdict exchange_received(struct exchange *exchange, struct buffer *into,
                               ssize_t count);

/*
 * Content is announced, and nothing is wrong so far: makes room for it in
 * `piece`, and sends 100 Continue if the client waits for that (RFC 9110,
 * section 10.1.1): it speaks HTTP/1.1, said so, and no content has come yet.
 * Returns incomplete, VERDICT_LOST, VERDICT_NO_MEMORY or VERDICT_OVER_BUDGET.
 */
enum verdict exchange_expect_content(struct exchange *exchange);

/*
 * Decodes form data into one of the exchange's forms, and counts in the budget
 * what that takes, and the most that a page which shows it takes. Returns done,
 * VERDICT_NO_MEMORY or VERDICT_OVER_BUDGET.
 */
enum verdict exchange_decode(struct exchange *exchange, struct form *form,
                             const char *data, size_t length);

/*
 * Makes the answer, ready to be sent. With VERDICT_DONE that is `response`, if
 * it is valid; with another verdict, that verdict's page, whatever `response`
 * contains, or nothing where the verdict has no status code. If the budget has
 * no room for the response, it is a 503. HEAD is answered without content.
 */
void exchange_answer(struct exchange *exchange, enum verdict verdict);

/* The next bytes to send, and how many they are; 0 when everything is sent. As
 * with exchange_room, this thread may be interrupted until exchange_sent. */
const char *exchange_next(struct exchange *exchange);
size_t exchange_left(const struct exchange *exchange);

/* Counts what send has taken; `count` is what it returned, with errno. Returns
 * 0 to go on, or -1: the client is gone, or takes too long. */
int exchange_sent(struct exchange *exchange, ssize_t count);

/*
 * Ends the stream, and releases everything except what the log needs. If part
 * of what the client sends may still be unread, it is then received and
 * dropped, until the client ends its side (or DRAIN_BYTES_MOST,
 * DRAIN_SILENCE_MS or DRAIN_MOST_MS are over): if the socket were closed at
 * once, the kernel would answer the rest with a reset, which can destroy the
 * answer on its way (RFC 9112, section 9.6). Close the socket next.
 */
void exchange_drain(struct exchange *exchange);

/* Writes the exchange into the log, and releases what is left of it. */
void exchange_log(struct exchange *exchange);

#endif
