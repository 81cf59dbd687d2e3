/* support_stub_move.c - octets from and to the client of the stub; see
 * support_stub_core.h.
 */
#include "support_stub_core.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

/* How long a call may wait: the socket's own time for SO_RCVTIMEO or
 * SO_SNDTIMEO; 0 if it does not block. */
static uint64_t stub_limit(int descriptor, int flags, int option)
{
    struct timeval time = {0};
    socklen_t length = sizeof time;
    uint64_t limit;

    if ((flags & MSG_DONTWAIT) != 0 ||
        (fcntl(descriptor, F_GETFL) & O_NONBLOCK) != 0) {
        return 0;
    }
    (void)getsockopt(descriptor, SOL_SOCKET, option, &time, &length);
    limit =
        (uint64_t)time.tv_sec * 1000 + ((uint64_t)time.tv_usec + 999) / 1000;
    return limit == 0 ? STUB_FOREVER : limit;
}

/* Each call begins with this. */
static void note_call(void)
{
    stub_ends_loops();
    if (stub.on_call != NULL) {
        stub.on_call();
    }
}

/* ---- Receiving ---- */

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

size_t stub_octets_there(void)
{
    return stub_has_come() ? stub_piece_end() - stub.given : 0;
}

/* The next room of the parts from `offset` on, of `octets` at most. */
static struct iovec room_at(const struct iovec *parts, size_t offset,
                            size_t octets)
{
    while (offset >= parts->iov_len) {
        offset -= parts++->iov_len;
    }
    return (struct iovec){
        .iov_base = (char *)parts->iov_base + offset,
        .iov_len =
            parts->iov_len - offset < octets ? parts->iov_len - offset : octets,
    };
}

/* Puts octets of the client's into the parts, from `offset` on. */
static void stub_put(const struct iovec *parts, size_t offset, size_t octets)
{
    for (size_t put = 0; put < octets;) {
        struct iovec room = room_at(parts, offset + put, octets - put);

        if (stub.data != NULL) {
            memcpy(room.iov_base, stub.data + stub.given + put, room.iov_len);
        } else {
            memset(room.iov_base, 'x', room.iov_len);
        }
        put += room.iov_len;
    }
}

static size_t length_of(const struct iovec *parts, size_t count)
{
    size_t length = 0;

    for (size_t i = 0; i < count; i++) {
        length += parts[i].iov_len;
    }
    return length;
}

/* Receives from one piece, or what stands for an end. */
static ssize_t stub_receive_piece(const struct iovec *parts, size_t offset,
                                  size_t most, bool peeks)
{
    size_t octets = stub_piece_end() - stub.given;

    if (stub.given == stub.length) {
        return stub.ending == STUB_ENDS ||
                       !(stub.asked_too_much || stub.ending == STUB_RESETS)
                   ? 0
                   : stub_fail(ECONNRESET);
    }
    if (octets > most) {
        octets = most;
    } else if (!peeks) {
        stub.ready = false;
        stub.waited = 0;
    }
    stub_put(parts, offset, octets);
    if (!peeks) {
        stub.given += octets;
        stub.fruitless = 0;
        stub.moved_clock = stub.clock;
    }
    return (ssize_t)octets;
}

ssize_t stub_receive(int descriptor, const struct iovec *parts, size_t count,
                     int flags, const char *call)
{
    size_t length = length_of(parts, count);
    bool peeks = (flags & MSG_PEEK) != 0;
    size_t done = 0;
    ssize_t octets;

    do {
        bool in = true;
        bool out = false;
        int error;

        stub.receives++;
        note_call();
        error =
            stub_interrupts()
                ? EINTR
                : stub_wait(&in, &out,
                            stub_limit(descriptor, flags, SO_RCVTIMEO), call);
        octets = error == 0
                     ? stub_receive_piece(parts, done, length - done, peeks)
                     : stub_fail(error);
        done += octets > 0 ? (size_t)octets : 0;
    } while ((flags & MSG_WAITALL) != 0 && !peeks && octets > 0 &&
             done < length);
    return done > 0 ? (ssize_t)done : octets;
}

/* ---- Sending ---- */

/* How many octets one call takes, of `length` that are left; -1 with errno if
 * the client is gone. */
static ssize_t stub_most(size_t length)
{
    size_t most = length;
    size_t before_error = stub.send_fails_after - stub.sent_length;

    if (stub.send_most > 0 && stub.send_most < most) {
        most = stub.send_most;
    }
    if (stub.takes_slowly > 0 && stub.takes_slowly < most) {
        most = stub.takes_slowly;
    }
    if (stub.send_error != 0 && stub.sent_length >= stub.send_fails_after) {
        return stub_fail(stub.send_error);
    }
    return (ssize_t)(stub.send_error != 0 && before_error < most ? before_error
                                                                 : most);
}

/* Keeps so many octets of the parts, from `offset` on. */
static void stub_take(const struct iovec *parts, size_t offset, size_t octets)
{
    for (size_t taken = 0; taken < octets;) {
        struct iovec some = room_at(parts, offset + taken, octets - taken);

        if (stub.sent_length + some.iov_len <= sizeof stub.sent) {
            memcpy(stub.sent + stub.sent_length, some.iov_base, some.iov_len);
        }
        stub.sent_length += some.iov_len;
        taken += some.iov_len;
    }
}

/* Waits until the client takes octets, and gives it some. */
static ssize_t stub_send_some(const struct iovec *parts, size_t offset,
                              size_t length, uint64_t limit, const char *call)
{
    bool in = false;
    bool out = true;
    int error = stub_wait(&in, &out, limit, call);
    ssize_t octets = error == 0 ? stub_most(length) : stub_fail(error);

    if (error == 0) {
        stub.send_ready = false;
        stub.fruitless = 0;
        stub.moved_clock = stub.clock;
    }
    if (octets > 0) {
        stub_take(parts, offset, (size_t)octets);
        stub.takes_at = stub.takes_slowly > 0 ? stub.clock + STUB_STEP_MS : 0;
    }
    return octets;
}

ssize_t stub_send(int descriptor, const struct iovec *parts, size_t count,
                  int flags, const char *call)
{
    uint64_t limit = stub_limit(descriptor, flags, SO_SNDTIMEO);
    size_t length = length_of(parts, count);
    size_t done = 0;
    ssize_t octets;

    stub.sends++;
    note_call();
    if (stub_interrupts()) {
        return -1;
    }
    if (stub.answered) {
        return stub_fail(EPIPE);
    }
    do { /* as the kernel does, until it has taken all */
        octets = stub_send_some(parts, done, length - done, limit, call);
        done += octets > 0 ? (size_t)octets : 0;
    } while (stub.takes_slowly > 0 && octets > 0 && done < length);
    return done > 0 ? (ssize_t)done : octets;
}
