/*
 * address.h - the addresses to listen on, and words for people about them.
 */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include <netdb.h>

#include "reason.h"

/*
 * Looks up the addresses of an interface and a port, for socket and bind.
 * `interface` is an IPv4 or IPv6 address or a name, `port` a number from 0 to
 * 65535; 0 takes a free port.
 *
 * Returns a list, to be released with freeaddrinfo: a name may have several
 * addresses. Or NULL, with the reason.
 */
struct addrinfo *address_look_up(const char *interface, const char *port,
                                 char reason[REASON_SIZE]);

/* Writes the reason for an `error` (errno) of socket, bind or listen. */
void address_explain(const char *interface, const char *port, int error,
                     char reason[REASON_SIZE]);

/* Bytes of the longest URL below, with its NUL. */
#define ADDRESS_URL_SIZE 160

/*
 * Writes the URL at which a browser on this machine finds the server:
 * http://127.0.0.1:8080/, with the port that was taken in place of 0. Returns
 * 0, or -1 with the reason.
 */
int address_url(int listening_socket, char url[ADDRESS_URL_SIZE],
                char reason[REASON_SIZE]);

#endif
