/*
 * support_delegate.h - a delegate that writes down what it gets, and answers
 * as the test says; for the tests of handle_connection, whose client is the
 * stub of support_stub.h:
 *
 *     open_client(request, strlen(request));
 *     handle();
 *     ... look at delegate_calls, delegate_got, and the stub ...
 *     stub_close();
 */
/* link: -Wl,--wrap=delegate */
#ifndef UNIT_SUPPORT_DELEGATE_H
#define UNIT_SUPPORT_DELEGATE_H

#include "support_memory.h"
#include "support_stub.h"

#include <string.h>

#include "http/response.h"

extern size_t delegate_calls;

/* What it was given, a line each: "GET /path", "Name=value", "get:a=1,b=",
 * "post:NULL". */
extern char delegate_got[8192];
extern size_t delegate_got_length;

/* What it does; after set_up_delegate, it says hello. NULL: what the stage's
 * own does, and nothing is written down. */
extern int (*delegate_answers)(struct response *response);

/* The set-up of each test. */
int set_up_delegate(void **state);

/* A client that will send these octets. */
void open_client(const char *request, size_t length);

/* Calls handle_connection with the client that is open. */
void handle(void);

/* Calls it with another socket; it is told the address of a client on this
 * machine. What it writes to standard error is kept as the log. */
void handle_socket(int socket);

/* A request, and what is to come of it. */
struct request_row {
    const char *request;
    const char *got; /* what delegate is given */
    bool head;
};

/* Handles the request that is open, looks at all that came of it, and closes
 * the client. */
void check_request(const struct request_row *row);

#endif
