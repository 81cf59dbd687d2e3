/* exchange.c - an exchange, until the request is complete; see exchange.h. */
#include "exchange.h"

#include <errno.h>

#include "exchange_memory.h"
#include "http/html.h"
#include "platform.h"

/* Most requests fit in this. It is small because each client that has sent half
 * of a request holds it. */
static const size_t first_room = 1024;

/* For pieces of content. On the stack, it would cost this much for each client
 * that sends half a request. */
static const size_t piece_room = 16384;

/* What a pair takes on a page, in addition to its own bytes. */
static const size_t page_bytes_per_pair = 32;

enum verdict exchange_begin(struct exchange *exchange, int client_sock,
                            const struct sockaddr_storage *client_address)
{
    exchange->client_sock = client_sock;
    exchange->client_address = client_address;
    buffer_init(&exchange->received);
    request_init(&exchange->request);
    buffer_init(&exchange->piece);
    content_init(&exchange->content);
    form_init(&exchange->get_data);
    form_init(&exchange->post_data);
    response_init(&exchange->response);
    buffer_init(&exchange->head);
    exchange->left[0] = 0;
    exchange->left[1] = 0;
    exchange->head_length = 0;
    exchange->sent = 0;
    exchange->decoded = 0;
    exchange->shown = 0;
    exchange->held = 0;
    exchange->emptied = false;
    exchange->quick = false;
    deadline_begin(&exchange->deadline);
    if (platform_make_blocking(client_sock) == -1) {
        return VERDICT_LOST; /* GCOVR_EXCL_LINE: in portable builds only */
    }
    return buffer_reserve(&exchange->received, first_room) == 0
               ? VERDICT_INCOMPLETE
               : VERDICT_NO_MEMORY;
}

char *exchange_room(struct exchange *exchange, struct buffer *into)
{
    deadline_wait(&exchange->deadline);
    return into->data + into->length;
}

/* Says why recv has no bytes: incomplete if it was only interrupted. */
static enum verdict explain_nothing(struct exchange *exchange, ssize_t count)
{
    if (count == 0) {
        return VERDICT_END_OF_STREAM;
    }
    if (errno != EINTR) {
        return VERDICT_LOST;
    }
    if (!deadline_passed(&exchange->deadline)) {
        return VERDICT_INCOMPLETE;
    }
    return exchange->received.length == 0 ? VERDICT_SILENCE : VERDICT_TIMEOUT;
}

enum verdict exchange_received(struct exchange *exchange, struct buffer *into,
                               ssize_t count)
{
    bool is_head = into == &exchange->received;

    if (count <= 0) {
        return explain_nothing(exchange, count);
    }
    deadline_moved(&exchange->deadline, (size_t)count);
    into->length += (size_t)count;
    exchange->emptied = buffer_free(into) > 0;
    if (is_head && !exchange->emptied && buffer_reserve(into, 1) == -1) {
        return VERDICT_NO_MEMORY;
    }
    return exchange_count(exchange, is_head ? 0 : into->length);
}

/* Sends 100 Continue. If it cannot be sent, receiving the content will fail,
 * too. But part of it would spoil the answer that follows. */
static enum verdict send_interim(int client_sock)
{
    static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";
    size_t sent = 0;

    while (sent < sizeof interim - 1) {
        ssize_t count = send(client_sock, interim + sent,
                             sizeof interim - 1 - sent, SEND_INTERIM_FLAGS);

        if (count != -1) {
            sent += (size_t)count;
        } else if (errno != EINTR) {
            return sent == 0 ? VERDICT_INCOMPLETE : VERDICT_LOST;
        }
    }
    return VERDICT_INCOMPLETE;
}

enum verdict exchange_expect_content(struct exchange *exchange)
{
    const struct request *request = &exchange->request;
    size_t come = exchange->received.length - request->length;

    if (buffer_reserve(&exchange->piece, piece_room) == -1) {
        return VERDICT_NO_MEMORY;
    }
    if (exchange_count(exchange, come) == VERDICT_OVER_BUDGET) {
        return VERDICT_OVER_BUDGET;
    }
    return request->expects_continue && request->minor_version > 0 && come == 0
               ? send_interim(exchange->client_sock)
               : VERDICT_INCOMPLETE;
}

enum verdict exchange_decode(struct exchange *exchange, struct form *form,
                             const char *data, size_t length)
{
    enum verdict verdict;

    exchange->decoded += form_most(data, length);
    if (exchange_count(exchange, 0) == VERDICT_OVER_BUDGET) {
        return VERDICT_OVER_BUDGET;
    }
    verdict = form_parse(form, data, length);
    if (verdict != VERDICT_DONE) {
        return verdict;
    }
    exchange->shown += html_most(form->text, form_length(form)) +
                       form->count * page_bytes_per_pair;
    return exchange_count(exchange, 0) == VERDICT_INCOMPLETE
               ? VERDICT_DONE
               : VERDICT_OVER_BUDGET;
}
