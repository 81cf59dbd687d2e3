/* netdb.h - what the stages need of it; wasi-libc has no such header. */
#ifndef PLAYGROUND_NETDB_H
#define PLAYGROUND_NETDB_H

#include <sys/socket.h>

struct addrinfo {
    int ai_family;
    int ai_socktype;
    int ai_protocol;
    socklen_t ai_addrlen;
    struct sockaddr *ai_addr;
    struct addrinfo *ai_next;
};

void freeaddrinfo(struct addrinfo *addresses);

#endif
