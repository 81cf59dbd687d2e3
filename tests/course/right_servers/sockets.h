/*
 * sockets.h - how a variant talks to its client's socket.
 *
 * Each of blocking.c, nonblocking.c, selecting.c and stdio.c does the same with
 * other calls; a folder that is tested has one of them.
 */
#ifndef SOCKETS_H
#define SOCKETS_H

#include <stddef.h>
#include <sys/types.h>
#include <sys/uio.h>

/* Receives what has come; waits for it, for so many milliseconds. Gives the
 * number of bytes, 0 at the end of the stream, or -1 with errno; EAGAIN when
 * the time is up. */
ssize_t socket_receive(int socket, void *data, size_t length, int milliseconds);

/* Sends two parts, whole and in order, waiting for each byte no longer than
 * so many milliseconds. Returns 0, or -1 with errno. */
int socket_send(int socket, const struct iovec parts[2], int milliseconds);

#endif
