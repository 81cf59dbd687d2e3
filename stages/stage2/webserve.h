/*
 * webserve.h - the functions of this stage.
 */
#ifndef WEBSERVE_H
#define WEBSERVE_H

#include "http/form.h"
#include "http/headers.h"
#include "http/response.h"

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
