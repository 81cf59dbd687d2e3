/* handle_connection.c - handles one HTTP exchange with one client. */
#include "webserve.h"

#include <unistd.h>

#include "net/exchange.h"
#include "net/platform.h"

static const char post_refusal[] =
    "This stage of the server does not accept POST data yet; stage 6 does.";

/* One recv gives any part of the head: a byte, half a line, or all of it and
 * some of the content. So receive until the parser says that the head is
 * complete. */
static enum verdict receive_head(struct exchange *exchange, int client_sock)
{
    struct buffer *received = &exchange->received;
    enum verdict verdict = VERDICT_INCOMPLETE;

    while (verdict == VERDICT_INCOMPLETE) {
        ssize_t count = recv(client_sock, exchange_room(exchange, received),
                             buffer_free(received), 0);

        verdict = exchange_received(exchange, received, count);
        if (verdict == VERDICT_INCOMPLETE) {
            verdict = request_parse(&exchange->request, received->data,
                                    received->length);
        }
    }
    return verdict;
}

/* One send may take only part of the answer. So send until all of it is sent.
 */
static void send_answer(struct exchange *exchange, int client_sock)
{
    while (exchange_left(exchange) > 0) {
        ssize_t count = send(client_sock, exchange_next(exchange),
                             exchange_left(exchange), SEND_FLAGS);

        if (exchange_sent(exchange, count) == -1) {
            break; /* the client is gone, or takes too long */
        }
    }
}

void handle_connection(int client_sock,
                       const struct sockaddr_storage *client_address)
{
    struct exchange exchange;
    struct request *request = &exchange.request;
    struct form *get_data = NULL;
    enum verdict verdict =
        exchange_begin(&exchange, client_sock, client_address);

    if (verdict == VERDICT_INCOMPLETE) {
        verdict = receive_head(&exchange, client_sock);
    }
    if (verdict == VERDICT_DONE) {
        verdict = request_check(request, post_refusal);
    }
    if (verdict == VERDICT_DONE && request->query != NULL) {
        get_data = &exchange.get_data;
        verdict = exchange_decode(&exchange, get_data, request->query,
                                  request->query_length);
    }
    if (verdict == VERDICT_DONE &&
        delegate("GET", request->path, &request->headers, get_data, NULL,
                 &exchange.response) != 0) {
        verdict = VERDICT_DELEGATE_FAILED;
    }

    exchange_answer(&exchange, verdict); /* makes the bytes to send */
    send_answer(&exchange, client_sock);
    exchange_drain(&exchange); /* ends our side, drops what still comes */
    close(client_sock);
    exchange_log(&exchange);
}
