/*
 * support_by_hand.h - a command line to try by hand what a unit test did. Each
 * assertion of support_rows.h that fails prints it after its message.
 */
#ifndef UNIT_SUPPORT_BY_HAND_H
#define UNIT_SUPPORT_BY_HAND_H

#include <stddef.h>

/* Sets the line, as printf does. It stays until the next call, or the next
 * test; "" means none. */
void say_by_hand(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Sets a function that is called when an assertion fails, for a line that is
 * not known earlier; NULL for none. */
void say_by_hand_later(void (*say)(void));

/* Returns the line, or NULL. */
const char *said_by_hand(void);

/* Sets a line that sends these bytes with nc. If the offsets are not 0, it cuts
 * them there and sends the pieces a second apart. If `ends`, the client then
 * ends its side. Sets nothing if there are too many bytes for a line. */
struct pieces {
    const char *data;
    size_t length;
    const size_t *cuts;
    size_t cuts_count;
    int ends;
};
void say_pieces_by_hand(const struct pieces *pieces);

#endif
