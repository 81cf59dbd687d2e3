/* support_stub_waits.c - the calls that wait, and those that tell the time; see
 * support_stub.h.
 */
#include "support_stub_core.h"

#include <errno.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

/* ---- poll ---- */

STANDS_IN_FOR(int, poll, struct pollfd *descriptors, nfds_t count, int timeout);
STANDS_IN_FOR(int, ppoll, struct pollfd *descriptors, nfds_t count,
              const struct timespec *timeout, const sigset_t *mask);

static struct pollfd *find_stub(struct pollfd *descriptors, nfds_t count)
{
    for (nfds_t i = 0; i < count; i++) {
        if (is_stub(descriptors[i].fd)) {
            return &descriptors[i];
        }
    }
    return NULL;
}

/* How many of the others are ready, at once. */
static int look_at_others(struct pollfd *descriptors, nfds_t count,
                          struct pollfd *client)
{
    int descriptor = client->fd;
    int ready;

    client->fd = -1; /* poll overlooks it then */
    ready = __real_poll(descriptors, count, 0);
    client->fd = descriptor;
    return ready > 0 ? ready : 0;
}

/* Waits for the stub's client, among others or not. */
static int stub_poll(struct pollfd *descriptors, nfds_t count,
                     struct pollfd *client, uint64_t limit)
{
    bool in = (client->events & (POLLIN | POLLRDNORM)) != 0;
    bool out = (client->events & (POLLOUT | POLLWRNORM)) != 0;
    int ready = count == 1 ? 0 : look_at_others(descriptors, count, client);

    stub_ends_loops();
    if (limit > 0 && stub_interrupts()) {
        return -1;
    }
    if (stub_wait(&in, &out, ready > 0 ? 0 : limit, "poll") == EINTR) {
        return stub_fail(EINTR);
    }
    client->revents = 0;
    if (in) {
        client->revents |= client->events & (POLLIN | POLLRDNORM);
    }
    if (out) {
        client->revents |= client->events & (POLLOUT | POLLWRNORM);
    }
    return ready + (client->revents != 0);
}

int __wrap_poll(struct pollfd *descriptors, nfds_t count, int timeout)
{
    struct pollfd *client = find_stub(descriptors, count);

    if (client == NULL) {
        return __real_poll(descriptors, count, timeout);
    }
    return stub_poll(descriptors, count, client,
                     timeout < 0 ? STUB_FOREVER : (uint64_t)timeout);
}

int __wrap_ppoll(struct pollfd *descriptors, nfds_t count,
                 const struct timespec *timeout, const sigset_t *mask)
{
    struct pollfd *client = find_stub(descriptors, count);

    if (client == NULL) {
        return __real_ppoll(descriptors, count, timeout, mask);
    }
    return stub_poll(descriptors, count, client,
                     timeout == NULL ? STUB_FOREVER : milliseconds_of(timeout));
}

/* ---- select ---- */

STANDS_IN_FOR(int, select, int count, fd_set *in, fd_set *out, fd_set *except,
              struct timeval *timeout);
STANDS_IN_FOR(int, pselect, int count, fd_set *in, fd_set *out, fd_set *except,
              const struct timespec *timeout, const sigset_t *mask);

static bool is_set(int descriptor, const fd_set *set)
{
    return set != NULL && FD_ISSET(descriptor, set);
}

/* The stub's descriptor in the sets, or -1. */
static int find_in_sets(int count, const fd_set *in, const fd_set *out)
{
    for (int i = 0; i < count; i++) {
        if (is_stub(i) && (is_set(i, in) || is_set(i, out))) {
            return i;
        }
    }
    return -1;
}

/* Takes the stub's descriptor out of a set; gives whether it was there. */
static bool take_out(int descriptor, fd_set *set)
{
    bool was_there = is_set(descriptor, set);

    if (was_there) {
        FD_CLR(descriptor, set);
    }
    return was_there;
}

/* The same as stub_poll. */
static int stub_select(int count, fd_set *in, fd_set *out, fd_set *except,
                       uint64_t limit)
{
    struct timeval none = {0};
    int client = find_in_sets(count, in, out);
    bool reads = take_out(client, in);
    bool writes = take_out(client, out);
    int ready;

    stub_ends_loops();
    if (limit > 0 && stub_interrupts()) {
        return -1;
    }
    (void)take_out(client, except);
    ready = __real_select(count, in, out, except, &none);
    ready = ready > 0 ? ready : 0;
    if (stub_wait(&reads, &writes, ready > 0 ? 0 : limit, "select") == EINTR) {
        return stub_fail(EINTR);
    }
    if (reads) {
        FD_SET(client, in);
    }
    if (writes) {
        FD_SET(client, out);
    }
    return ready + reads + writes;
}

int __wrap_select(int count, fd_set *in, fd_set *out, fd_set *except,
                  struct timeval *timeout)
{
    uint64_t limit = STUB_FOREVER;
    uint64_t began = stub.clock;
    int ready;

    if (find_in_sets(count, in, out) == -1) {
        return __real_select(count, in, out, except, timeout);
    }
    if (timeout != NULL) {
        limit = (uint64_t)timeout->tv_sec * 1000 +
                ((uint64_t)timeout->tv_usec + 999) / 1000;
    }
    ready = stub_select(count, in, out, except, limit);
    if (timeout != NULL) { /* Linux leaves there what is left of it */
        limit -= stub.clock - began;
        timeout->tv_sec = (time_t)(limit / 1000);
        timeout->tv_usec = (suseconds_t)(limit % 1000) * 1000;
    }
    return ready;
}

int __wrap_pselect(int count, fd_set *in, fd_set *out, fd_set *except,
                   const struct timespec *timeout, const sigset_t *mask)
{
    if (find_in_sets(count, in, out) == -1) {
        return __real_pselect(count, in, out, except, timeout, mask);
    }
    return stub_select(count, in, out, except,
                       timeout == NULL ? STUB_FOREVER
                                       : milliseconds_of(timeout));
}
