/* support_by_hand.c - lines to try by hand; see support_by_hand.h. */
#include "support_by_hand.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    longest = 1200,
    most_for_octet = 4
};

static char line[longest + 128];
static void (*later)(void);

void say_by_hand(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (vsnprintf(line, sizeof line, format, arguments) >= (int)sizeof line) {
        line[0] = '\0';
    }
    va_end(arguments);
}

void say_by_hand_later(void (*say)(void))
{
    later = say;
}

const char *said_by_hand(void)
{
    if (later != NULL) {
        later();
    }
    return line[0] == '\0' ? NULL : line;
}

/* Writes a byte as printf(1) takes it between single quotes. Returns how many
 * characters that takes. */
static size_t put_octet(char *into, unsigned char octet)
{
    static const char plain[] = "\r\n\t\\%";
    static const char *const written[] = {"\\r", "\\n", "\\t", "\\\\", "%%"};
    const char *found = octet == '\0' ? NULL : strchr(plain, octet);

    if (found != NULL) {
        memcpy(into, written[found - plain], 2);
        return 2;
    }
    if (octet >= ' ' && octet < 0x7F && octet != '\'') {
        into[0] = (char)octet;
        return 1;
    }
    (void)snprintf(into, most_for_octet + 1, "\\%03o", octet);
    return most_for_octet;
}

static int is_cut(const struct pieces *pieces, size_t offset)
{
    for (size_t i = 0; i < pieces->cuts_count; i++) {
        if (offset > 0 && pieces->cuts[i] == offset) {
            return 1;
        }
    }
    return 0;
}

void say_pieces_by_hand(const struct pieces *pieces)
{
    static const char between[] = "'; sleep 1; printf '";
    char text[longest];
    size_t end = 0;
    int parts = 1;

    for (size_t i = 0; i < pieces->length; i++) {
        if (end + sizeof between + most_for_octet + 1 > sizeof text) {
            say_by_hand("%s", "");
            return;
        }
        if (is_cut(pieces, i)) {
            memcpy(text + end, between, sizeof between - 1);
            end += sizeof between - 1;
            parts++;
        }
        end += put_octet(text + end, (unsigned char)pieces->data[i]);
    }
    text[end] = '\0';
    say_by_hand("%sprintf '%s'%s | nc%s 127.0.0.1 8080", parts > 1 ? "(" : "",
                text, parts > 1 ? ")" : "", pieces->ends ? " -N" : "");
}
