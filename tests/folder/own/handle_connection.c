/*
 * handle_connection.c - stage 6 as a student may write it who knows sockets
 * from elsewhere: with calls of their own, which wait, in place of
 * connection.h.
 *
 * CALLS says which: 1 read and write, 2 recv, select and send, 3 recvfrom and
 * writev. Each passes every contract test; tests/folder/try sees to it.
 */
#include "webserve.h"

#include <errno.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "access_log.h"
#include "content.h"
#include "form.h"
#include "limits.h"
#include "page.h"
#include "request.h"
#include "response.h"

#ifndef CALLS
#define CALLS 1
#endif

struct job {
    int sock;
    uint64_t end; /* of its time, in milliseconds */
    struct buffer received;
    struct request request;
    struct content content;
    struct form get_data;
    struct form post_data;
    struct response response;
};

static uint64_t now_ms(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* How long each call may wait from now on. */
static void set_time(int sock, uint64_t milliseconds)
{
    struct timeval time = {.tv_sec = (time_t)(milliseconds / 1000),
                           .tv_usec = (long)(milliseconds % 1000) * 1000};

    (void)setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    (void)setsockopt(sock, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}

/* ---- The calls ---- */

static ssize_t receive(int sock, char *data, size_t length)
{
#if CALLS == 1
    return read(sock, data, length);
#elif CALLS == 2
    struct timeval time = {0};
    socklen_t size = sizeof time;
    fd_set socks;
    int ready;

    (void)getsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &time, &size);
    FD_ZERO(&socks);
    FD_SET(sock, &socks);
    ready = select(sock + 1, &socks, NULL, NULL, &time);
    if (ready == 0) {
        errno = EAGAIN;
    }
    return ready <= 0 ? -1 : recv(sock, data, length, 0);
#else
    return recvfrom(sock, data, length, 0, NULL, NULL);
#endif
}

static ssize_t transmit(int sock, const char *data, size_t length)
{
#if CALLS == 1
    return write(sock, data, length);
#elif CALLS == 2
    return send(sock, data, length, MSG_NOSIGNAL);
#else
    struct iovec parts[2] = {{(char *)data, length / 2},
                             {(char *)data + length / 2, length - length / 2}};

    return writev(sock, parts, 2);
#endif
}

/* ---- Receiving ---- */

/* Appends what comes next. */
static enum verdict receive_more(struct job *job, struct buffer *into)
{
    ssize_t received = -1;

    if (buffer_reserve(into, 4096) == -1) {
        return VERDICT_NO_MEMORY;
    }
    do {
        uint64_t now = now_ms();

        set_time(job->sock, now < job->end ? job->end - now : 1);
        received = receive(job->sock, into->data + into->length, 4096);
    } while (received == -1 && errno == EINTR);
    if (received == -1) {
        bool timed_out = errno == EAGAIN || errno == EWOULDBLOCK;

        return !timed_out                  ? VERDICT_LOST
               : job->received.length == 0 ? VERDICT_SILENCE
                                           : VERDICT_TIMEOUT;
    }
    into->length += (size_t)received;
    return received == 0 ? VERDICT_END_OF_STREAM : VERDICT_DONE;
}

static enum verdict read_head(struct job *job)
{
    enum verdict verdict = VERDICT_INCOMPLETE;

    while (verdict == VERDICT_INCOMPLETE) {
        verdict = receive_more(job, &job->received);
        if (verdict == VERDICT_DONE) {
            verdict = request_parse(&job->request, job->received.data,
                                    job->received.length);
        }
    }
    return verdict == VERDICT_DONE ? request_check(&job->request, POST_ACCEPTED)
                                   : verdict;
}

static int send_all(int sock, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t sent = transmit(sock, data, length);

        if (sent == -1 && errno == EINTR) {
            continue;
        }
        if (sent == -1) {
            return -1;
        }
        data += sent;
        length -= (size_t)sent;
    }
    return 0;
}

static enum verdict read_content(struct job *job)
{
    static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";
    size_t head = job->request.length;
    enum verdict verdict = content_begin(&job->content, &job->request);

    if (verdict == VERDICT_INCOMPLETE) {
        if (job->request.expects_continue && job->request.minor_version > 0 &&
            job->received.length == head) {
            (void)send_all(job->sock, interim, sizeof interim - 1);
        }
        verdict = content_add(&job->content, job->received.data + head,
                              job->received.length - head);
    }
    while (verdict == VERDICT_INCOMPLETE) {
        job->content.piece.length = 0;
        verdict = receive_more(job, &job->content.piece);
        if (verdict == VERDICT_DONE) {
            verdict = content_add(&job->content, job->content.piece.data,
                                  job->content.piece.length);
        }
    }
    return verdict;
}

/* ---- Answering ---- */

/* Reads and drops what the client still sends, for a while. */
static void drain(int sock)
{
    time_t began = time(NULL);
    char dropped[65536];

    set_time(sock, 1000);
    while (receive(sock, dropped, sizeof dropped) > 0 &&
           time(NULL) < began + 5) {
    }
}

/* Without memory, a 500 without content. */
static void send_bare(int sock, time_t now)
{
    static const char line[] = "HTTP/1.1 500 Internal Server Error\r\nDate: ";
    static const char rest[] = "\r\nConnection: close\r\n"
                               "Content-Length: 0\r\n\r\n";
    char date[HTTP_DATE_SIZE];

    http_date(now, date);
    if (send_all(sock, line, sizeof line - 1) == 0 &&
        send_all(sock, date, strlen(date)) == 0) {
        (void)send_all(sock, rest, sizeof rest - 1);
    }
}

/* Gives how many octets of content were to be sent. */
static uint64_t answer(struct job *job, time_t now)
{
    struct response *response = &job->response;
    struct buffer head;
    uint64_t octets = 0;

    buffer_init(&head);
    response_write_head(response, now, &head);
    if (!head.failed && !response->content.failed &&
        response_has_content(response) &&
        !request_is_head(&job->request, job->received.data,
                         job->received.length)) {
        octets = response->content.length;
        buffer_append(&head, response->content.data, response->content.length);
    }
    if (head.failed) {
        send_bare(job->sock, now);
    } else {
        (void)send_all(job->sock, head.data, head.length);
    }
    buffer_release(&head);
    return octets;
}

static void end(struct job *job, enum verdict verdict,
                const struct sockaddr_storage *client_address)
{
    const struct head *head = &job->request.head;
    time_t now = time(NULL);
    struct access_log_entry entry = {.client = client_address, .time = now};

    if (verdict == VERDICT_DONE && !response_is_valid(&job->response)) {
        verdict = VERDICT_RESPONSE_INVALID;
    }
    if (verdict != VERDICT_DONE) {
        page_fault(&job->response, verdict, job->request.line);
    }
    entry.code = job->response.code;
    if (entry.code != 0) {
        set_time(job->sock, ALLOWANCE_MS);
        entry.octets = answer(job, now);
        if (shutdown(job->sock, SHUT_WR) == 0 &&
            (verdict != VERDICT_DONE || job->request.method != METHOD_POST)) {
            drain(job->sock);
        }
    }
    close(job->sock);
    if (job->received.length > head->request_line) {
        entry.request_line = job->received.data + head->request_line;
        entry.request_line_length = head->request_line_length;
    }
    access_log_write(&entry);
    buffer_release(&job->received);
    request_release(&job->request);
    content_release(&job->content);
    form_release(&job->get_data);
    form_release(&job->post_data);
    response_release(&job->response);
}

void handle_connection(int client_sock,
                       const struct sockaddr_storage *client_address)
{
    struct job job = {.sock = client_sock, .end = now_ms() + ALLOWANCE_MS};
    struct request *request = &job.request;
    struct form *get_data = NULL;
    struct form *post_data = NULL;
    enum verdict verdict;

    buffer_init(&job.received);
    request_init(request);
    content_init(&job.content);
    form_init(&job.get_data);
    form_init(&job.post_data);
    response_init(&job.response);
    verdict = read_head(&job);
    if (verdict == VERDICT_DONE && request->query != NULL) {
        get_data = &job.get_data;
        verdict = form_parse(get_data, request->query, request->query_length);
    }
    if (verdict == VERDICT_DONE && request->method == METHOD_POST) {
        post_data = &job.post_data;
        verdict = read_content(&job);
        if (verdict == VERDICT_DONE) {
            verdict = form_parse(post_data, job.content.octets.data,
                                 job.content.octets.length);
        }
    }
    if (verdict == VERDICT_DONE &&
        delegate(post_data != NULL ? "POST" : "GET", request->path,
                 &request->headers, get_data, post_data, &job.response) != 0) {
        verdict = VERDICT_DELEGATE_FAILED;
    }
    end(&job, verdict, client_address);
}
