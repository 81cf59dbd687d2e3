/*
 * short_sends.c - calls that take only a part of what they should send: about
 * half, and at most 1,000 bytes.
 *
 * A server that is linked with it (SHORT_LINK in the Makefile has the calls)
 * sends to its clients in such parts, as the system may do at any time. What
 * goes to a file or a pipe stays whole.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../unit/support_call_names.h"

enum {
    MOST = 1000
};

#define REPLACES(call, ...)                                                    \
    ssize_t __real_##call(__VA_ARGS__);                                        \
    ssize_t __wrap_##call(__VA_ARGS__)

REPLACES(send, int sock, const void *data, size_t length, int flags);
REPLACES(sendmsg, int sock, const struct msghdr *message, int flags);
REPLACES(write, int descriptor, const void *data, size_t length);
REPLACES(writev, int descriptor, const struct iovec *parts, int count);

static bool is_client(int descriptor)
{
    struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
    socklen_t length = sizeof address;
    int before = errno;

    (void)getpeername(descriptor, (struct sockaddr *)&address, &length);
    errno = before;
    return address.ss_family == AF_INET || address.ss_family == AF_INET6;
}

static size_t part_of(size_t length)
{
    size_t half = length - length / 2;

    return half < MOST ? half : MOST;
}

/* A part of the first that is not empty. */
static struct iovec first_part(const struct iovec *parts, size_t count)
{
    struct iovec part = {NULL, 0};

    for (size_t i = 0; i < count && part.iov_len == 0; i++) {
        part = parts[i];
    }
    part.iov_len = part_of(part.iov_len);
    return part;
}

ssize_t __wrap_send(int sock, const void *data, size_t length, int flags)
{
    return __real_send(sock, data, is_client(sock) ? part_of(length) : length,
                       flags);
}

ssize_t __wrap_sendmsg(int sock, const struct msghdr *message, int flags)
{
    struct iovec part = first_part(message->msg_iov, message->msg_iovlen);
    struct msghdr shorter = *message;

    shorter.msg_iov = &part;
    shorter.msg_iovlen = 1;
    return __real_sendmsg(sock, is_client(sock) ? &shorter : message, flags);
}

ssize_t __wrap_write(int descriptor, const void *data, size_t length)
{
    return __real_write(descriptor, data,
                        is_client(descriptor) ? part_of(length) : length);
}

ssize_t __wrap_writev(int descriptor, const struct iovec *parts, int count)
{
    struct iovec part = first_part(parts, count > 0 ? (size_t)count : 0);

    return is_client(descriptor) ? __real_writev(descriptor, &part, 1)
                                 : __real_writev(descriptor, parts, count);
}
