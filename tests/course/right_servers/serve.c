/*
 * serve.c - the usual loop, without anything of common/net: accept, which
 * blocks, and a new thread for each client. SIGTERM and SIGINT end the program
 * at once, with 0.
 */
#include "webserve.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a new thread is given, and frees. */
struct client {
    int sock;
    struct sockaddr_storage address;
};

static void end(int number)
{
    (void)number;
    _exit(0);
}

static void *handle_client(void *argument)
{
    struct client *client = argument;

    handle_connection(client->sock, &client->address);
    free(client);
    return NULL;
}

static void start_client(int client_sock,
                         const struct sockaddr_storage *client_address)
{
    struct client *client = malloc(sizeof *client);
    pthread_t thread;

    if (client == NULL) {
        (void)close(client_sock);
        return;
    }
    *client = (struct client){client_sock, *client_address};
    if (pthread_create(&thread, NULL, handle_client, client) == 0) {
        (void)pthread_detach(thread);
    } else {
        (void)handle_client(client); /* in this thread, then */
    }
}

static void accept_clients(int listening_socket)
{
    while (1) {
        struct sockaddr_storage client_address;
        socklen_t length = sizeof client_address;
        int client_sock = accept(listening_socket,
                                 (struct sockaddr *)&client_address, &length);

        if (client_sock != -1) {
            start_client(client_sock, &client_address);
        } else {
            (void)usleep(20000); /* descriptors become free again */
        }
    }
}

/* A number from 0 to 65535: getaddrinfo takes others, too. */
static int port_is_valid(const char *port)
{
    size_t length = strlen(port);

    return length > 0 && length <= 5 && strspn(port, "0123456789") == length &&
           strtol(port, NULL, 10) <= 65535;
}

/* Returns -1, having said why. */
static int fail(const char *interface, const char *port, const char *why)
{
    (void)fprintf(stderr, "webserve: interface %s, port %s: %s\n", interface,
                  port, why);
    return -1;
}

/* Returns a socket that listens at the first address, or -1 with errno. */
static int listen_at(const struct addrinfo *address)
{
    int sock = socket(address->ai_family, SOCK_STREAM, 0);
    int yes = 1;

    if (sock != -1 &&
        (setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == -1 ||
         bind(sock, address->ai_addr, address->ai_addrlen) == -1 ||
         listen(sock, SOMAXCONN) == -1)) {
        int error = errno;

        (void)close(sock);
        errno = error;
        return -1;
    }
    return sock;
}

static int listen_on(const char *interface, const char *port)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_NUMERICSERV};
    struct addrinfo *addresses;
    int error;
    int sock;

    if (!port_is_valid(port)) {
        return fail(interface, port, "a port is a number from 0 to 65535");
    }
    error = getaddrinfo(interface, port, &hints, &addresses);
    if (error != 0) {
        return fail(interface, port, gai_strerror(error));
    }
    sock = listen_at(addresses);
    if (sock == -1) {
        (void)fail(interface, port, strerror(errno));
    }
    freeaddrinfo(addresses);
    return sock;
}

/* Prints where it listens; the port may have been 0. */
static int print_address(int listening_socket)
{
    struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
    socklen_t length = sizeof address;
    const char *form = "webserve: listening on http://%s:%s/\n";
    char host[128];
    char port[16];

    if (getsockname(listening_socket, (struct sockaddr *)&address, &length) ==
            -1 ||
        getnameinfo((struct sockaddr *)&address, length, host, sizeof host,
                    port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        return -1;
    }
    if (address.ss_family == AF_INET6) {
        form = "webserve: listening on http://[%s]:%s/\n";
    }
    (void)printf(form, host, port);
    return fflush(stdout);
}

int serve(const char *interface, const char *port)
{
    int sock = listen_on(interface, port);

    if (sock == -1) {
        return -1;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGTERM, end);
    (void)signal(SIGINT, end);
    if (print_address(sock) != 0) {
        return fail(interface, port, "its address cannot be found out");
    }
    accept_clients(sock);
    return -1; /* never */
}
