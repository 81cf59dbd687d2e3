/* exchange.c - one HTTP exchange; the contract is in exchange.h. */
#include "exchange.h"

#include <string.h>
#include <time.h>

#include "access_log.h"
#include "limits.h"
#include "page.h"
#include "turns.h"

/* What a pair takes on a page beside its own octets. */
static const size_t page_octets_a_pair = 32;

/* An answer of so few octets is under way as soon as it is sent: it fits the
 * first flight of a connection (RFC 6928: 10 segments). */
static const size_t sent_at_once = 8192;

void exchange_begin(struct exchange *exchange, int client_sock,
                    const struct sockaddr_storage *client_address)
{
    exchange->client_address = client_address;
    connection_init(&exchange->connection, client_sock);
    buffer_init(&exchange->received);
    request_init(&exchange->request);
    content_init(&exchange->content);
    form_init(&exchange->get_data);
    form_init(&exchange->post_data);
    response_init(&exchange->response);
    exchange->decoded = 0;
    exchange->shown = 0;
    exchange->held = 0;
}

/* What this client makes the server hold: what was received, the fields, the
 * forms, and the page; before that is made, what it takes at least. */
static uint64_t measure(const struct exchange *exchange)
{
    uint64_t page = exchange->response.content.capacity;

    return exchange->received.capacity + exchange->content.octets.capacity +
           exchange->content.piece.capacity +
           exchange->request.headers.capacity * sizeof(struct header) +
           exchange->decoded +
           (page > exchange->shown ? page : exchange->shown);
}

/* Counts that in the budget, once it is more than a little. Returns done, or
 * VERDICT_OVER_BUDGET. */
static enum verdict count_held(struct exchange *exchange)
{
    uint64_t held = measure(exchange);

    if (held <= HELD_FREELY || held <= exchange->held) {
        return VERDICT_DONE;
    }
    if (turns_hold(held - exchange->held) == -1) {
        return VERDICT_OVER_BUDGET;
    }
    exchange->held = held;
    return VERDICT_DONE;
}

enum verdict exchange_receive(struct exchange *exchange, struct buffer *into)
{
    enum verdict verdict = connection_receive(&exchange->connection, into);

    if (verdict == VERDICT_TIMEOUT && exchange->received.length == 0) {
        return VERDICT_SILENCE;
    }
    return verdict == VERDICT_DONE ? count_held(exchange) : verdict;
}

enum verdict exchange_decode(struct exchange *exchange, struct form *form,
                             const char *data, size_t length)
{
    enum verdict verdict = form_parse(form, data, length);

    exchange->decoded += length + 2 * form->count * sizeof *form->entries;
    exchange->shown += length + form->count * page_octets_a_pair;
    return verdict == VERDICT_DONE ? count_held(exchange) : verdict;
}

void exchange_continue(struct exchange *exchange)
{
    char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";
    struct iovec part = {interim, sizeof interim - 1};
    const struct request *request = &exchange->request;
    struct connection *connection = &exchange->connection;
    uint64_t began = connection->began;
    uint64_t moved = connection->moved;

    if (request->expects_continue && request->minor_version > 0 &&
        exchange->received.length == request->length) {
        connection->interim = true;
        /* If it cannot be sent, receiving the content tells so. */
        (void)connection_send(connection, &part, 1);
        connection->interim = false;
        connection->began = began; /* the time to receive goes on */
        connection->moved = moved;
    }
}

/* True if part of the request, or more than it, may still be unread, or come
 * while the answer is still waiting to be sent. */
static bool is_unread(const struct exchange *exchange, enum verdict verdict)
{
    const struct request *request = &exchange->request;
    const struct framing *framing = &request->framing;

    if (verdict != VERDICT_DONE && verdict != VERDICT_DELEGATE_FAILED &&
        verdict != VERDICT_RESPONSE_INVALID) {
        return true;
    }
    if (exchange->connection.sent > sent_at_once) {
        return true;
    }
    if (request->method == METHOD_POST &&
        (framing->chunked || framing->length > 0)) {
        return exchange->content.excess ||
               connection_has_more(&exchange->connection);
    }
    return framing->chunked ||
           framing->length != exchange->received.length - request->length ||
           connection_has_more(&exchange->connection);
}

/* True if memory ran out for the answer, or before anything was received: then
 * it is not known whether the request is a HEAD. */
static bool is_incomplete(const struct exchange *exchange,
                          const struct buffer *head)
{
    return head->failed || exchange->response.headers.failed ||
           exchange->response.content.failed || exchange->received.length == 0;
}

/* Sends the answer that stands in the response; gives octets of its content
 * that were sent. Without memory for all of it, it is a 500 without content. */
static uint64_t send_response(struct exchange *exchange, time_t now)
{
    char before_date[] = "HTTP/1.1 500 Internal Server Error\r\nDate: ";
    char after_date[] = "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    struct response *response = &exchange->response;
    struct buffer head;
    char date[HTTP_DATE_SIZE];
    uint64_t head_length;
    struct iovec parts[3] = {{before_date, sizeof before_date - 1},
                             {date, sizeof date - 1},
                             {after_date, sizeof after_date - 1}};
    size_t count = 3;

    buffer_init(&head);
    response_write_head(response, now, &head);
    head_length = head.length;
    if (is_incomplete(exchange, &head)) {
        response->code = 500;
        http_date(now, date);
        head_length = parts[0].iov_len + parts[1].iov_len + parts[2].iov_len;
    } else {
        parts[0] = (struct iovec){head.data, head.length};
        parts[1] =
            (struct iovec){response->content.data, response->content.length};
        count = 2;
        if (!response_has_content(response) ||
            request_is_head(&exchange->request, exchange->received.data,
                            exchange->received.length)) {
            count = 1;
        }
    }
    exchange->connection.sent = 0;
    (void)connection_send(&exchange->connection, parts, count);
    buffer_release(&head);
    return exchange->connection.sent > head_length
               ? exchange->connection.sent - head_length
               : 0;
}

static void release(struct exchange *exchange)
{
    buffer_release(&exchange->received);
    request_release(&exchange->request);
    content_release(&exchange->content);
    form_release(&exchange->get_data);
    form_release(&exchange->post_data);
    response_release(&exchange->response);
    turns_let_go(exchange->held);
}

/* What the log will say of the exchange. The request line is copied into
 * `request_line`, of LOG_LINE_MOST octets, so that all else can be released. */
static struct access_log_entry describe(const struct exchange *exchange,
                                        char *request_line)
{
    const struct head *head = &exchange->request.head;
    struct access_log_entry entry = {
        .client = exchange->client_address,
        .request_line = request_line,
        .code = exchange->response.code,
    };

    if (exchange->received.length > head->request_line) {
        entry.request_line_length = head->request_line_length < LOG_LINE_MOST
                                        ? head->request_line_length
                                        : LOG_LINE_MOST; /* cut anyway */
        memcpy(request_line, exchange->received.data + head->request_line,
               entry.request_line_length);
    }
    return entry;
}

/* The verdict in the end: on the response, too, and on what it takes. */
static enum verdict judge(struct exchange *exchange, enum verdict verdict)
{
    if (verdict == VERDICT_DONE && !response_is_valid(&exchange->response)) {
        return VERDICT_RESPONSE_INVALID;
    }
    if (count_held(exchange) != VERDICT_DONE && verdict == VERDICT_DONE) {
        return VERDICT_OVER_BUDGET;
    }
    return verdict;
}

/* Everything is released before the client is drained and the log is written:
 * both may have to wait. */
void exchange_end(struct exchange *exchange, enum verdict verdict)
{
    struct response *response = &exchange->response;
    char request_line[LOG_LINE_MOST];
    struct access_log_entry entry;
    time_t now = time(NULL);
    uint64_t octets = 0;
    bool drain_first;

    verdict = judge(exchange, verdict);
    if (verdict != VERDICT_DONE) {
        page_fault(response, verdict, exchange->request.line);
    }
    if (response->code != 0) {
        octets = send_response(exchange, now);
    }
    entry = describe(exchange, request_line);
    entry.time = now;
    entry.octets = octets;
    drain_first = response->code != 0 && is_unread(exchange, verdict);
    release(exchange);
    connection_close(&exchange->connection, drain_first);
    access_log_write(&entry);
}
