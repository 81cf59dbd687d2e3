/*
 * webserve.h - the functions of this stage.
 */
#ifndef WEBSERVE_H
#define WEBSERVE_H

#include <sys/socket.h>

#include "form.h"
#include "headers.h"
#include "response.h"

/*
 * 'serve' processes HTTP connections on the given interface and port.
 *
 * Creates and binds a socket, says where it listens, and calls
 * 'handle_connection' for each connection, in a thread. `interface` is an
 * address or a name, `port` a number, 0 for a free one. It says where in one
 * line on standard output: `NAME: listening on http://ADDRESS:PORT/`.
 *
 * Once it has said where it listens, 'serve' never returns: SIGINT or SIGTERM
 * ends the program. Before that it returns -1, having said on standard error
 * why, in one sentence.
 */
int serve(const char *interface, const char *port);

/*
 * 'handle_connection' is called for each client connection to the server.
 *
 * Takes the socket and the client address that accept gave, and handles
 * exactly one HTTP exchange: it reads until the headers have been completely
 * received, whatever their size (up to the limits in limits.h), calls
 * 'delegate', sends the answer, closes the socket and writes a line to the log.
 *
 * Returns nothing and lets no failure out: whatever goes wrong ends in an
 * error page (RFC 9110, section 15; verdict.h has which, 408 for a client that
 * takes too long and 500 for want of memory among them) or a closed
 * connection. The socket is its own from the call on; client_address stays the
 * caller's.
 */
void handle_connection(int client_sock,
                       const struct sockaddr_storage *client_address);

/*
 * 'delegate' processes one HTTP request.
 *
 * request_type      "GET" (for HEAD as well: the server leaves the content out)
 * path              as received: not decoded, without the query
 * received_headers  the header fields, in order
 * get_data          the query, decoded: an empty form for a bare `?`; NULL if
 *                   the URL has no `?`
 * post_data         NULL: there is no POST yet
 * response          comes empty; gets the status code, header fields and
 *                   content
 *
 * All belong to the caller, and are valid until delegate returns.
 *
 * Returns constant data in *response, independent of what is passed into it: a
 * page, in the frame that page.h makes.
 *
 * Returns 0; anything else is what an exception is in Python: the client then
 * gets a clean 500, whatever stands in *response. So it does for a response
 * that cannot be sent (response_is_valid in response.h).
 *
 * Several threads call it at once: it keeps nothing from call to call.
 */
int delegate(const char *request_type, const char *path,
             const struct headers *received_headers,
             const struct form *get_data, const struct form *post_data,
             struct response *response);

#endif
