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
 * 'handle_connection' is called for each client connection to the server.
 *
 * Takes the socket and the client address that accept returned, and handles
 * exactly one HTTP exchange. It reads until the headers have been completely
 * received, whatever their size (up to the limits in common/http/limits.h),
 * calls 'delegate', sends the answer, closes the socket, and writes a line to
 * the log.
 *
 * Returns nothing, and no failure leaves it. Whatever goes wrong ends in an
 * error page (RFC 9110, section 15) or in a closed connection. verdict.h lists
 * the error pages: 408 for a client that takes too long, for example, and 500
 * if memory runs out. 'handle_connection' owns the socket, and always closes
 * it. The caller owns client_address.
 */
void handle_connection(int client_sock,
                       const struct sockaddr_storage *client_address);

/*
 * 'delegate' processes one HTTP request.
 *
 * request_type      "GET" (for HEAD, too: the server leaves out the content)
 * path              the path as received: not decoded, without the query
 * received_headers  the header fields, in order
 * get_data          the query, decoded: an empty form for a bare `?`, and NULL
 *                   if the URL has no `?`
 * post_data         NULL, because there is no POST yet
 * response          the answer, empty at first: delegate puts the status code,
 *                   header fields and content into it
 *
 * The caller owns all of them. They are valid until delegate returns.
 *
 * Returns constant data in *response, independent of what is passed into it: a
 * page, in the frame that page.h makes.
 *
 * Returns 0. Anything else is like an exception in Python: the client gets a
 * clean 500, whatever is in *response. It also gets a 500 for a response that
 * cannot be sent (response_is_valid in response.h).
 *
 * Several threads call it at the same time, so it must not remember anything
 * from one call to the next. It may use 256 KiB of stack (half of THREAD_STACK
 * in common/net/limits.h).
 */
int delegate(const char *request_type, const char *path,
             const struct headers *received_headers,
             const struct form *get_data, const struct form *post_data,
             struct response *response);

#endif
