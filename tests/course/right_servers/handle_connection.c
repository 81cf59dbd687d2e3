/*
 * handle_connection.c - one HTTP exchange with one client, without anything of
 * common/net: what a student could write who begins with a socket. It is that
 * of stage 6, and with POST_REFUSED that of stages 4 and 5.
 */
#include "webserve.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "http/content.h"
#include "http/page.h"
#include "http/request.h"
#include "sockets.h"

/* The times, in milliseconds; tests set some of them at build time. */
#ifndef ALLOWANCE_MS
#define ALLOWANCE_MS 20000
#endif
#ifndef ALLOWANCE_BYTES_PER_SECOND
#define ALLOWANCE_BYTES_PER_SECOND 500
#endif
#ifndef DRAIN_SILENCE_MS
#define DRAIN_SILENCE_MS 2000
#endif
#ifndef DRAIN_MOST_MS
#define DRAIN_MOST_MS 10000
#endif

#ifdef POST_REFUSED
static const char *const post_refusal = "POST data is for stage 6.";
#else
static const char *const post_refusal = NULL;
#endif

struct client {
    int socket;
    uint64_t began;
    uint64_t moved; /* bytes received */
};

static uint64_t now(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

/* Appends what has come to a buffer. */
static enum verdict receive(struct client *client, struct buffer *into)
{
    uint64_t end = client->began + ALLOWANCE_MS +
                   client->moved / ALLOWANCE_BYTES_PER_SECOND * 1000;
    uint64_t begins = now();
    ssize_t count;

    if (buffer_reserve(into, 16384) == -1) {
        return VERDICT_NO_MEMORY;
    }
    if (begins >= end) {
        return VERDICT_TIMEOUT;
    }
    count = socket_receive(client->socket, into->data + into->length, 16384,
                           (int)(end - begins));
    if (count == 0) {
        return VERDICT_END_OF_STREAM;
    }
    if (count == -1) {
        return errno == EAGAIN ? VERDICT_TIMEOUT : VERDICT_LOST;
    }
    into->length += (size_t)count;
    client->moved += (uint64_t)count;
    return VERDICT_DONE;
}

static enum verdict read_head(struct client *client, struct buffer *received,
                              struct request *request)
{
    enum verdict verdict = VERDICT_INCOMPLETE;

    while (verdict == VERDICT_INCOMPLETE) {
        verdict = receive(client, received);
        if (verdict == VERDICT_DONE) {
            verdict = request_parse(request, received->data, received->length);
        }
    }
    if (verdict == VERDICT_TIMEOUT && received->length == 0) {
        return VERDICT_SILENCE;
    }
    return verdict == VERDICT_DONE ? request_check(request, post_refusal)
                                   : verdict;
}

static enum verdict read_content(struct client *client,
                                 const struct buffer *received,
                                 struct request *request,
                                 struct content *content)
{
    static char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";
    const struct iovec parts[2] = {{interim, sizeof interim - 1}, {NULL, 0}};
    enum verdict verdict = content_begin(content, request);
    struct buffer piece;

    if (verdict != VERDICT_INCOMPLETE) {
        return verdict;
    }
    if (request->expects_continue && request->minor_version > 0 &&
        received->length == request->length) {
        (void)socket_send(client->socket, parts, ALLOWANCE_MS);
    }
    verdict = content_add(content, received->data + request->length,
                          received->length - request->length);
    buffer_init(&piece);
    while (verdict == VERDICT_INCOMPLETE) {
        piece.length = 0;
        verdict = receive(client, &piece);
        if (verdict == VERDICT_DONE) {
            verdict = content_add(content, piece.data, piece.length);
        }
    }
    buffer_release(&piece);
    return verdict;
}

static enum verdict call_delegate(struct request *request,
                                  const struct content *content,
                                  struct response *response)
{
    bool posts = request->method == METHOD_POST;
    enum verdict verdict = VERDICT_DONE;
    struct form get_data;
    struct form post_data;

    form_init(&get_data);
    form_init(&post_data);
    if (request->query != NULL) {
        verdict = form_parse(&get_data, request->query, request->query_length);
    }
    if (posts && verdict == VERDICT_DONE) {
        verdict = form_parse(&post_data, content->octets.data,
                             content->octets.length);
    }
    if (verdict == VERDICT_DONE &&
        delegate(posts ? "POST" : "GET", request->path, &request->headers,
                 request->query == NULL ? NULL : &get_data,
                 posts ? &post_data : NULL, response) != 0) {
        verdict = VERDICT_DELEGATE_FAILED;
    }
    form_release(&get_data);
    form_release(&post_data);
    return verdict;
}

static void send_response(struct client *client, struct response *response,
                          bool is_head)
{
    struct iovec parts[2] = {{NULL, 0}, {NULL, 0}};
    char without_memory[200];
    char date[HTTP_DATE_SIZE];
    struct buffer head;

    buffer_init(&head);
    response_write_head(response, time(NULL), &head);
    if (head.failed || response->content.failed || response->headers.failed) {
        http_date(time(NULL), date);
        parts[0].iov_len = (size_t)snprintf(
            without_memory, sizeof without_memory,
            "HTTP/1.1 500 Internal Server Error\r\nDate: %s\r\n"
            "Connection: close\r\nContent-Length: 0\r\n\r\n",
            date);
        parts[0].iov_base = without_memory;
    } else {
        parts[0] = (struct iovec){head.data, head.length};
        if (response_has_content(response) && !is_head) {
            parts[1] = (struct iovec){response->content.data,
                                      response->content.length};
        }
    }
    (void)socket_send(client->socket, parts, ALLOWANCE_MS);
    buffer_release(&head);
}

/* As RFC 9112, section 9.6, has it: the server ends its side, and reads until
 * the client has ended its own, so that no reset can take the answer. */
static void linger(const struct client *client)
{
    uint64_t end = now() + DRAIN_MOST_MS;
    uint64_t begins = now();
    char dropped[4096];

    (void)shutdown(client->socket, SHUT_WR);
    while (begins < end &&
           socket_receive(client->socket, dropped, sizeof dropped,
                          DRAIN_SILENCE_MS) > 0) {
        begins = now();
    }
}

static void answer(struct client *client, const struct request *request,
                   struct response *response, enum verdict verdict,
                   bool is_head)
{
    if (verdict == VERDICT_DONE && !response_is_valid(response)) {
        verdict = VERDICT_RESPONSE_INVALID;
    }
    if (verdict != VERDICT_DONE) {
        page_fault(response, verdict, request);
    }
    if (response->code != 0) {
        send_response(client, response, is_head);
        linger(client);
    }
    (void)fprintf(stderr, "answered with %d\n", response->code);
}

void handle_connection(int client_sock,
                       const struct sockaddr_storage *client_address)
{
    struct client client = {.socket = client_sock, .began = now()};
    struct buffer received;
    struct request request;
    struct content content;
    struct response response;
    enum verdict verdict;

    (void)client_address;
    buffer_init(&received);
    request_init(&request);
    content_init(&content);
    response_init(&response);
    verdict = read_head(&client, &received, &request);
    if (verdict == VERDICT_DONE && request.method == METHOD_POST) {
        verdict = read_content(&client, &received, &request, &content);
    }
    if (verdict == VERDICT_DONE) {
        verdict = call_delegate(&request, &content, &response);
    }
    answer(&client, &request, &response, verdict,
           request_is_head(&request, received.data, received.length));
    (void)close(client_sock);
    buffer_release(&received);
    request_release(&request);
    content_release(&content);
    response_release(&response);
}
