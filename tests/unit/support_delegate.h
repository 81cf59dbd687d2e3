/*
 * support_delegate.h - a delegate for the tests of handle_connection, which
 * writes down what it gets and answers as the test says:
 *
 *     open_request(request);
 *     handle();
 *     ... look at delegate_calls, delegate_got, and the client ...
 */
/* link: -Wl,--wrap=delegate */
#ifndef UNIT_SUPPORT_DELEGATE_H
#define UNIT_SUPPORT_DELEGATE_H

#include "support_client.h"
#include "support_memory.h"

#include <string.h>

#include "http/response.h"

extern size_t delegate_calls;
extern bool delegate_got_a_full_response; /* it should be empty */

/* What it was given, each on a line: "GET /path", "Name=value", "get:a=1,b=",
 * "post:NULL". */
extern char delegate_got[8192];
extern size_t delegate_got_length;

/* What it does; after set_up_delegate, it says hello. NULL: the stage's own
 * delegate runs, and nothing is written down. */
extern int (*delegate_answers)(struct response *response);

/* The set-up of each test. */
int set_up_delegate(void **state);

/* open_client, and forgets what was written down. */
void open_request(const char *request);
void open_octets(const char *request, size_t length);

/* A request, and what should come of it. */
struct request_row {
    const char *request;
    const char *got; /* what delegate is given */
    bool head;
};

/* Handles the request that is open, and checks everything that came of it. */
void check_request(const struct request_row *row);

#endif
