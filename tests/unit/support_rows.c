/* support_rows.c - what a test says when it fails; see support_rows.h. */
#include "support.h"
#include "support_by_hand.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "http/verdict.h"

enum {
    texts = 8,
    shown_most = 160, /* bytes of one text, escaped */
    escape_most = 4   /* of one byte */
};

/* A row, and the place in the sources of the assertion about it. */
static struct {
    const char *row;
    const char *file;
    int line;
} at;

static char place[128];

void row_at(const char *row, const char *file, int line)
{
    at.row = row;
    at.file = file;
    at.line = line;
}

void say_place(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(place, sizeof place, format, arguments);
    va_end(arguments);
}

/* ---- Showing bytes ---- */

static size_t escape(char *into, unsigned char octet)
{
    static const char escaped[] = "\r\n\t\"\\";
    static const char letters[] = "rnt\"\\";
    const char *found = octet == '\0' ? NULL : strchr(escaped, octet);

    if (found != NULL) {
        into[0] = '\\';
        into[1] = letters[found - escaped];
        return 2;
    }
    if (octet >= ' ' && octet < 0x7F) {
        into[0] = (char)octet;
        return 1;
    }
    (void)snprintf(into, escape_most + 1, "\\x%02X", octet);
    return escape_most;
}

const char *shown(const char *data, size_t length)
{
    static char text[texts][shown_most + 64];
    static size_t next;
    char *into = text[next++ % texts];
    size_t end = 1;
    size_t i = 0;

    into[0] = '"';
    for (; i < length && end < shown_most; i++) {
        end += escape(into + end, (unsigned char)data[i]);
    }
    into[end++] = '"';
    into[end] = '\0';
    if (i < length) {
        (void)snprintf(into + end, 64, "... (%zu bytes)", length);
    }
    return into;
}

const char *shown_string(const char *text)
{
    return shown(text, strlen(text));
}

/* ---- Failing ---- */

void row_fails(const char *format, ...)
{
    char message[3000];
    size_t length = 0;
    const char *by_hand = said_by_hand();
    va_list arguments;

    message[0] = '\0';
    if (at.row != NULL) {
        length += (size_t)snprintf(message, sizeof message, "%s",
                                   shown_string(at.row));
    }
    if (place[0] != '\0') {
        length += (size_t)snprintf(message + length, sizeof message - length,
                                   "%s%s", length > 0 ? ", " : "", place);
    }
    if (length > 0) {
        length +=
            (size_t)snprintf(message + length, sizeof message - length, ": ");
    }
    va_start(arguments, format);
    (void)vsnprintf(message + length, sizeof message - length, format,
                    arguments);
    va_end(arguments);
    length = strlen(message);
    if (by_hand != NULL) {
        (void)snprintf(message + length, sizeof message - length,
                       "\nBy hand, with make run in another terminal:\n  %s",
                       by_hand);
    }
    _assert_true(0, message, at.file, at.line);
}

void row_number(const char *what, uintmax_t actual, uintmax_t expected)
{
    if (actual != expected) {
        row_fails("%s is %" PRIuMAX ", not %" PRIuMAX, what, actual, expected);
    }
}

static const char *truth(bool is)
{
    return is ? "true" : "false";
}

void row_bool(const char *what, bool actual, bool expected)
{
    if (actual != expected) {
        row_fails("%s is %s, not %s", what, truth(actual), truth(expected));
    }
}

void row_times(const char *what, size_t actual, size_t expected)
{
    char wanted[32];

    (void)snprintf(wanted, sizeof wanted, "%zu times", expected);
    if (actual != expected) {
        row_fails("%s %zu time%s, not %s", what, actual, actual == 1 ? "" : "s",
                  expected == 0   ? "at all"
                  : expected == 1 ? "once"
                                  : wanted);
    }
}

/* Both texts, from a little before the byte where they begin to differ. */
void row_octets(const char *what, const char *actual, size_t actual_length,
                const char *expected)
{
    size_t length = strlen(expected);
    size_t same = 0;
    size_t from;

    while (same < length && same < actual_length &&
           actual[same] == expected[same]) {
        same++;
    }
    if (same == length && same == actual_length) {
        return;
    }
    from = same < 60 ? 0 : same - 30;
    if (from == 0) {
        row_fails("%s is %s, not %s", what, shown(actual, actual_length),
                  shown_string(expected));
    } else {
        row_fails("%s is wrong from byte %zu on; from %zu on, it is %s, not %s",
                  what, same, from, shown(actual + from, actual_length - from),
                  shown_string(expected + from));
    }
}

void row_has(const char *what, const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        row_fails("%s lacks %s; it is: %s", what, shown_string(part),
                  shown_string(text));
    }
}

void row_lacks(const char *what, const char *text, const char *part)
{
    const char *found = strstr(text, part);

    if (found != NULL) {
        size_t before =
            (size_t)(found - text) < 30 ? (size_t)(found - text) : 30;

        row_fails("%s should not have %s; it has: %s", what, shown_string(part),
                  shown_string(found - before));
    }
}

/* ---- Verdicts ---- */

/* A verdict in words: its place in the enum, its code and its sentence. */
static void describe(char text[200], int verdict)
{
    if (verdict == VERDICT_DONE || verdict == VERDICT_INCOMPLETE) {
        (void)strcpy(text, verdict == VERDICT_DONE ? "done" : "incomplete");
    } else {
        (void)snprintf(text, 200, "number %d of verdict.h (%d: %s)", verdict,
                       verdict_code((enum verdict)verdict),
                       verdict_sentence((enum verdict)verdict));
    }
}

void row_verdict(int actual, int expected)
{
    char both[2][200];

    if (actual != expected) {
        describe(both[0], actual);
        describe(both[1], expected);
        row_fails("the verdict is %s, not %s", both[0], both[1]);
    }
}
