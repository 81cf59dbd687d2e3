/* handle_connection.c - one HTTP exchange with one client. */
#include "webserve.h"

#include "exchange.h"

/* The content of a POST follows the header section: its beginning may have
 * come with it, the rest comes in as many pieces as the network likes. A client
 * may wait for a 100 Continue before it sends any. It is form data, too. */
static enum verdict read_post_data(struct exchange *exchange,
                                   struct form *post_data)
{
    struct request *request = &exchange->request;
    const struct buffer *received = &exchange->received;
    struct content *content = &exchange->content;
    enum verdict verdict = content_begin(content, request);

    if (verdict == VERDICT_INCOMPLETE) {
        exchange_continue(exchange);
        verdict = content_add(content, received->data + request->length,
                              received->length - request->length);
    }
    while (verdict == VERDICT_INCOMPLETE) {
        content->piece.length = 0;
        verdict = exchange_receive(exchange, &content->piece);
        if (verdict == VERDICT_DONE) {
            verdict = content_add(content, content->piece.data,
                                  content->piece.length);
        }
    }
    if (verdict == VERDICT_DONE) {
        verdict = exchange_decode(exchange, post_data, content->octets.data,
                                  content->octets.length);
    }
    return verdict;
}

void handle_connection(int client_sock,
                       const struct sockaddr_storage *client_address)
{
    struct exchange exchange;
    struct buffer *received = &exchange.received;
    struct request *request = &exchange.request;
    struct form *get_data = NULL;
    struct form *post_data = NULL;
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
        verdict = request_check(request, POST_ACCEPTED);
    }

    /* What stands behind the `?` of the URL is form data. */
    if (verdict == VERDICT_DONE && request->query != NULL) {
        get_data = &exchange.get_data;
        verdict = exchange_decode(&exchange, get_data, request->query,
                                  request->query_length);
    }

    if (verdict == VERDICT_DONE && request->method == METHOD_POST) {
        post_data = &exchange.post_data;
        verdict = read_post_data(&exchange, post_data);
    }

    if (verdict == VERDICT_DONE &&
        delegate(request->method == METHOD_POST ? "POST" : "GET", request->path,
                 &request->headers, get_data, post_data,
                 &exchange.response) != 0) {
        verdict = VERDICT_DELEGATE_FAILED;
    }
    exchange_end(&exchange, verdict);
}
