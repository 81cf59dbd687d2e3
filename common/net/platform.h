/*
 * platform.h - the one place for what only Linux has.
 *
 * Elsewhere, or with -DPORTABLE, the same is done with POSIX alone; what is
 * lost then stands in platform.c beside each piece.
 */
#ifndef NET_PLATFORM_H
#define NET_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* Accepts a client, as accept(2); the socket is closed on exec. */
int platform_accept(int listening_socket, struct sockaddr_storage *address);

/* Lets the kernel keep clients that have said nothing yet, for about a second,
 * so that no thread has to wait for their first octets. */
void platform_defer_accept(int listening_socket);

/* Makes sure that platform_receive and platform_send do not block. Returns 0,
 * or -1 with errno. */
int platform_prepare(int client_sock);

/*
 * recv(2) and sendmsg(2) that do not block, but fail with EAGAIN; sending to
 * a client that is gone fails with EPIPE, without a signal. With `end_follows`,
 * the sending side is ended as soon as all is sent: the last octets may wait
 * for that, and go with it in one packet.
 */
ssize_t platform_receive(int client_sock, char *data, size_t length);
ssize_t platform_send(int client_sock, const struct msghdr *message,
                      bool end_follows);

/* Gives memory that was freed back to the system: all of it, if the threads
 * share one heap since before the first of them started. */
void platform_share_heap(void);
void platform_trim_memory(void);

/* How the program was started, for messages: "build/stage6/webserve". */
const char *platform_program_name(void);

#endif
