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

/* Octets of an interface and a port, as far as messages show them. */
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

static void write_why(const char *what, const char *why,
                      char reason[REASON_SIZE])
{
    (void)snprintf(reason, REASON_SIZE, "cannot %.200s: %.100s", what, why);
}

/* The same for an error of getaddrinfo or getnameinfo, which have numbers of
 * their own. */
static void explain_lookup(const char *what, int error,
                           char reason[REASON_SIZE])
{
    if (error == EAI_SYSTEM) {
        reason_write(reason, what, errno);
    } else {
        write_why(what, gai_strerror(error), reason);
    }
}

static bool port_is_valid(const char *port)
{
    size_t length = strlen(port);

    return length > 0 && length <= 5 && strspn(port, "0123456789") == length &&
           strtol(port, NULL, 10) <= port_most;
}

/* What is wrong with the arguments themselves; NULL if nothing is. An unset
 * variable in a shell makes an empty interface, and must not open the server to
 * the whole network. */
static const char *check(const char *interface, const char *port)
{
    if (interface[0] == '\0' || strcmp(interface, "*") == 0) {
        return "name an address; all interfaces are 0.0.0.0 (IPv4) or :: "
               "(IPv6)";
    }
    return port_is_valid(port) ? NULL : "a port is a number from 0 to 65535";
}

struct addrinfo *address_look_up(const char *interface, const char *port,
                                 char reason[REASON_SIZE])
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_NUMERICSERV};
    const char *wrong = check(interface, port);
    struct addrinfo *addresses = NULL;
    char what[shown];
    int error;

    name_both(interface, port, what);
    if (wrong != NULL) {
        write_why(what, wrong, reason);
        return NULL;
    }
    error = getaddrinfo(interface, port, &hints, &addresses);
    if (error != 0) {
        explain_lookup(what, error, reason);
        return NULL;
    }
    return addresses;
}

int address_url(int listening_socket, char url[ADDRESS_URL_SIZE],
                char reason[REASON_SIZE])
{
    static const char what[] = "find out which port was taken";
    struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
    socklen_t length = sizeof address;
    char host[128];
    char port[16];
    bool brackets;
    int error;

    if (getsockname(listening_socket, (struct sockaddr *)&address, &length) ==
        -1) {
        reason_write(reason, what, errno);
        return -1;
    }
    error = getnameinfo((struct sockaddr *)&address, length, host, sizeof host,
                        port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV);
    if (error != 0) {
        explain_lookup(what, error, reason);
        return -1;
    }
    brackets = address.ss_family == AF_INET6;
    (void)snprintf(url, ADDRESS_URL_SIZE, "http://%s%s%s:%s/",
                   brackets ? "[" : "", host, brackets ? "]" : "", port);
    return 0;
}
