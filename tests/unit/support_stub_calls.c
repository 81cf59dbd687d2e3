/* support_stub_calls.c - the calls that receive and send octets, and those that
 * do something else with the socket; see support_stub.h.
 */
#include "support_stub_core.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- Receiving ---- */

ssize_t __real_read(int descriptor, void *data, size_t length);
STANDS_IN_FOR(ssize_t, readv, int descriptor, const struct iovec *parts,
              int count);
STANDS_IN_FOR(ssize_t, recv, int socket, void *data, size_t length, int flags);
STANDS_IN_FOR(ssize_t, recvfrom, int socket, void *data, size_t length,
              int flags, struct sockaddr *address, socklen_t *address_length);
STANDS_IN_FOR(ssize_t, recvmsg, int socket, struct msghdr *message, int flags);

ssize_t __wrap_read(int descriptor, void *data, size_t length)
{
    struct iovec part = {data, length};

    if (!is_stub(descriptor)) {
        return __real_read(descriptor, data, length);
    }
    if (length == 0) {
        return 0; /* unlike recv, it does not wait for octets then */
    }
    return stub_receive(descriptor, &part, 1, 0, "read");
}

ssize_t __wrap_readv(int descriptor, const struct iovec *parts, int count)
{
    if (!is_stub(descriptor)) {
        return __real_readv(descriptor, parts, count);
    }
    return stub_receive(descriptor, parts, (size_t)count, 0, "readv");
}

ssize_t __wrap_recv(int socket, void *data, size_t length, int flags)
{
    struct iovec part = {data, length};

    if (!is_stub(socket)) {
        return __real_recv(socket, data, length, flags);
    }
    return stub_receive(socket, &part, 1, flags, "recv");
}

ssize_t __wrap_recvfrom(int socket, void *data, size_t length, int flags,
                        struct sockaddr *address, socklen_t *address_length)
{
    struct iovec part = {data, length};

    if (!is_stub(socket)) {
        return __real_recvfrom(socket, data, length, flags, address,
                               address_length);
    }
    if (address_length != NULL) {
        *address_length = 0; /* as of any connected stream */
    }
    return stub_receive(socket, &part, 1, flags, "recvfrom");
}

ssize_t __wrap_recvmsg(int socket, struct msghdr *message, int flags)
{
    if (!is_stub(socket)) {
        return __real_recvmsg(socket, message, flags);
    }
    message->msg_namelen = 0;
    message->msg_controllen = 0;
    message->msg_flags = 0;
    return stub_receive(socket, message->msg_iov, (size_t)message->msg_iovlen,
                        flags, "recvmsg");
}

/* ---- Sending ---- */

STANDS_IN_FOR(ssize_t, writev, int descriptor, const struct iovec *parts,
              int count);
STANDS_IN_FOR(ssize_t, send, int socket, const void *data, size_t length,
              int flags);
STANDS_IN_FOR(ssize_t, sendto, int socket, const void *data, size_t length,
              int flags, const struct sockaddr *address,
              socklen_t address_length);
STANDS_IN_FOR(ssize_t, sendmsg, int socket, const struct msghdr *message,
              int flags);

/* What is sent stays as it is, whatever the type of an iovec says. */
static struct iovec part_of(const void *data, size_t length)
{
    struct iovec part = {.iov_len = length};

    memcpy(&part.iov_base, &data, sizeof data);
    return part;
}

ssize_t __wrap_write(int descriptor, const void *data, size_t length)
{
    struct iovec part = part_of(data, length);

    if (is_stub_log(descriptor)) {
        stub_log(&part, 1);
        return (ssize_t)length;
    }
    if (!is_stub(descriptor)) {
        return __real_write(descriptor, data, length);
    }
    return stub_send(descriptor, &part, 1, 0, "write");
}

ssize_t __wrap_writev(int descriptor, const struct iovec *parts, int count)
{
    if (is_stub_log(descriptor)) {
        size_t length = 0;

        for (int i = 0; i < count; i++) {
            length += parts[i].iov_len;
        }
        stub_log(parts, (size_t)count);
        return (ssize_t)length;
    }
    if (!is_stub(descriptor)) {
        return __real_writev(descriptor, parts, count);
    }
    return stub_send(descriptor, parts, (size_t)count, 0, "writev");
}

ssize_t __wrap_send(int socket, const void *data, size_t length, int flags)
{
    struct iovec part = part_of(data, length);

    if (!is_stub(socket)) {
        return __real_send(socket, data, length, flags);
    }
    return stub_send(socket, &part, 1, flags, "send");
}

ssize_t __wrap_sendto(int socket, const void *data, size_t length, int flags,
                      const struct sockaddr *address, socklen_t address_length)
{
    struct iovec part = part_of(data, length);

    if (!is_stub(socket)) {
        return __real_sendto(socket, data, length, flags, address,
                             address_length);
    }
    return stub_send(socket, &part, 1, flags, "sendto");
}

ssize_t __wrap_sendmsg(int socket, const struct msghdr *message, int flags)
{
    if (!is_stub(socket)) {
        return __real_sendmsg(socket, message, flags);
    }
    return stub_send(socket, message->msg_iov, (size_t)message->msg_iovlen,
                     flags, "sendmsg");
}

/* ---- The socket itself ---- */

STANDS_IN_FOR(int, shutdown, int socket, int how);
int __real_close(int descriptor);
STANDS_IN_FOR(int, dup, int descriptor);
STANDS_IN_FOR(int, setsockopt, int socket, int level, int option,
              const void *value, socklen_t length);
STANDS_IN_FOR(int, getpeername, int socket, struct sockaddr *address,
              socklen_t *length);
STANDS_IN_FOR(int, getsockname, int socket, struct sockaddr *address,
              socklen_t *length);
STANDS_IN_FOR(int, ioctl, int descriptor, unsigned long request, ...);
STANDS_IN_FOR(int, epoll_ctl, int set, int operation, int descriptor,
              struct epoll_event *event);

int __wrap_shutdown(int socket, int how)
{
    if (is_stub(socket)) {
        stub.shutdowns++;
        stub.answered = stub.answered || how != SHUT_RD;
    }
    return __real_shutdown(socket, how);
}

int __wrap_close(int descriptor)
{
    if (is_stub(descriptor)) {
        stub.closes++;
        stub.closed_before_log = stub.writes == 0;
        stub.left_unread = stub.given < stub.length;
    }
    return __real_close(descriptor);
}

int __wrap_dup(int descriptor)
{
    int copy = __real_dup(descriptor);

    if (is_stub(descriptor) && copy != -1) {
        assert_true(stub.copies_count < COUNT(stub.copies));
        stub.copies[stub.copies_count++] = copy;
    }
    return copy;
}

/* What is asked of TCP and IP, no local socket can do. */
int __wrap_setsockopt(int socket, int level, int option, const void *value,
                      socklen_t length)
{
    if (is_stub(socket) && level != SOL_SOCKET) {
        return 0;
    }
    return __real_setsockopt(socket, level, option, value, length);
}

/* Both ends are those of a client on this machine. */
static int give_address(in_port_t port, struct sockaddr *address,
                        socklen_t *length)
{
    struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons(port)};

    local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    memcpy(address, &local, *length < sizeof local ? *length : sizeof local);
    *length = sizeof local;
    return 0;
}

int __wrap_getpeername(int socket, struct sockaddr *address, socklen_t *length)
{
    return is_stub(socket) ? give_address(50000, address, length)
                           : __real_getpeername(socket, address, length);
}

int __wrap_getsockname(int socket, struct sockaddr *address, socklen_t *length)
{
    return is_stub(socket) ? give_address(8080, address, length)
                           : __real_getsockname(socket, address, length);
}

int __wrap_ioctl(int descriptor, unsigned long request, ...)
{
    va_list arguments;
    void *argument;

    va_start(arguments, request);
    argument = va_arg(arguments, void *);
    va_end(arguments);
    if (is_stub(descriptor) && request == FIONREAD) {
        *(int *)argument = (int)stub_octets_there();
        return 0;
    }
    return __real_ioctl(descriptor, request, argument);
}

int __wrap_epoll_ctl(int set, int operation, int descriptor,
                     struct epoll_event *event)
{
    if (is_stub(descriptor)) {
        stub_give_up();
        assert_row_that(NULL, false,
                        "this test cannot see what epoll would tell of its "
                        "client; it knows poll, ppoll, select and pselect");
    }
    return __real_epoll_ctl(set, operation, descriptor, event);
}
