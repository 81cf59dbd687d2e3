/* support_stub_calls.c - what stands in place of the calls that common/net
 * makes; see support_stub.h. */
#include "support_stub.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

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
ssize_t __wrap_write(int descriptor, const void *data, size_t length);
int __real_clock_gettime(clockid_t clock, struct timespec *time);
int __wrap_clock_gettime(clockid_t clock, struct timespec *time);

ssize_t __wrap_recv(int socket, void *data, size_t length, int flags)
{
    return stub_is(socket) ? stub_receive(data, length, flags)
                           : __real_recv(socket, data, length, flags);
}

ssize_t __wrap_sendmsg(int socket, const struct msghdr *message, int flags)
{
    return stub_is(socket) ? stub_send(message, flags)
                           : __real_sendmsg(socket, message, flags);
}

int __wrap_poll(struct pollfd *descriptors, nfds_t count, int timeout)
{
    return count == 1 && stub_is(descriptors[0].fd)
               ? stub_poll(descriptors, timeout)
               : __real_poll(descriptors, count, timeout);
}

int __wrap_shutdown(int socket, int how)
{
    if (stub_is(socket)) {
        stub.shutdowns++;
        stub.send_error = EPIPE;
        stub.send_fails_after = 0;
    }
    return __real_shutdown(socket, how);
}

int __wrap_close(int descriptor)
{
    if (stub_is(descriptor)) {
        stub.closes++;
        stub.closed_before_log = stub.writes == 0;
    }
    return __real_close(descriptor);
}

/* The log goes to standard error; here, the stub keeps it. */
ssize_t __wrap_write(int descriptor, const void *data, size_t length)
{
    if (stub_is(descriptor)) {
        return stub_send_octets(data, length, 0);
    }
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
