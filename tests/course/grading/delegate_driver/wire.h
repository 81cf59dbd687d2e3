/*
 * wire.h - how the judge and the driver describe a call of delegate.
 *
 * A message begins with its length, eight bytes in this machine's order. Then
 * come numbers, of eight bytes each, and strings: the number of their bytes,
 * and the bytes. Both sides are the same program text on the same machine.
 *
 *   a call     the number of allocations that succeed, the request's type, its
 *              path, the fields, the query, the POST data
 *   an answer  what delegate returned, the response's code, the fields, the
 *              content, and 1 if something in it was marked as failed
 *
 * Fields are their number, then name and value of each. A form is 0 for none,
 * or 1, the number of pairs, and then its text and its entries as they stand.
 *
 * What comes from the driver is not to be trusted: a message that ends early
 * makes `broken` true, and gives zeros and empty octets from there on.
 */
#ifndef GRADE_WIRE_H
#define GRADE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/buffer.h"
#include "http/headers.h"

/* The longest message that is taken. */
#define WIRE_MOST ((uint64_t)64 * 1024 * 1024)

/* The descriptors on which the driver has its calls and gives its answers. */
enum {
    WIRE_CALLS = 0,
    WIRE_ANSWERS = 1
};

/* What is left to be read of a message. */
struct wire {
    const char *data;
    size_t left;
    bool broken;
};

void wire_put_number(struct buffer *message, uint64_t number);
void wire_put_octets(struct buffer *message, const char *data, size_t length);
void wire_put_fields(struct buffer *message, const struct headers *headers);

uint64_t wire_number(struct wire *wire);

/* The octets are in the message, and live as long as it does. */
const char *wire_octets(struct wire *wire, size_t *length);

/* Adds the fields to the list, with copies that it owns. */
void wire_fields(struct wire *wire, struct headers *headers);

/* Reads or writes that many octets. Returns 0, or -1 with errno; 0 for errno
 * is the end of the stream. */
int wire_read(int descriptor, char *data, size_t length);
int wire_write(int descriptor, const char *data, size_t length);

#endif
