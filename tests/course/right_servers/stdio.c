/* stdio.c - recvfrom; dprintf for the head, and write. The program ignores
 * SIGPIPE, or blocks it. */
#include "sockets.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

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
        count = recvfrom(socket, data, length, 0, NULL, NULL);
    } while (count == -1 && errno == EINTR);
    return count;
}

int socket_send(int socket, const struct iovec parts[2], int milliseconds)
{
    const char *next = parts[1].iov_base;
    size_t left = parts[1].iov_len;

    set_time(socket, SO_SNDTIMEO, milliseconds);
    if (dprintf(socket, "%.*s", (int)parts[0].iov_len,
                (const char *)parts[0].iov_base) < 0) {
        return -1;
    }
    while (left > 0) {
        ssize_t count = write(socket, next, left);

        if (count == -1 && errno != EINTR) {
            return -1;
        }
        if (count > 0) {
            next += count;
            left -= (size_t)count;
        }
    }
    return 0;
}
