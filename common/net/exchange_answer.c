/* exchange_answer.c - an exchange, from the answer to the log; see exchange.h.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>

#include "access_log.h"
#include "budget.h"
#include "exchange.h"
#include "exchange_memory.h"
#include "http/page.h"
#include "limits.h"

/* An answer of up to this many bytes takes one send, and leaves right away: it
 * fits the first flight of a connection (RFC 6928: 10 segments). */
static const size_t short_answer = 8192;

/* Returns the final verdict, once the response and its memory are checked. */
static enum verdict judge(struct exchange *exchange, enum verdict verdict)
{
    if (verdict == VERDICT_DONE && !response_is_valid(&exchange->response)) {
        return VERDICT_RESPONSE_INVALID;
    }
    if (verdict == VERDICT_DONE &&
        exchange_count(exchange, 0) == VERDICT_OVER_BUDGET) {
        return VERDICT_OVER_BUDGET;
    }
    return verdict;
}

/* Makes the head, and the one or two parts to send. A short answer has its head
 * in front of its content, in the same memory. */
static void write_answer(struct exchange *exchange)
{
    struct response *response = &exchange->response;
    struct buffer *head = &exchange->head;
    struct buffer *content = &response->content;
    bool has_content =
        response_has_content(response) &&
        !request_is_head(&exchange->request, exchange->received.data,
                         exchange->received.length);

    response_write_head(response, exchange->answered, head);
    exchange->head_length = head->length;
    exchange->next[0] = head->data;
    exchange->left[0] = head->length;
    if (has_content && content->length <= short_answer && !head->failed) {
        buffer_prepend(content, head->data, head->length);
        buffer_release(head); /* so it is held only once */
        exchange->next[0] = content->data;
        exchange->left[0] = content->length;
    } else if (has_content) {
        exchange->next[1] = content->data;
        exchange->left[1] = content->length;
    }
}

/* Makes an answer when there is no memory for one. It has no content, because
 * the request may be a HEAD. */
static void write_without_memory(struct exchange *exchange)
{
    char date[HTTP_DATE_SIZE];

    http_date(exchange->answered, date);
    exchange->response.code = 500;
    exchange->left[0] =
        (size_t)snprintf(exchange->no_memory, sizeof exchange->no_memory,
                         "HTTP/1.1 500 Internal Server Error\r\nDate: %s\r\n"
                         "Connection: close\r\nContent-Length: 0\r\n\r\n",
                         date);
    exchange->next[0] = exchange->no_memory;
    exchange->left[1] = 0;
    exchange->head_length = exchange->left[0];
}

void exchange_answer(struct exchange *exchange, enum verdict verdict)
{
    struct response *response = &exchange->response;
    uint64_t began = exchange->deadline.began;

    exchange->answered = time(NULL);
    exchange->verdict = judge(exchange, verdict);
    if (verdict_code(exchange->verdict) != 0) {
        page_fault(response, exchange->verdict, &exchange->request);
    } else if (exchange->verdict != VERDICT_DONE) {
        response->code = 0; /* nobody is there to read an answer */
    }
    if (response->code != 0) {
        write_answer(exchange);
        if (exchange->head.failed || response->headers.failed ||
            response->content.failed || exchange->received.length == 0) {
            write_without_memory(exchange);
        }
    }
    deadline_turn(&exchange->deadline, SENDING);
    exchange->quick = exchange->deadline.began - began <= 1;
    if (exchange->left[1] > 0) {
        deadline_tell(&exchange->deadline); /* it is likely to block */
    }
}

const char *exchange_next(struct exchange *exchange)
{
    deadline_wait(&exchange->deadline);
    return exchange->left[0] > 0 ? exchange->next[0] : exchange->next[1];
}

size_t exchange_left(const struct exchange *exchange)
{
    return exchange->left[0] > 0 ? exchange->left[0] : exchange->left[1];
}

/* Receives and drops what has come. Otherwise, two sides that only want to send
 * would wait for each other. */
static void drop_what_has_come(const struct exchange *exchange)
{
    struct pollfd client = {.fd = exchange->client_sock, .events = POLLIN};
    char dropped[4096];
    uint64_t count = 0;

    while (count < DRAIN_BYTES_MOST && poll(&client, 1, 0) > 0) {
        ssize_t received =
            recv(exchange->client_sock, dropped, sizeof dropped, 0);

        if (received <= 0) {
            return;
        }
        count += (uint64_t)received;
    }
}

int exchange_sent(struct exchange *exchange, ssize_t count)
{
    size_t part = exchange->left[0] > 0 ? 0 : 1;

    if (count == -1 && errno != EINTR) {
        return -1;
    }
    if (count > 0) {
        deadline_moved(&exchange->deadline, (size_t)count);
        exchange->next[part] += count;
        exchange->left[part] -= (size_t)count;
        exchange->sent += (uint64_t)count;
        if (exchange->left[part] == 0) {
            return 0;
        }
    }
    /* It was interrupted. */
    if (deadline_passed(&exchange->deadline)) {
        errno = ETIMEDOUT;
        return -1;
    }
    if (count == -1) {
        drop_what_has_come(exchange);
    }
    return 0;
}

/* Returns true if the client has sent more since, or ended its side. Asking the
 * kernel takes 4 % of an exchange. So it is not asked if everything had been
 * received and the answer was quick: what comes in so short a time could just
 * as well come after the close. */
static bool has_more(const struct exchange *exchange)
{
    struct pollfd client = {.fd = exchange->client_sock, .events = POLLIN};

    return !(exchange->emptied && exchange->quick) && poll(&client, 1, 0) > 0;
}

/* Returns true if part of the request, or something after it, may still be
 * unread, or may come while the answer waits to be sent. */
static bool is_unread(const struct exchange *exchange)
{
    const struct request *request = &exchange->request;
    const struct framing *framing = &request->framing;

    if (exchange->verdict != VERDICT_DONE &&
        exchange->verdict != VERDICT_DELEGATE_FAILED &&
        exchange->verdict != VERDICT_RESPONSE_INVALID) {
        return true;
    }
    if (exchange->sent > short_answer) {
        return true;
    }
    if (request->method == METHOD_POST &&
        (framing->chunked || framing->length > 0)) {
        return exchange->content.excess || has_more(exchange);
    }
    return framing->chunked ||
           framing->length != exchange->received.length - request->length ||
           has_more(exchange);
}

/* Of everything that was received, the log needs only the request line. */
static void release_all_but_request_line(struct exchange *exchange)
{
    const struct head *head = &exchange->request.head;
    size_t length = 0;

    if (exchange->received.length > head->request_line) {
        length = head->request_line_length < LOG_LINE_MOST
                     ? head->request_line_length
                     : LOG_LINE_MOST; /* the log would cut it anyway */
    }
    buffer_keep(&exchange->received, head->request_line, length);
    request_release(&exchange->request);
    buffer_release(&exchange->piece);
    content_release(&exchange->content);
    form_release(&exchange->get_data);
    form_release(&exchange->post_data);
    buffer_release(&exchange->head);
    headers_release(&exchange->response.headers);
    buffer_release(&exchange->response.content);
    (void)budget_hold(&exchange->held, 0); /* less never fails */
}

static void receive_and_drop(struct exchange *exchange)
{
    char dropped[4096];
    uint64_t count = 0;

    deadline_turn(&exchange->deadline, DRAINING);
    deadline_tell(&exchange->deadline);
    while (count < DRAIN_BYTES_MOST) {
        ssize_t received;

        deadline_wait(&exchange->deadline);
        received = recv(exchange->client_sock, dropped, sizeof dropped, 0);
        if (received > 0) {
            deadline_moved(&exchange->deadline, (size_t)received);
            count += (uint64_t)received;
        } else if (received == 0 || errno != EINTR ||
                   deadline_passed(&exchange->deadline)) {
            return;
        }
    }
}

void exchange_drain(struct exchange *exchange)
{
    bool drains = exchange->response.code != 0 && is_unread(exchange);

    release_all_but_request_line(exchange);
    /* The last bytes go out with the end of the stream. A close alone would
     * drop them if the client has sent something since. */
    if (shutdown(exchange->client_sock, SHUT_WR) == 0 && drains) {
        receive_and_drop(exchange);
    }
    deadline_end(&exchange->deadline);
}

void exchange_log(struct exchange *exchange)
{
    uint64_t content = exchange->sent > exchange->head_length
                           ? exchange->sent - exchange->head_length
                           : 0;
    struct access_log_entry entry = {
        .client = exchange->client_address,
        .request_line = exchange->received.data,
        .request_line_length = exchange->received.length,
        .code = exchange->response.code,
        .bytes = content,
        .time = exchange->answered,
    };

    access_log_add(&entry);
    buffer_release(&exchange->received);
}
