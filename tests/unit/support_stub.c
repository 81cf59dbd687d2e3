/* support_stub.c - a client that does what it is told; see support_stub.h. */
#include "support_stub.h"
#include "support_by_hand.h"

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

struct stub stub = {.socket = -1, .peer = -1};

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

static bool is_stub(int descriptor)
{
    return stub.socket != -1 && descriptor == stub.socket;
}

static int stub_fail(int error)
{
    errno = error;
    return -1;
}

static bool stub_interrupts(void)
{
    if (stub.interrupted > 0) {
        stub.interrupted--;
        errno = EINTR;
        return true;
    }
    return false;
}

/* Ends the test if the server calls again and again for nothing. */
static void stub_ends_loops(void)
{
    assert_row_that(NULL, stub.fruitless++ < 10000,
                    "a loop does not end: it calls recv, send or poll again "
                    "and again, though the client %s",
                    stub.ending == STUB_IS_SILENT ? "is silent" : "has ended");
}

/* Where the piece that comes next ends. */
static size_t stub_piece_end(void)
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
    stub_ends_loops();
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
    stub.fruitless = 0;
    return (ssize_t)octets;
}

/* Keeps the octets of a message, at most so many; gives how many. */
static size_t stub_take(const struct msghdr *message, size_t most)
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

static bool stub_takes_nothing(void)
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
    stub_ends_loops();
    if (stub_interrupts()) {
        return -1;
    }
    if (stub_takes_nothing()) {
        return stub_fail(EAGAIN);
    }
    stub.send_ready = false;
    stub.fruitless = 0;
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
static bool stub_has_more(void)
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
    if (timeout == 0) { /* a look that does not wait asks for nothing */
        descriptors[0].revents = stub_has_more() ? POLLIN : 0;
        return stub_has_more() ? 1 : 0;
    }
    stub.polls++;
    stub_ends_loops();
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

/* ---- For the tests ---- */

size_t count_descriptors(void)
{
    enum {
        most = 64
    };
    struct pollfd descriptors[most] = {{0}};
    size_t count = 0;

    for (int i = 0; i < most; i++) {
        descriptors[i].fd = i;
    }
    (void)__real_poll(descriptors, most, 0);
    for (int i = 0; i < most; i++) {
        count += (descriptors[i].revents & POLLNVAL) == 0;
    }
    return count;
}

static void stub_say_by_hand(void)
{
    say_pieces_by_hand(&(struct pieces){
        stub.data, stub.data == NULL ? 0 : stub.length, stub.cuts,
        COUNT(stub.cuts), stub.ending == STUB_ENDS});
}

void stub_open(const char *data, size_t length)
{
    int pair[2];
    size_t descriptors = count_descriptors();

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    memset(&stub, 0, offsetof(struct stub, sent));
    stub.socket = pair[0];
    stub.peer = pair[1];
    stub.data = data;
    stub.length = length;
    stub.clock = 1000000;
    stub.descriptors = descriptors;
    say_by_hand_later(stub_say_by_hand);
}

void stub_close(void)
{
    size_t descriptors;

    stub.socket = -1;
    assert_int_equal(close(stub.peer), 0);
    descriptors = count_descriptors();
    assert_row_that(NULL, descriptors <= stub.descriptors,
                    "descriptors were left open: %zu more than before",
                    descriptors - stub.descriptors);
    assert_row(NULL, "the number of open descriptors", descriptors,
               stub.descriptors);
}

void stub_forget(void)
{
    stub.socket = -1;
}

void stub_check_at(void)
{
    if (stub.asked_too_much) {
        row_fails("recv was called again after the whole request had "
                  "come: a real client would wait for ever");
    }
    row_times("the socket was closed", stub.closes, 1);
    if (fcntl(stub.socket, F_GETFD) != -1) {
        row_fails("the socket is still open");
    }
}

const char *stub_sent(void)
{
    assert_true(stub.sent_length < sizeof stub.sent);
    stub.sent[stub.sent_length] = '\0';
    return stub.sent;
}
