/*
 * listener.h - the socket that clients connect to.
 */
#ifndef NET_LISTENER_H
#define NET_LISTENER_H

/* Octets of the longest text below, with its NUL. */
#define LISTENER_TEXT_SIZE 320

struct listener {
    int socket;                   /* owned by whoever called listener_open */
    char url[LISTENER_TEXT_SIZE]; /* once it listens: http://127.0.0.1:8080/ */
    char reason[LISTENER_TEXT_SIZE]; /* otherwise: a sentence that says why */
};

/*
 * Binds to the interface and port and listens. `interface` is an IPv4 or IPv6
 * address or a name; "" is 0.0.0.0, all interfaces of IPv4. `port` is a number
 * from 0 to 65535; 0 takes a free one, which `url` then tells. Returns 0, or
 * -1 with the reason.
 *
 * Standard streams that are closed are opened on /dev/null first: a client must
 * not get the descriptor that the log is written to.
 */
int listener_open(struct listener *listener, const char *interface,
                  const char *port);

#endif
