/* connection.c - receiving and sending; the contract is in connection.h. */
#include "connection.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "limits.h"
#include "platform.h"
#include "turns.h"

/* Most requests fit in so little, and each client that has sent half of one
 * holds it. */
static const size_t least_room = 1024;
static const size_t most_room = 65536;

void connection_init(struct connection *connection, int client_sock)
{
    *connection = (struct connection){
        .socket = client_sock,
        .began = turns_clock(),
        .room = least_room,
        .lost = platform_prepare(client_sock) == -1,
    };
}

/* 20 s, a second for each 500 octets moved, 10 minutes at the very most. */
static uint64_t allowance(const struct connection *connection)
{
    uint64_t seconds = connection->moved / ALLOWANCE_OCTETS_PER_SECOND;

    if (seconds > ALLOWANCE_MOST_MS / 1000) {
        return ALLOWANCE_MOST_MS;
    }
    return ALLOWANCE_MS + seconds * 1000 < ALLOWANCE_MOST_MS
               ? ALLOWANCE_MS + seconds * 1000
               : ALLOWANCE_MOST_MS;
}

/* Waits for one of the events, until the time of `wait` is up. Gives the
 * events, or 0 when the time is up. */
static int wait_for(int socket, short events, struct turns_wait *wait)
{
    struct pollfd client = {.fd = socket, .events = events};
    int ready = 0;
    int left;

    do {
        uint64_t end = turns_wait_begin(wait);
        uint64_t now = turns_clock();

        if (end > now + wait->allowance) {
            end = now + wait->allowance; /* the clock failed once */
        }
        left = end > now ? (int)(end - now) : 0;
        ready = left > 0 ? poll(&client, 1, left) : 0;
        turns_wait_end(wait);
    } while (ready <= 0 && left > 0); /* the end may have moved */
    return ready > 0 ? client.revents : 0;
}

static bool is_passing(int error)
{
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

/* Waits until something has come. Returns 0, or -1 when the time is up. */
static int wait_to_receive(const struct connection *connection)
{
    struct turns_wait wait = {.began = connection->began,
                              .allowance = allowance(connection),
                              .until_stop = true};

    return wait_for(connection->socket, POLLIN, &wait) == 0 ? -1 : 0;
}

/* More room only where there is none, or less in all than was filled before:
 * what waits in many small pieces takes no more than in one. */
static int make_room(const struct connection *connection, struct buffer *into)
{
    if (into->length < into->capacity && into->capacity >= connection->room) {
        return 0;
    }
    return buffer_reserve(into, connection->room);
}

enum verdict connection_receive(struct connection *connection,
                                struct buffer *into)
{
    ssize_t received = -1;

    if (connection->lost) {
        return VERDICT_LOST; /* GCOVR_EXCL_LINE: in portable builds only */
    }
    if (make_room(connection, into) == -1) {
        return VERDICT_NO_MEMORY;
    }
    while (received == -1) {
        received =
            platform_receive(connection->socket, into->data + into->length,
                             into->capacity - into->length);
        if (received == -1 && !is_passing(errno)) {
            return VERDICT_LOST;
        }
        if (received == -1 && errno != EINTR &&
            wait_to_receive(connection) == -1) {
            return VERDICT_TIMEOUT;
        }
    }
    if (received == 0) {
        return VERDICT_END_OF_STREAM;
    }
    into->length += (size_t)received;
    connection->moved += (size_t)received;
    connection->emptied = into->length < into->capacity;
    if (!connection->emptied && connection->room < most_room) {
        connection->room *= 2; /* there is more than was asked for */
    }
    return VERDICT_DONE;
}

/* Reads what has come and drops it; gives how much, 0 at the end of the
 * stream, -1 with errno if there is nothing. */
static ssize_t drop(int socket)
{
    char dropped[4096];

    return platform_receive(socket, dropped, sizeof dropped);
}

/* Waits until more can be sent. Returns 0, or -1 with errno. */
static int wait_to_send(struct connection *connection, short *events)
{
    struct turns_wait wait = {.began = connection->began,
                              .allowance = allowance(connection)};
    int ready = wait_for(connection->socket, *events, &wait);

    if (ready == 0) {
        errno = ETIMEDOUT;
        return -1;
    }
    if ((ready & POLLIN) != 0 && drop(connection->socket) == 0) {
        *events = POLLOUT; /* the client has ended its side */
    }
    return 0;
}

/* Skips the octets that were sent; gives the first part with some left. */
static size_t skip_sent(struct iovec *parts, size_t first, size_t count,
                        size_t sent)
{
    while (first < count && sent >= parts[first].iov_len) {
        sent -= parts[first++].iov_len;
    }
    if (first < count) {
        parts[first].iov_base = (char *)parts[first].iov_base + sent;
        parts[first].iov_len -= sent;
    }
    return first;
}

int connection_send(struct connection *connection, struct iovec *parts,
                    size_t count)
{
    size_t first = skip_sent(parts, 0, count, 0);
    short events = connection->interim ? POLLOUT : POLLIN | POLLOUT;
    uint64_t now = turns_clock();

    connection->quick = now - connection->began <= 1;
    connection->began = now;
    connection->moved = 0;
    while (first < count) {
        struct msghdr message = {.msg_iov = parts + first};
        ssize_t sent;

        for (size_t i = first; i < count; i++) {
            message.msg_iovlen++; /* its type is not the same everywhere */
        }
        sent =
            platform_send(connection->socket, &message, !connection->interim);
        if (sent >= 0) {
            connection->moved += (size_t)sent;
            connection->sent += (size_t)sent;
            first = skip_sent(parts, first, count, (size_t)sent);
        } else if (!is_passing(errno) ||
                   (errno != EINTR &&
                    wait_to_send(connection, &events) == -1)) {
            return -1;
        }
    }
    return 0;
}

bool connection_has_more(const struct connection *connection)
{
    struct pollfd client = {.fd = connection->socket, .events = POLLIN};

    if (connection->emptied && connection->quick) {
        return false;
    }
    return poll(&client, 1, 0) > 0;
}

/* The moment at which the time of `wait` is up, as things are now. */
static uint64_t end_of(struct turns_wait *wait)
{
    uint64_t end = turns_wait_begin(wait);

    turns_wait_end(wait);
    return end;
}

/* Waits for the client to say more, or to end its side; false if it is silent
 * for too long, or the time for `all` of the draining is up. Both shrink in a
 * crowd. */
static bool hears_more(int socket, struct turns_wait *all)
{
    struct turns_wait silence = {.began = turns_clock(),
                                 .allowance = DRAIN_SILENCE_MS};
    bool all_ends_first = end_of(all) < end_of(&silence);

    return wait_for(socket, POLLIN, all_ends_first ? all : &silence) != 0;
}

static void drain(int socket)
{
    struct turns_wait all = {.began = turns_clock(),
                             .allowance = DRAIN_MOST_MS};
    uint64_t dropped = 0;

    while (dropped < DRAIN_OCTETS_MOST && turns_clock() < end_of(&all)) {
        ssize_t received = drop(socket);

        if (received == 0 || (received == -1 && !is_passing(errno))) {
            return;
        }
        if (received > 0) {
            dropped += (uint64_t)received;
        } else if (!hears_more(socket, &all)) {
            return;
        }
    }
}

void connection_close(struct connection *connection, bool drain_first)
{
    /* What is left to be sent goes with the end of the stream. A close alone
     * could drop it: it does if the client has said something since. */
    bool ended = shutdown(connection->socket, SHUT_WR) == 0;

    if (ended && drain_first) {
        drain(connection->socket);
    }
    (void)close(connection->socket); /* it is closed whatever it returns */
    connection->socket = -1;
}
