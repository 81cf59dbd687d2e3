/* listening.c - the contract is in listening.h. */
#include "listening.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static void give_up(const char *what)
{
    perror(what);
    exit(1);
}

int listening_open(const char *name)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    int seconds = 1;
    int listening = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (listening == -1 ||
        setsockopt(listening, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds,
                   sizeof seconds) == -1 ||
        bind(listening, (struct sockaddr *)&address, sizeof address) == -1 ||
        listen(listening, 4096) == -1 ||
        getsockname(listening, (struct sockaddr *)&address, &length) == -1) {
        give_up(name);
    }
    printf("%s: listening on http://127.0.0.1:%d/\n", name,
           ntohs(address.sin_port));
    fflush(stdout);
    return listening;
}

char *listening_read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    size_t capacity = 1 << 20;
    char *octets = malloc(capacity);

    if (file == NULL || octets == NULL) {
        give_up(path);
    }
    *length = fread(octets, 1, capacity, file);
    if (ferror(file) || *length == capacity) {
        give_up(path);
    }
    fclose(file);
    return octets;
}
