/*
 * address.h - finds the addresses to listen on, and explains errors with them.
 */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include <netdb.h>

#include "reason.h"

/*
 * Looks up the addresses of an interface and a port, for socket and bind.
 * `interface` is an IPv4 address, an IPv6 address or a name. `port` is a number
 * from 0 to 65535, and 0 means any free port.
 *
 * Returns a list, because a name may have several addresses. Release it with
 * freeaddrinfo. If there are none, returns NULL, with the reason.
 */
struct addrinfo *address_look_up(const char *interface, const char *port,
                                 char reason[REASON_SIZE]);

/* Writes the reason why socket, bind or listen failed. `error` is its errno. */
void address_explain(const char *interface, const char *port, int error,
                     char reason[REASON_SIZE]);

/* The size of the longest URL below, with its NUL. */
#define ADDRESS_URL_SIZE 160

/*
 * Writes the URL at which a browser on this machine finds the server, such as
 * http://127.0.0.1:8080/. If the port was 0, the URL has the one that was
 * taken. Returns 0, or -1 with the reason.
 */
int address_url(int listening_socket, char url[ADDRESS_URL_SIZE],
                char reason[REASON_SIZE]);

#endif
