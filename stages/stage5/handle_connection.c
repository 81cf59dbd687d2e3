/* handle_connection.c - one HTTP exchange with one client. */
#include "webserve.h"

#include "exchange.h"

void handle_connection(int client_sock,
                       const struct sockaddr_storage *client_address)
{
    struct exchange exchange;
    struct buffer *received = &exchange.received;
    struct request *request = &exchange.request;
    struct form *get_data = NULL;
    enum verdict verdict = VERDICT_INCOMPLETE;

    exchange_begin(&exchange, client_sock, client_address);

    /* The header section comes in as many pieces as the network likes: to
     * receive is done when some of it has come, to parse when all has. */
    while (verdict == VERDICT_INCOMPLETE) {
        verdict = exchange_receive(&exchange, received);
        if (verdict == VERDICT_DONE) {
            verdict = request_parse(request, received->data, received->length);
        }
    }
    if (verdict == VERDICT_DONE) {
        verdict = request_check(request, POST_REFUSED);
    }

    /* What stands behind the `?` of the URL is form data. */
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
    exchange_end(&exchange, verdict);
}
