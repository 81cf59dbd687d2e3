/* sys/socket.h - wasi-libc's, and the calls that it leaves out. */
#ifndef PLAYGROUND_SYS_SOCKET_H
#define PLAYGROUND_SYS_SOCKET_H

#include_next <sys/socket.h>

#define SO_REUSEADDR 2

int socket(int domain, int type, int protocol);
int setsockopt(int sock, int level, int name, const void *value,
               socklen_t length);
int bind(int sock, const struct sockaddr *address, socklen_t length);
int listen(int sock, int backlog);

#endif
