/*
 * net_support.h - a stub socket: a client that sends what it is told, in the
 * pieces it is told, and keeps what it is sent.
 *
 *     stub_open(request, request_length);
 *     stub.cuts[0] = 7;
 *     handle_connection(stub.socket, &address);
 *     stub_check();
 *     ... look at stub.sent, stub.log ...
 *     stub_close();
 *
 * After the last octet that the client sends, asking for more is a fault, as
 * in the assignment's own tests, unless `ending` says otherwise. The socket is
 * a real one, so that it can be seen whether it was closed; what is received
 * and sent through it is the stub's. Its clock moves only in a wait.
 *
 * It stands in place of system calls: include it in one file of a program,
 * which is linked with
 *     -Wl,--wrap=recv,--wrap=sendmsg,--wrap=poll,--wrap=shutdown
 *     -Wl,--wrap=close,--wrap=write,--wrap=clock_gettime
 * each in a comment of its own. Threads: none but the test's own.
 */
#ifndef UNIT_NET_SUPPORT_H
#define UNIT_NET_SUPPORT_H

#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum stub_ending {
    STUB_MUST_NOT_BE_ASKED, /* asking for more is a fault */
    STUB_ENDS,              /* ends its side */
    STUB_RESETS,
    STUB_IS_SILENT /* nothing comes; each wait takes all of its time */
};

static struct stub {
    int socket; /* -1: there is none, and all calls are the real ones */
    int peer;
    const char *data; /* what the client sends; NULL: any octets */
    size_t length;
    size_t cuts[2]; /* offsets at which a piece ends; 0: none */
    size_t step;    /* the longest piece; 0: any */
    enum stub_ending ending;
    bool waits;              /* each piece has to be waited for */
    uint64_t wait_takes;     /* milliseconds, each wait for a piece */
    size_t interrupted;      /* so many calls fail with EINTR first */
    size_t send_most;        /* the most that is taken by one call; 0: any */
    bool send_waits;         /* each call but the first has to be waited for */
    size_t send_fails_after; /* octets; with send_error */
    int send_error;          /* 0: it does not fail */
    bool reads_to_send;      /* takes nothing until all it sends was read */
    bool send_stalls;        /* takes nothing, ever */
    uint64_t clock;          /* milliseconds */

    size_t given; /* octets that were received from the client */
    bool ready;   /* a wait said that the next piece is there */
    bool send_ready;
    bool asked_too_much;
    size_t receives, sends, polls, shutdowns, closes, writes;
    bool closed_before_log;
    char sent[262144];
    size_t sent_length; /* may be more than fits */
    char log[8192];
    size_t log_length;
    size_t descriptors; /* open before the stub's own */
} stub = {.socket = -1, .peer = -1};

ssize_t __real_recv(int socket, void *data, size_t length, int flags);
ssize_t __wrap_recv(int socket, void *data, size_t length, int flags);
ssize_t __real_sendmsg(int socket, const struct msghdr *message, int flags);
ssize_t __wrap_sendmsg(int socket, const struct msghdr *message, int flags);
int __real_poll(struct pollfd *descriptors, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *descriptors, nfds_t count, int timeout);
int __real_shutdown(int socket, int how);
int __wrap_shutdown(int socket, int how);
int __real_close(int descriptor);
int __wrap_close(int descriptor);
ssize_t __real_write(int descriptor, const void *data, size_t length);
ssize_t __wrap_write(int descriptor, const void *data, size_t length);
int __real_clock_gettime(clockid_t clock, struct timespec *time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *time);

static inline bool is_stub(int descriptor)
{
    return stub.socket != -1 && descriptor == stub.socket;
}

static inline int stub_fail(int error)
{
    errno = error;
    return -1;
}

static inline bool stub_interrupts(void)
{
    if (stub.interrupted > 0) {
        stub.interrupted--;
        errno = EINTR;
        return true;
    }
    return false;
}

/* Where the piece that comes next ends. */
static inline size_t stub_piece_end(void)
{
    size_t end = stub.length;

    for (size_t i = 0; i < COUNT(stub.cuts); i++) {
        if (stub.cuts[i] > stub.given && stub.cuts[i] < end) {
            end = stub.cuts[i];
        }
    }
    if (stub.step > 0 && end - stub.given > stub.step) {
        end = stub.given + stub.step;
    }
    return end;
}

ssize_t __wrap_recv(int socket, void *data, size_t length, int flags)
{
    size_t octets;

    if (!is_stub(socket)) {
        return __real_recv(socket, data, length, flags);
    }
    stub.receives++;
    if (stub_interrupts()) {
        return -1;
    }
    if (stub.given == stub.length) {
        switch (stub.ending) {
        case STUB_MUST_NOT_BE_ASKED:
            stub.asked_too_much = true;
            return stub_fail(ECONNRESET);
        case STUB_ENDS:
            return 0;
        case STUB_RESETS:
            return stub_fail(ECONNRESET);
        case STUB_IS_SILENT:
            return stub_fail(EAGAIN);
        }
    }
    if (stub.waits && !stub.ready) {
        return stub_fail(EAGAIN);
    }
    octets = stub_piece_end() - stub.given;
    if (octets > length) {
        octets = length;
    } else {
        stub.ready = false;
    }
    if (stub.data != NULL) {
        memcpy(data, stub.data + stub.given, octets);
    } else {
        memset(data, 'x', octets);
    }
    stub.given += octets;
    return (ssize_t)octets;
}

/* Keeps the octets of a message, at most so many; gives how many. */
static inline size_t stub_take(const struct msghdr *message, size_t most)
{
    size_t taken = 0;

    for (size_t i = 0; i < (size_t)message->msg_iovlen && taken < most; i++) {
        const struct iovec *part = &message->msg_iov[i];
        size_t octets =
            part->iov_len < most - taken ? part->iov_len : most - taken;

        if (octets > 0 && stub.sent_length + octets <= sizeof stub.sent) {
            memcpy(stub.sent + stub.sent_length, part->iov_base, octets);
        }
        stub.sent_length += octets;
        taken += octets;
    }
    return taken;
}

static inline bool stub_takes_nothing(void)
{
    return stub.send_stalls ||
           (stub.reads_to_send && stub.given < stub.length) ||
           (stub.send_waits && !stub.send_ready);
}

ssize_t __wrap_sendmsg(int socket, const struct msghdr *message, int flags)
{
    size_t most = stub.send_most == 0 ? SIZE_MAX : stub.send_most;

    if (!is_stub(socket)) {
        return __real_sendmsg(socket, message, flags);
    }
    stub.sends++;
    if (stub_interrupts()) {
        return -1;
    }
    if (stub_takes_nothing()) {
        return stub_fail(EAGAIN);
    }
    stub.send_ready = false;
    if (stub.send_error != 0) {
        if (stub.sent_length >= stub.send_fails_after) {
            return stub_fail(stub.send_error);
        }
        if (most > stub.send_fails_after - stub.sent_length) {
            most = stub.send_fails_after - stub.sent_length;
        }
    }
    return (ssize_t)stub_take(message, most);
}

/* What is there to be received: octets, or an end of some kind. */
static inline bool stub_has_more(void)
{
    return stub.given < stub.length || stub.ending == STUB_ENDS ||
           stub.ending == STUB_RESETS;
}

int __wrap_poll(struct pollfd *descriptors, nfds_t count, int timeout)
{
    short events = descriptors[0].events;
    short found = 0;

    if (count != 1 || !is_stub(descriptors[0].fd)) {
        return __real_poll(descriptors, count, timeout);
    }
    stub.polls++;
    if (stub_interrupts()) {
        return -1;
    }
    stub.send_ready = true;
    if ((events & POLLOUT) != 0 && !stub_takes_nothing()) {
        found |= POLLOUT;
    }
    if ((events & POLLIN) != 0 && stub_has_more() &&
        stub.wait_takes <= (uint64_t)timeout) {
        stub.clock += stub.wait_takes;
        stub.ready = true;
        found |= POLLIN;
    }
    if (found == 0 && events == POLLIN &&
        stub.ending == STUB_MUST_NOT_BE_ASKED) {
        stub.asked_too_much = true;
        found = POLLIN;
    }
    if (found == 0) {
        stub.clock += (uint64_t)(timeout > 0 ? timeout : 0);
    }
    descriptors[0].revents = found;
    return found != 0;
}

int __wrap_shutdown(int socket, int how)
{
    if (is_stub(socket)) {
        stub.shutdowns++;
        stub.send_error = EPIPE;
        stub.send_fails_after = 0;
    }
    return __real_shutdown(socket, how);
}

int __wrap_close(int descriptor)
{
    if (is_stub(descriptor)) {
        stub.closes++;
        stub.closed_before_log = stub.writes == 0;
    }
    return __real_close(descriptor);
}

/* The log goes to standard error; here, the stub keeps it. */
ssize_t __wrap_write(int descriptor, const void *data, size_t length)
{
    if (stub.socket == -1 || descriptor != STDERR_FILENO) {
        return __real_write(descriptor, data, length);
    }
    stub.writes++;
    if (length < sizeof stub.log - stub.log_length) {
        memcpy(stub.log + stub.log_length, data, length);
        stub.log_length += length;
        stub.log[stub.log_length] = '\0';
    }
    return (ssize_t)length;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
    if (stub.socket == -1) {
        return __real_clock_gettime(clock, time);
    }
    time->tv_sec = (time_t)(stub.clock / 1000);
    time->tv_nsec = (long)(stub.clock % 1000) * 1000000;
    return 0;
}

/* How many descriptors are open. */
static inline size_t count_descriptors(void)
{
    size_t count = 0;

    for (int descriptor = 0; descriptor < 64; descriptor++) {
        count += fcntl(descriptor, F_GETFD) != -1;
    }
    return count;
}

/* A client that will send these octets, in one piece. */
static inline void stub_open(const char *data, size_t length)
{
    int pair[2];
    size_t descriptors = count_descriptors();

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    memset(&stub, 0, sizeof stub);
    stub.socket = pair[0];
    stub.peer = pair[1];
    stub.data = data;
    stub.length = length;
    stub.clock = 1000000;
    stub.descriptors = descriptors;
}

/* Ends the test if the socket was not closed, once, or was asked for more than
 * the client sent. */
static inline void stub_check(const char *row)
{
    assert_row(row, stub.asked_too_much, false);
    assert_row(row, stub.closes, 1);
    assert_row(row, (uintmax_t)fcntl(stub.socket, F_GETFD), (uintmax_t)-1);
}

/* The end of the client; a descriptor that was leaked meanwhile is a fault. */
static inline void stub_close(void)
{
    stub.socket = -1;
    assert_int_equal(close(stub.peer), 0);
    assert_int_equal(count_descriptors(), stub.descriptors);
}

/* What was sent, as a string; "" for nothing. Octets behind a NUL cannot be
 * seen in it. */
static inline const char *stub_sent(void)
{
    assert_true(stub.sent_length < sizeof stub.sent);
    stub.sent[stub.sent_length] = '\0';
    return stub.sent;
}

/* Ends the test, naming the row, unless what was sent is one answer with that
 * status line, with the fields of the server's own there once, and with the
 * content whole. Gives the content. `has_content` is false for an answer to
 * HEAD, and for codes that have none. */
static inline const char *
stub_check_answer(const char *row, const char *status_line, bool has_content)
{
    static const char *const fields[] = {"\r\nDate: ",
                                         "\r\nConnection: close\r\n"};
    const char *sent = stub_sent();
    const char *end = strstr(sent, "\r\n\r\n");
    const char *length = strstr(sent, "\r\nContent-Length: ");
    size_t octets;

    if (strncmp(sent, status_line, strlen(status_line)) != 0 ||
        strncmp(sent + strlen(status_line), "\r\n", 2) != 0) {
        fail_msg("row \"%s\": expected \"%s\", got \"%.*s\"", row, status_line,
                 (int)strcspn(sent, "\r"), sent);
    }
    if (end == NULL) {
        fail_msg("row \"%s\": no end of the header section", row);
        return "";
    }
    for (size_t i = 0; i < COUNT(fields); i++) {
        const char *first = strstr(sent, fields[i]);

        if (first == NULL || first > end ||
            (strstr(first + 1, fields[i]) != NULL &&
             strstr(first + 1, fields[i]) < end)) {
            fail_msg("row \"%s\": not once:%s", row, fields[i]);
        }
    }
    octets = stub.sent_length - (size_t)(end + 4 - sent);
    if (has_content) {
        assert_row(row, length != NULL && length < end, true);
        assert_row(row, (uintmax_t)strtoul(length + 18, NULL, 10), octets);
    } else {
        assert_row(row, octets, 0);
    }
    return end + 4;
}

#endif
