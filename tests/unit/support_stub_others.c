/*
 * support_stub_others.c - what stands in place of calls that common/net does
 * not make, but others' code may; see support_stub.h.
 */
#include "support_stub.h"

#include <limits.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/* ---- Receiving ---- */

ssize_t __real_read(int descriptor, void *data, size_t length);
ssize_t __wrap_read(int descriptor, void *data, size_t length);
ssize_t __real_recvfrom(int socket, void *data, size_t length, int flags,
                        struct sockaddr *address, socklen_t *size);
ssize_t __wrap_recvfrom(int socket, void *data, size_t length, int flags,
                        struct sockaddr *address, socklen_t *size);
ssize_t __real_readv(int descriptor, const struct iovec *parts, int count);
ssize_t __wrap_readv(int descriptor, const struct iovec *parts, int count);
ssize_t __real_recvmsg(int socket, struct msghdr *message, int flags);
ssize_t __wrap_recvmsg(int socket, struct msghdr *message, int flags);

ssize_t __wrap_read(int descriptor, void *data, size_t length)
{
    return stub_is(descriptor) ? stub_receive(data, length, 0)
                               : __real_read(descriptor, data, length);
}

ssize_t __wrap_recvfrom(int socket, void *data, size_t length, int flags,
                        struct sockaddr *address, socklen_t *size)
{
    return stub_is(socket)
               ? stub_receive(data, length, flags)
               : __real_recvfrom(socket, data, length, flags, address, size);
}

/* Into the first part that has room: a call may always give less. */
static ssize_t receive_parts(const struct iovec *parts, size_t count, int flags)
{
    for (size_t i = 0; i < count; i++) {
        if (parts[i].iov_len > 0) {
            return stub_receive(parts[i].iov_base, parts[i].iov_len, flags);
        }
    }
    return 0;
}

ssize_t __wrap_readv(int descriptor, const struct iovec *parts, int count)
{
    return stub_is(descriptor) ? receive_parts(parts, (size_t)count, 0)
                               : __real_readv(descriptor, parts, count);
}

ssize_t __wrap_recvmsg(int socket, struct msghdr *message, int flags)
{
    return stub_is(socket) ? receive_parts(message->msg_iov,
                                           (size_t)message->msg_iovlen, flags)
                           : __real_recvmsg(socket, message, flags);
}

/* ---- Sending ---- */

ssize_t __real_send(int socket, const void *data, size_t length, int flags);
ssize_t __wrap_send(int socket, const void *data, size_t length, int flags);
ssize_t __real_sendto(int socket, const void *data, size_t length, int flags,
                      const struct sockaddr *address, socklen_t size);
ssize_t __wrap_sendto(int socket, const void *data, size_t length, int flags,
                      const struct sockaddr *address, socklen_t size);
ssize_t __real_writev(int descriptor, const struct iovec *parts, int count);
ssize_t __wrap_writev(int descriptor, const struct iovec *parts, int count);

ssize_t __wrap_send(int socket, const void *data, size_t length, int flags)
{
    return stub_is(socket) ? stub_send_octets(data, length, flags)
                           : __real_send(socket, data, length, flags);
}

ssize_t __wrap_sendto(int socket, const void *data, size_t length, int flags,
                      const struct sockaddr *address, socklen_t size)
{
    return stub_is(socket)
               ? stub_send_octets(data, length, flags)
               : __real_sendto(socket, data, length, flags, address, size);
}

ssize_t __wrap_writev(int descriptor, const struct iovec *parts, int count)
{
    struct msghdr message = {.msg_iov = (struct iovec *)(uintptr_t)parts};

    for (int i = 0; i < count; i++) {
        message.msg_iovlen++; /* its type is not the same everywhere */
    }
    return stub_is(descriptor) ? stub_send(&message, 0)
                               : __real_writev(descriptor, parts, count);
}

/* ---- Waiting ---- */

int __real_select(int count, fd_set *reads, fd_set *writes, fd_set *others,
                  struct timeval *time);
int __wrap_select(int count, fd_set *reads, fd_set *writes, fd_set *others,
                  struct timeval *time);
int __real_pselect(int count, fd_set *reads, fd_set *writes, fd_set *others,
                   const struct timespec *time, const sigset_t *signals);
int __wrap_pselect(int count, fd_set *reads, fd_set *writes, fd_set *others,
                   const struct timespec *time, const sigset_t *signals);
int __real_ppoll(struct pollfd *descriptors, nfds_t count,
                 const struct timespec *time, const sigset_t *signals);
int __wrap_ppoll(struct pollfd *descriptors, nfds_t count,
                 const struct timespec *time, const sigset_t *signals);

static bool is_in(const fd_set *set)
{
    return set != NULL && stub.socket >= 0 && FD_ISSET(stub.socket, set);
}

/* In milliseconds, rounded up; -1, for ever, if there is no time. */
static int timeout_of(const struct timespec *time)
{
    if (time == NULL || time->tv_sec > INT_MAX / 1000 - 1) {
        return -1;
    }
    return (int)time->tv_sec * 1000 + (int)((time->tv_nsec + 999999) / 1000000);
}

/* Of what is in the sets, the stub alone is ever found. */
static int select_stub(fd_set *reads, fd_set *writes, fd_set *others,
                       const struct timespec *time)
{
    bool receives = is_in(reads);
    bool sends = is_in(writes);
    int found =
        stub_wait((short)((receives ? POLLIN : 0) | (sends ? POLLOUT : 0)),
                  timeout_of(time));

    if (found == -1) {
        return -1;
    }
    if (receives && (found & POLLIN) == 0) {
        FD_CLR(stub.socket, reads);
    }
    if (sends && (found & POLLOUT) == 0) {
        FD_CLR(stub.socket, writes);
    }
    if (others != NULL) {
        FD_ZERO(others);
    }
    return ((found & POLLIN) != 0) + ((found & POLLOUT) != 0);
}

int __wrap_select(int count, fd_set *reads, fd_set *writes, fd_set *others,
                  struct timeval *time)
{
    struct timespec same = {0};

    if (!is_in(reads) && !is_in(writes)) {
        return __real_select(count, reads, writes, others, time);
    }
    if (time != NULL) {
        same.tv_sec = time->tv_sec;
        same.tv_nsec = time->tv_usec * 1000;
    }
    return select_stub(reads, writes, others, time == NULL ? NULL : &same);
}

int __wrap_pselect(int count, fd_set *reads, fd_set *writes, fd_set *others,
                   const struct timespec *time, const sigset_t *signals)
{
    return is_in(reads) || is_in(writes)
               ? select_stub(reads, writes, others, time)
               : __real_pselect(count, reads, writes, others, time, signals);
}

int __wrap_ppoll(struct pollfd *descriptors, nfds_t count,
                 const struct timespec *time, const sigset_t *signals)
{
    if (count != 1 || !stub_is(descriptors[0].fd)) {
        return __real_ppoll(descriptors, count, time, signals);
    }
    return stub_poll(descriptors, timeout_of(time));
}
