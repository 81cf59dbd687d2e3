/*
 * network.h - what the page does for the server that runs in it: it is the
 * network, with one client, and it hears of all that the server does. server.js
 * has these functions; the linker leaves them open.
 */
#ifndef PLAYGROUND_NETWORK_H
#define PLAYGROUND_NETWORK_H

#include <stddef.h>

#define FROM_PAGE(name)                                                        \
    __attribute__((import_module("page"), import_name(#name)))

/* What network_receive returns instead of a count. */
enum {
    NETWORK_ENDED = 0,
    NETWORK_SILENT = -1,
    NETWORK_RESET = -2
};

/* The next piece, or as much of it as there is room for; or one of the above.
 * If the client has sent everything and waits, it does not return: the page
 * lets go of the server. */
FROM_PAGE(receive) int network_receive(char *into, size_t room);

/* The server sends. */
FROM_PAGE(send) void network_send(const char *data, size_t length);

/* Not 0 if recv would not wait. */
FROM_PAGE(ready) int network_is_ready(void);

/* The server has made a call, or called a function, that returned `result`. */
FROM_PAGE(called) void page_called(const char *name, int result);

/* Something that the server has found in the request, or says. */
FROM_PAGE(found)
void page_found(const char *what, const char *text, size_t length);

#endif
