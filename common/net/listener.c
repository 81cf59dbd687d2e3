/* listener.c - address lookup, bind, listen; the contract is in listener.h. */
#include "listener.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform.h"

static const int queue_length = 4096; /* the kernel may have a smaller one */
static const long port_most = 65535;

static bool port_is_valid(const char *port)
{
    size_t length = strlen(port);

    return length > 0 && length <= 5 && strspn(port, "0123456789") == length &&
           strtol(port, NULL, 10) <= port_most;
}

static void explain(struct listener *listener, const char *interface,
                    const char *port, const char *why)
{
    (void)snprintf(listener->reason, sizeof listener->reason,
                   "cannot listen on interface '%.128s', port '%.32s': %s",
                   interface, port, why);
}

/* The same, for an error of the system. */
static void explain_error(struct listener *listener, const char *interface,
                          const char *port, int error)
{
    locale_t english = newlocale(LC_ALL_MASK, "C", (locale_t)0);

    if (english == (locale_t)0) {
        explain(listener, interface, port, "there is no memory");
        return;
    }
    explain(listener, interface, port, strerror_l(error, english));
    freelocale(english);
}

/* The same, for an error of getaddrinfo or getnameinfo. */
static void explain_lookup(struct listener *listener, const char *interface,
                           const char *port, int error)
{
    if (error == EAI_SYSTEM) {
        explain_error(listener, interface, port, errno);
    } else {
        explain(listener, interface, port, gai_strerror(error));
    }
}

/* Opens those of the descriptors 0, 1 and 2 that are closed. */
static int open_standard_streams(void)
{
    int descriptor = 0;

    while (descriptor != -1 && descriptor <= STDERR_FILENO) {
        descriptor = open("/dev/null", O_RDWR); /* gives the lowest free one */
    }
    return descriptor == -1 ? -1 : close(descriptor);
}

/* Gives a listening socket, or -1 with errno. */
static int listen_on(const struct addrinfo *address)
{
    int one = 1;
    int error;
    int listening =
        socket(address->ai_family, address->ai_socktype, address->ai_protocol);

    if (listening == -1) {
        return -1;
    }
    /* A server that was ended may start again at once on its port. */
    if (setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) ==
            0 &&
        bind(listening, address->ai_addr, address->ai_addrlen) == 0 &&
        listen(listening, queue_length) == 0) {
        platform_defer_accept(listening);
        return listening;
    }
    error = errno;
    (void)close(listening);
    errno = error;
    return -1;
}

/* The URL at which a browser on this machine finds the server. Gives 0, or an
 * error of getnameinfo. */
static int describe(struct listener *listener)
{
    struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
    socklen_t length = sizeof address;
    char host[128];
    char port[16];
    int error;

    if (getsockname(listener->socket, (struct sockaddr *)&address, &length) ==
        -1) {
        return EAI_SYSTEM;
    }
    error = getnameinfo((struct sockaddr *)&address, length, host, sizeof host,
                        port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
    if (error == 0) {
        bool brackets = address.ss_family == AF_INET6;

        (void)snprintf(listener->url, sizeof listener->url, "http://%s%s%s:%s/",
                       brackets ? "[" : "", host, brackets ? "]" : "", port);
    }
    return error;
}

/* A name may have several addresses: the first that works is taken. */
static int listen_on_first(const struct addrinfo *addresses)
{
    int listening = -1;

    while (addresses != NULL && listening == -1) {
        listening = listen_on(addresses);
        addresses = addresses->ai_next;
    }
    return listening;
}

int listener_open(struct listener *listener, const char *interface,
                  const char *port)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_NUMERICSERV};
    const char *node = interface[0] == '\0' ? "0.0.0.0" : interface;
    struct addrinfo *addresses;
    int error;

    listener->socket = -1;
    if (open_standard_streams() == -1) {
        explain_error(listener, interface, port, errno);
        return -1;
    }
    if (!port_is_valid(port)) {
        explain(listener, interface, port,
                "a port is a number from 0 to 65535");
        return -1;
    }
    error = getaddrinfo(node, port, &hints, &addresses);
    if (error != 0) {
        explain_lookup(listener, interface, port, error);
        return -1;
    }
    listener->socket = listen_on_first(addresses);
    error = listener->socket == -1 ? EAI_SYSTEM : describe(listener);
    if (error != 0) {
        explain_lookup(listener, interface, port, error);
    }
    if (error != 0 && listener->socket != -1) {
        (void)close(listener->socket);
        listener->socket = -1;
    }
    freeaddrinfo(addresses);
    return error == 0 ? 0 : -1;
}
