/* support_exchange.h - an exchange with the stub of support_stub.h. */
#ifndef UNIT_SUPPORT_EXCHANGE_H
#define UNIT_SUPPORT_EXCHANGE_H

#include "support_memory.h"
#include "support_stub.h"

#include "net/exchange.h"

extern struct exchange exchange;

/* The set-up of each test: nothing is left of one that failed. */
int set_up_exchange(void **state);

/* Begins it, with a client at 127.0.0.1 that will send these octets. */
void begin_exchange(const char *request, size_t length);

/* Receives once, into `received` or `piece`. */
enum verdict receive_into(struct buffer *into);

/* Receives and parses the head. */
enum verdict receive_head(void);

/* Begins an exchange with a client that sends this head, and receives it. */
void begin_with_head(const char *head);

/* A response of 200, or more content of one. */
void append_answer(const char *content);

/* Makes the answer and sends it. Returns 0, or -1 if exchange_sent did. */
int send_answer(enum verdict verdict);

/* Drains, closes and logs. Ends the test unless all was released and the log
 * has its line. */
void close_exchange(const char *row);

/* send_answer and close_exchange. */
void end_exchange(const char *row, enum verdict verdict);

/* Ends the test unless the log's line ends like this. */
void check_log(const char *row, const char *ending);

#endif
