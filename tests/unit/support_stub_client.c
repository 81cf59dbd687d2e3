/* support_stub_client.c - what the client does, as it is told; see
 * support_stub.h. */
#include "support_stub.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

bool stub_is(int descriptor)
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

/* Passes the time that a call waits which may: UINT64_MAX is for ever. False,
 * with EAGAIN, if the time that was set for the socket is over first. */
static bool stub_blocks(int option, uint64_t takes)
{
    struct timeval limit = {0};
    socklen_t size = sizeof limit;
    uint64_t most = UINT64_MAX;

    (void)getsockopt(stub.socket, SOL_SOCKET, option, &limit, &size);
    if (limit.tv_sec > 0 || limit.tv_usec > 0) {
        most = (uint64_t)limit.tv_sec * 1000 + (uint64_t)limit.tv_usec / 1000;
    }
    assert_row_that(NULL, takes < UINT64_MAX || most < UINT64_MAX,
                    "it waits for ever: the client %s, and no time was set "
                    "for the socket",
                    option == SO_RCVTIMEO ? "is silent" : "does not read");
    stub.clock += takes <= most ? takes : most;
    errno = EAGAIN;
    return takes <= most;
}

/* Whether a call with these flags may wait. */
static bool stub_may_wait(int flags)
{
    return (flags & MSG_DONTWAIT) == 0 &&
           (fcntl(stub.socket, F_GETFL) & O_NONBLOCK) == 0;
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

/* At the end of what the client sends. */
static ssize_t stub_receives_no_more(int flags)
{
    if (stub.shutdowns > 0 && stub.ending == STUB_MUST_NOT_BE_ASKED) {
        return 0; /* it has had its answer, and closes */
    }
    switch (stub.ending) {
    case STUB_MUST_NOT_BE_ASKED:
        stub.asked_too_much = true;
        return stub_fail(ECONNRESET);
    case STUB_ENDS:
        return 0;
    case STUB_RESETS:
        return stub_fail(ECONNRESET);
    case STUB_IS_SILENT:
        if (stub_may_wait(flags)) {
            (void)stub_blocks(SO_RCVTIMEO, UINT64_MAX);
        }
        return stub_fail(EAGAIN);
    }
    return 0;
}

/* Gives what has come of the piece that is next. */
static size_t stub_give(char *data, size_t length, int flags)
{
    size_t octets = stub_piece_end() - stub.given;

    if (octets > length) {
        octets = length;
    } else if ((flags & MSG_PEEK) == 0) {
        stub.ready = false;
    }
    if (stub.data != NULL) {
        memcpy(data, stub.data + stub.given, octets);
    } else {
        memset(data, 'x', octets);
    }
    if ((flags & MSG_PEEK) == 0) {
        stub.given += octets;
        stub.fruitless = 0;
    }
    return octets;
}

ssize_t stub_receive(void *data, size_t length, int flags)
{
    stub.receives++;
    stub_ends_loops();
    if (stub_interrupts()) {
        return -1;
    }
    if (stub.given == stub.length) {
        return stub_receives_no_more(flags);
    }
    if (stub.waits && !stub.ready) {
        if (!stub_may_wait(flags)) {
            return stub_fail(EAGAIN);
        }
        if (!stub_blocks(SO_RCVTIMEO, stub.wait_takes)) {
            return -1;
        }
        stub.ready = true;
    }
    return (ssize_t)stub_give(data, length, flags);
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

ssize_t stub_send(const struct msghdr *message, int flags)
{
    size_t most = stub.send_most == 0 ? SIZE_MAX : stub.send_most;

    stub.sends++;
    stub_ends_loops();
    if (stub_interrupts()) {
        return -1;
    }
    if (stub_takes_nothing()) {
        if (!stub_may_wait(flags)) {
            return stub_fail(EAGAIN);
        }
        if (!stub_blocks(SO_SNDTIMEO, stub.send_waits ? 0 : UINT64_MAX)) {
            return -1;
        }
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

ssize_t stub_send_octets(const void *data, size_t length, int flags)
{
    struct iovec part = {(void *)(uintptr_t)data, length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};

    return stub_send(&message, flags);
}

/* What is there to be received: octets, or an end of some kind. */
static bool stub_has_more(void)
{
    return stub.given < stub.length || stub.ending == STUB_ENDS ||
           stub.ending == STUB_RESETS ||
           (stub.shutdowns > 0 && stub.ending == STUB_MUST_NOT_BE_ASKED);
}

int stub_wait(short events, int timeout)
{
    short found = 0;

    if (timeout == 0) { /* a look that does not wait asks for nothing */
        found = stub_has_more() ? POLLIN : 0;
        found |= stub_takes_nothing() ? 0 : POLLOUT;
        return found & events;
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
        (timeout < 0 || stub.wait_takes <= (uint64_t)timeout)) {
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
        assert_row_that(NULL, timeout > 0,
                        "it waits for ever: the client does nothing, and the "
                        "wait has no end");
        stub.clock += (uint64_t)timeout;
    }
    return found;
}

int stub_poll(struct pollfd *descriptor, int timeout)
{
    int found = stub_wait(descriptor->events, timeout);

    descriptor->revents = (short)(found > 0 ? found : 0);
    return found > 0 ? 1 : found;
}
