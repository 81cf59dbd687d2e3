/* address.c - the contract is in address.h. */
#include "address.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static const long port_most = 65535;

/* The size of an interface and a port, as far as messages show them. */
enum {
    shown = 160
};

static void name_both(const char *interface, const char *port, char text[shown])
{
    (void)snprintf(text, shown, "listen on interface '%.64s', port '%.32s'",
                   interface, port);
}

void address_explain(const char *interface, const char *port, int error,
                     char reason[REASON_SIZE])
{
    char what[shown];

    name_both(interface, port, what);
    reason_write(reason, what, error);
}

/* The same, for a fault that has no errno. */
static void explain(const char *interface, const char *port, const char *why,
                    char reason[REASON_SIZE])
{
    char what[shown];

    name_both(interface, port, what);
    (void)snprintf(reason, REASON_SIZE, "cannot %s: %.128s", what, why);
}

static bool port_is_valid(const char *port)
{
    size_t length = strlen(port);

    return length > 0 && length <= 5 && strspn(port, "0123456789") == length &&
           strtol(port, NULL, 10) <= port_most;
}

/* Returns what is wrong with the arguments themselves, or NULL. An unset shell
 * variable makes an empty interface, which must not open the server to the
 * whole network. */
static const char *check(const char *interface, const char *port)
{
    if (interface[0] == '\0' || strcmp(interface, "*") == 0) {
        return "name an address; 0.0.0.0 (IPv4) or :: (IPv6) means all "
               "interfaces";
    }
    return port_is_valid(port) ? NULL : "a port is a number from 0 to 65535";
}

struct addrinfo *address_look_up(const char *interface, const char *port,
                                 char reason[REASON_SIZE])
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_NUMERICSERV};
    struct addrinfo *addresses = NULL;
    const char *why = check(interface, port);
    int error = 0;

    if (why == NULL) {
        error = getaddrinfo(interface, port, &hints, &addresses);
    }
    if (error == EAI_SYSTEM) {
        address_explain(interface, port, errno, reason);
    } else if (why != NULL || error != 0) {
        explain(interface, port, why != NULL ? why : gai_strerror(error),
                reason);
    }
    return error == 0 ? addresses : NULL;
}

int address_url(int listening_socket, char url[ADDRESS_URL_SIZE],
                char reason[REASON_SIZE])
{
    struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
    socklen_t length = sizeof address;
    char host[128];
    char port[16];
    bool brackets;
    int error;

    if (getsockname(listening_socket, (struct sockaddr *)&address, &length) ==
        -1) {
        reason_write(reason, "find out which port was taken", errno);
        return -1;
    }
    error = getnameinfo((struct sockaddr *)&address, length, host, sizeof host,
                        port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
    if (error != 0) {
        (void)snprintf(reason, REASON_SIZE,
                       "cannot write the address and port as text: %.128s",
                       gai_strerror(error));
        return -1;
    }
    brackets = address.ss_family == AF_INET6;
    (void)snprintf(url, ADDRESS_URL_SIZE, "http://%s%s%s:%s/",
                   brackets ? "[" : "", host, brackets ? "]" : "", port);
    return 0;
}
