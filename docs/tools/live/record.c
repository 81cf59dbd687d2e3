/*
 * record.c - says what the threads of a server do, as they do it.
 *
 * A server that is linked with it (RECORD_LINK in the Makefile has the calls)
 * passes each call on, and writes what it saw to a pipe, whose descriptor is in
 * the environment as RECORD. Without RECORD, and in the servers that are built
 * otherwise, nothing is recorded. docs/tools/live/recording.py is the reader.
 *
 * A call that may wait leaves two events, one before it and one after it. Only
 * the sockets of clients count: what goes to the log, or listens, does not.
 *
 * Threads: an event is one write of less than PIPE_BUF bytes, so events do not
 * mix. The pipe never blocks: if the reader is late, events are lost, and the
 * next one says how many. errno is what the call left.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "../../../tests/unit/support_call_names.h"

enum {
    SOCKETS_MOST = 65536,
    TEXT_MOST = 84
};

struct event {
    int64_t at;           /* microseconds, on the clock that never goes back */
    int64_t result;       /* of the call; -errno if it failed */
    uint32_t thread;      /* 1, 2, and so on */
    uint32_t client;      /* 1, 2, and so on; 0: none */
    uint32_t lost;        /* events before this one */
    uint32_t length;      /* of text */
    char call[12];        /* what happened */
    char text[TEXT_MOST]; /* an address, or the first bytes moved */
};

_Static_assert(sizeof(struct event) == 128 && 128 <= PIPE_BUF,
               "recording.py reads events of this size");

#define WRAPS(result, call, ...)                                               \
    result __real_##call(__VA_ARGS__);                                         \
    result __wrap_##call(__VA_ARGS__)

WRAPS(int, accept, int sock, struct sockaddr *address, socklen_t *length);
WRAPS(int, accept4, int sock, struct sockaddr *address, socklen_t *length,
      int flags);
WRAPS(ssize_t, recv, int sock, void *data, size_t length, int flags);
WRAPS(ssize_t, recvfrom, int sock, void *data, size_t length, int flags,
      struct sockaddr *address, socklen_t *size);
WRAPS(ssize_t, recvmsg, int sock, struct msghdr *message, int flags);
WRAPS(ssize_t, read, int sock, void *data, size_t length);
WRAPS(ssize_t, readv, int sock, const struct iovec *parts, int count);
WRAPS(ssize_t, send, int sock, const void *data, size_t length, int flags);
WRAPS(ssize_t, sendto, int sock, const void *data, size_t length, int flags,
      const struct sockaddr *address, socklen_t size);
WRAPS(ssize_t, sendmsg, int sock, const struct msghdr *message, int flags);
WRAPS(ssize_t, write, int sock, const void *data, size_t length);
WRAPS(ssize_t, writev, int sock, const struct iovec *parts, int count);
WRAPS(int, shutdown, int sock, int how);
WRAPS(int, close, int sock);
WRAPS(int, pthread_create, pthread_t *thread, const pthread_attr_t *attributes,
      void *(*take)(void *), void *argument);
WRAPS(int, delegate, const char *request_type, const char *path,
      const void *received_headers, const void *get_data, const void *post_data,
      void *response);

static int record = -1;
static _Atomic uint32_t threads = 0;
static _Atomic uint32_t clients = 0;
static _Atomic uint32_t lost = 0;
static _Atomic uint32_t client_of[SOCKETS_MOST]; /* by descriptor */
static _Thread_local uint32_t this_thread = 0;

/* Runs before main, in the main thread: that is thread 1, as in gdb. */
__attribute__((constructor)) static void find_record(void)
{
    const char *number = getenv("RECORD");

    this_thread = ++threads;
    if (number != NULL) {
        record = atoi(number);
        (void)fcntl(record, F_SETFD, FD_CLOEXEC);
        (void)fcntl(record, F_SETFL, O_NONBLOCK);
    }
}

static void note(const char *call, uint32_t client, int64_t result,
                 const void *text, size_t length)
{
    int error = errno;
    struct event event = {.result = result == -1 ? -error : result,
                          .thread = this_thread,
                          .client = client};
    struct timespec now;

    if (record == -1) {
        return;
    }
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    event.at = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
    (void)snprintf(event.call, sizeof event.call, "%s", call);
    if (length > sizeof event.text) {
        length = sizeof event.text;
    }
    event.length = (uint32_t)length;
    if (length > 0) {
        memcpy(event.text, text, length);
    }
    event.lost = atomic_exchange(&lost, 0);
    if (__real_write(record, &event, sizeof event) != sizeof event) {
        lost += event.lost + 1;
    }
    errno = error;
}

/* The number of the client on a socket, or 0. */
static uint32_t client_on(int sock)
{
    return sock >= 0 && sock < SOCKETS_MOST ? client_of[sock] : 0;
}

static void write_address(const struct sockaddr_storage *address, char *text,
                          size_t size)
{
    const struct sockaddr_in *four = (const void *)address;
    const struct sockaddr_in6 *six = (const void *)address;
    char host[INET6_ADDRSTRLEN] = "";

    if (address->ss_family == AF_INET) {
        (void)inet_ntop(AF_INET, &four->sin_addr, host, sizeof host);
        (void)snprintf(text, size, "%s:%d", host, ntohs(four->sin_port));
    } else {
        (void)inet_ntop(AF_INET6, &six->sin6_addr, host, sizeof host);
        (void)snprintf(text, size, "[%s]:%d", host, ntohs(six->sin6_port));
    }
}

/* What a client's call leaves before it, and after it: `before` gives the
 * client's number, 0 if the socket is not a client's; `after` gives `count`. */
static uint32_t before(const char *call, int sock)
{
    uint32_t client = client_on(sock);

    if (client != 0) {
        note(call, client, 0, NULL, 0);
    }
    return client;
}

static ssize_t after(const char *call, uint32_t client, ssize_t count,
                     const void *data)
{
    if (client != 0) {
        note(call, client, count, data, count > 0 ? (size_t)count : 0);
    }
    return count;
}

/* The same for data in parts. */
static ssize_t after_parts(const char *call, uint32_t client, ssize_t count,
                           const struct iovec *parts)
{
    char text[TEXT_MOST];
    size_t most = count > 0 ? (size_t)count : 0;
    size_t length = 0;

    most = most < sizeof text ? most : sizeof text;
    while (client != 0 && length < most) {
        size_t room = most - length;
        size_t piece = parts->iov_len < room ? parts->iov_len : room;

        if (piece > 0) {
            memcpy(text + length, parts->iov_base, piece);
        }
        length += piece;
        parts++;
    }
    return after(call, client, count, text);
}

ssize_t __wrap_recv(int sock, void *data, size_t length, int flags)
{
    uint32_t client = before("recv", sock);

    return after("received", client, __real_recv(sock, data, length, flags),
                 data);
}

ssize_t __wrap_recvfrom(int sock, void *data, size_t length, int flags,
                        struct sockaddr *address, socklen_t *size)
{
    uint32_t client = before("recv", sock);
    ssize_t count = __real_recvfrom(sock, data, length, flags, address, size);

    return after("received", client, count, data);
}

ssize_t __wrap_recvmsg(int sock, struct msghdr *message, int flags)
{
    uint32_t client = before("recv", sock);

    return after_parts("received", client, __real_recvmsg(sock, message, flags),
                       message->msg_iov);
}

ssize_t __wrap_read(int sock, void *data, size_t length)
{
    uint32_t client = before("recv", sock);

    return after("received", client, __real_read(sock, data, length), data);
}

ssize_t __wrap_readv(int sock, const struct iovec *parts, int count)
{
    uint32_t client = before("recv", sock);

    return after_parts("received", client, __real_readv(sock, parts, count),
                       parts);
}

ssize_t __wrap_send(int sock, const void *data, size_t length, int flags)
{
    uint32_t client = before("send", sock);

    return after("sent", client, __real_send(sock, data, length, flags), data);
}

ssize_t __wrap_sendto(int sock, const void *data, size_t length, int flags,
                      const struct sockaddr *address, socklen_t size)
{
    uint32_t client = before("send", sock);
    ssize_t count = __real_sendto(sock, data, length, flags, address, size);

    return after("sent", client, count, data);
}

ssize_t __wrap_sendmsg(int sock, const struct msghdr *message, int flags)
{
    uint32_t client = before("send", sock);

    return after_parts("sent", client, __real_sendmsg(sock, message, flags),
                       message->msg_iov);
}

ssize_t __wrap_write(int sock, const void *data, size_t length)
{
    uint32_t client = before("send", sock);

    return after("sent", client, __real_write(sock, data, length), data);
}

ssize_t __wrap_writev(int sock, const struct iovec *parts, int count)
{
    uint32_t client = before("send", sock);

    return after_parts("sent", client, __real_writev(sock, parts, count),
                       parts);
}

/* Without flags, accept4 does what accept does. */
int __wrap_accept(int sock, struct sockaddr *address, socklen_t *length)
{
    return __wrap_accept4(sock, address, length, 0);
}

int __wrap_accept4(int sock, struct sockaddr *address, socklen_t *length,
                   int flags)
{
    struct sockaddr_storage peer = {.ss_family = AF_UNSPEC};
    socklen_t size = sizeof peer;
    char text[80] = "";
    uint32_t client = 0;
    int accepted;

    note("accept", 0, 0, NULL, 0);
    accepted = __real_accept4(sock, (struct sockaddr *)&peer, &size, flags);
    if (accepted >= 0 && address != NULL) {
        memcpy(address, &peer, size < *length ? size : *length);
        *length = size;
    }
    if (accepted >= 0 && accepted < SOCKETS_MOST) {
        client = ++clients;
        client_of[accepted] = client;
        write_address(&peer, text, sizeof text);
    }
    note("accepted", client, accepted, text, strlen(text));
    return accepted;
}

int __wrap_shutdown(int sock, int how)
{
    uint32_t client = client_on(sock);

    if (client != 0) {
        note("shutdown", client, how, NULL, 0);
    }
    return __real_shutdown(sock, how);
}

/* The next client may get the same descriptor at once, in another thread. */
int __wrap_close(int sock)
{
    uint32_t client = client_on(sock);
    int result;

    if (client != 0) {
        client_of[sock] = 0;
    }
    result = __real_close(sock);
    if (client != 0) {
        note("closed", client, result, NULL, 0);
    }
    return result;
}

/* In stage 1, delegate is not called; a reader may not have written it yet. */
#pragma weak __real_delegate
int __wrap_delegate(const char *request_type, const char *path,
                    const void *received_headers, const void *get_data,
                    const void *post_data, void *response)
{
    char text[80];
    int result;

    (void)snprintf(text, sizeof text, "%s %s", request_type, path);
    note("delegate", 0, 0, text, strlen(text));
    result = __real_delegate(request_type, path, received_headers, get_data,
                             post_data, response);
    note("delegated", 0, result == 0 ? 0 : 1, NULL, 0);
    return result;
}

/* What a thread runs, between its first moment and its last. */
struct run {
    void *(*take)(void *);
    void *argument;
    uint32_t number;
};

static void *run_noted(void *given)
{
    struct run run = *(struct run *)given;
    void *result;

    free(given);
    this_thread = run.number;
    note("begin", 0, 0, NULL, 0);
    result = run.take(run.argument);
    note("end", 0, 0, NULL, 0);
    return result;
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*take)(void *), void *argument)
{
    struct run *run = malloc(sizeof *run);
    uint32_t number = ++threads;
    int error;

    if (run == NULL) {
        return EAGAIN;
    }
    *run = (struct run){take, argument, number};
    note("create", 0, number, NULL, 0);
    error = __real_pthread_create(thread, attributes, run_noted, run);
    if (error != 0) {
        note("not created", 0, number, NULL, 0);
        free(run);
    }
    return error;
}
