/*
 * webserve.h - the functions of this stage.
 */
#ifndef WEBSERVE_H
#define WEBSERVE_H

#include <sys/socket.h>

#include "http/form.h"
#include "http/headers.h"
#include "http/response.h"

/*
 * 'serve' processes HTTP connections on the given interface and port.
 *
 * Creates a socket, binds it, listens, and calls 'handle_connection' for each
 * connection, in a thread. `interface` is an address or a name; an empty one
 * and `*` are errors. `port` is a number from 0 to 65535; 0 takes a free one.
 * Once it listens, it prints where, in one line on standard output:
 * `NAME: listening on http://ADDRESS:PORT/`.
 *
 * After that line, 'serve' never returns: SIGINT or SIGTERM ends the program.
 * If it cannot get that far, it prints why on standard error, in one sentence,
 * and returns -1.
 */
int serve(const char *interface, const char *port);

/*
 * 'handle_connection' is called for each client connection to the server.
 *
 * Takes the socket and the client address that accept returned, and handles
 * exactly one HTTP exchange: it reads until the headers have been completely
 * received, whatever their size (up to the limits in common/http/limits.h),
 * calls 'delegate', sends the answer, closes the socket and writes a line to
 * the log.
 *
 * Returns nothing and lets no failure out: whatever goes wrong ends in an error
 * page (RFC 9110, section 15; verdict.h lists them: 408 for a client that takes
 * too long, for example, and 500 if memory runs out) or in a closed connection.
 * The socket belongs to 'handle_connection', which always closes it;
 * client_address stays the caller's.
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
 * response          empty at first; gets the status code, header fields and
 *                   content
 *
 * All belong to the caller, and are valid until delegate returns.
 *
 * Returns constant data in *response, independent of what is passed into it: a
 * page, in the frame that page.h makes.
 *
 * Returns 0. Anything else is what an exception is in Python: the client gets a
 * clean 500, whatever is in *response. A response that cannot be sent
 * (response_is_valid in response.h) ends in a 500, too.
 *
 * Several threads call it at once, so it keeps nothing from call to call. It
 * may use 256 KiB of stack (half of THREAD_STACK in common/net/limits.h).
 */
int delegate(const char *request_type, const char *path,
             const struct headers *received_headers,
             const struct form *get_data, const struct form *post_data,
             struct response *response);

#endif
