/*
 * support_by_hand.h - a line to try by hand what a unit test did. Each
 * assertion of support_rows.h that fails prints it after its message.
 */
#ifndef UNIT_SUPPORT_BY_HAND_H
#define UNIT_SUPPORT_BY_HAND_H

#include <stddef.h>

/* A line of shell, as printf makes it, until it is said again or the next test
 * begins; "" for none. */
void say_by_hand(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says it as late as an assertion fails, for what is not known before; NULL for
 * nothing. */
void say_by_hand_later(void (*say)(void));

/* What was said, or NULL. */
const char *said_by_hand(void);

/* Says how to send these octets with nc; in two or three pieces, a second
 * apart, if there are offsets other than 0 at which they are cut. The client
 * ends its side after them if `ends`. Says nothing if they are too many for a
 * line. */
struct pieces {
    const char *data;
    size_t length;
    const size_t *cuts;
    size_t cuts_count;
    int ends;
};
void say_pieces_by_hand(const struct pieces *pieces);

#endif
