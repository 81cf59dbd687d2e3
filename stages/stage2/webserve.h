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
