/* blocking.c - recv and send, which wait for as long as the socket is told. */
#include "sockets.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>

static void set_time(int socket, int option, int milliseconds)
{
    struct timeval time = {.tv_sec = milliseconds / 1000,
                           .tv_usec = milliseconds % 1000 * 1000};

    (void)setsockopt(socket, SOL_SOCKET, option, &time, sizeof time);
}

ssize_t socket_receive(int socket, void *data, size_t length, int milliseconds)
{
    ssize_t count;

    set_time(socket, SO_RCVTIMEO, milliseconds);
    do {
        count = recv(socket, data, length, 0);
    } while (count == -1 && errno == EINTR);
    return count;
}

int socket_send(int socket, const struct iovec parts[2], int milliseconds)
{
    set_time(socket, SO_SNDTIMEO, milliseconds);
    for (int i = 0; i < 2; i++) {
        const char *next = parts[i].iov_base;
        size_t left = parts[i].iov_len;

        while (left > 0) {
            ssize_t count = send(socket, next, left, MSG_NOSIGNAL);

            if (count == -1 && errno != EINTR) {
                return -1;
            }
            if (count > 0) {
                next += count;
                left -= (size_t)count;
            }
        }
    }
    return 0;
}
