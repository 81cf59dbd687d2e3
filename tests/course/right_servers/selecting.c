/* selecting.c - select, then recv; select, then writev, both parts at once. */
#include "sockets.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>

/* Gives 1, or 0 if the time is up, or -1. */
static int wait_for(int socket, int milliseconds, int to_send)
{
    struct timeval time = {.tv_sec = milliseconds / 1000,
                           .tv_usec = milliseconds % 1000 * 1000};
    fd_set sockets;
    int ready;

    do { /* Linux takes from the time what has passed */
        FD_ZERO(&sockets);
        FD_SET(socket, &sockets);
        ready = select(socket + 1, to_send ? NULL : &sockets,
                       to_send ? &sockets : NULL, NULL, &time);
    } while (ready == -1 && errno == EINTR);
    return ready;
}

ssize_t socket_receive(int socket, void *data, size_t length, int milliseconds)
{
    ssize_t count;
    int ready;

    do {
        ready = wait_for(socket, milliseconds, 0);
        if (ready <= 0) {
            errno = ready == 0 ? EAGAIN : errno;
            return -1;
        }
        count = recv(socket, data, length, 0);
    } while (count == -1 && errno == EINTR);
    return count;
}

int socket_send(int socket, const struct iovec parts[2], int milliseconds)
{
    struct iovec left[2] = {parts[0], parts[1]};
    int yes = 1;

    if (ioctl(socket, FIONBIO, &yes) == -1 ||
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) == -1) {
        return -1;
    }
    while (left[0].iov_len + left[1].iov_len > 0) {
        ssize_t count;

        if (wait_for(socket, milliseconds, 1) <= 0) {
            return -1;
        }
        count = writev(socket, left, 2);
        if (count == -1 && errno != EINTR && errno != EAGAIN) {
            return -1;
        }
        for (int i = 0; i < 2 && count > 0; i++) {
            size_t taken = (size_t)count < left[i].iov_len ? (size_t)count
                                                           : left[i].iov_len;

            left[i].iov_base = (char *)left[i].iov_base + taken;
            left[i].iov_len -= taken;
            count -= (ssize_t)taken;
        }
    }
    return 0;
}
