/* nonblocking.c - read and write, which do not wait, and poll, which does. The
 * program ignores SIGPIPE, or blocks it. */
#include "sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <unistd.h>

/* Waits after a call that failed; false if there is no use in another. */
static bool waited(int socket, short events, int milliseconds)
{
    struct pollfd client = {.fd = socket, .events = events};
    int ready;

    if (errno == EINTR) {
        return true;
    }
    if (errno != EAGAIN && errno != EWOULDBLOCK) {
        return false;
    }
    do {
        ready = poll(&client, 1, milliseconds);
    } while (ready == -1 && errno == EINTR);
    if (ready == 0) {
        errno = EAGAIN;
    }
    return ready > 0;
}

ssize_t socket_receive(int socket, void *data, size_t length, int milliseconds)
{
    ssize_t count;

    (void)fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK);
    do {
        count = read(socket, data, length);
    } while (count == -1 && waited(socket, POLLIN, milliseconds));
    return count;
}

int socket_send(int socket, const struct iovec parts[2], int milliseconds)
{
    for (int i = 0; i < 2; i++) {
        const char *next = parts[i].iov_base;
        size_t left = parts[i].iov_len;

        while (left > 0) {
            ssize_t count = write(socket, next, left);

            if (count == -1 && !waited(socket, POLLOUT, milliseconds)) {
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
