/* support_rows.c - what a test says when it fails; see support_rows.h. */
#include "support.h"
#include "support_by_hand.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "http/verdict.h"

enum {
    texts = 8,
    shown_most = 160, /* octets of one text, escaped */
    escape_most = 4   /* of one octet */
};

/* A row, and where in the sources something is said of it. */
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

/* ---- Showing octets ---- */

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
        (void)snprintf(into + end, 64, "... (%zu octets)", length);
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

/* Both texts, from a little before the octet where they begin to differ. */
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
        row_fails(
            "%s is wrong from octet %zu on; from %zu on, it is %s, not %s",
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

#define NAME(verdict) [verdict] = #verdict

static const char *const verdict_names[] = {
    NAME(VERDICT_DONE),
    NAME(VERDICT_INCOMPLETE),
    NAME(VERDICT_REQUEST_LINE_TOO_LONG),
    NAME(VERDICT_HEADER_SECTION_TOO_LONG),
    NAME(VERDICT_BARE_LF),
    NAME(VERDICT_BARE_CR),
    NAME(VERDICT_NUL),
    NAME(VERDICT_CONTROL),
    NAME(VERDICT_METHOD_NOT_TOKEN),
    NAME(VERDICT_REQUEST_LINE_SPACES),
    NAME(VERDICT_NO_VERSION),
    NAME(VERDICT_VERSION_MALFORMED),
    NAME(VERDICT_TARGET_FORM),
    NAME(VERDICT_TARGET_OCTET),
    NAME(VERDICT_TARGET_FRAGMENT),
    NAME(VERDICT_TARGET_SCHEME),
    NAME(VERDICT_TARGET_AUTHORITY),
    NAME(VERDICT_VERSION_UNSUPPORTED),
    NAME(VERDICT_OBS_FOLD),
    NAME(VERDICT_NO_COLON),
    NAME(VERDICT_SPACE_BEFORE_COLON),
    NAME(VERDICT_NAME_EMPTY),
    NAME(VERDICT_NAME_NOT_TOKEN),
    NAME(VERDICT_HOST_MISSING),
    NAME(VERDICT_HOST_TWICE),
    NAME(VERDICT_HOST_INVALID),
    NAME(VERDICT_BOTH_LENGTHS),
    NAME(VERDICT_LENGTH_NOT_NUMBER),
    NAME(VERDICT_LENGTH_LIST),
    NAME(VERDICT_LENGTHS_DIFFER),
    NAME(VERDICT_CODING_IN_1_0),
    NAME(VERDICT_CODING_MALFORMED),
    NAME(VERDICT_CHUNKED_TWICE),
    NAME(VERDICT_CHUNKED_NOT_LAST),
    NAME(VERDICT_METHOD_UNSUPPORTED),
    NAME(VERDICT_POST_REFUSED),
    NAME(VERDICT_CODING_UNSUPPORTED),
    NAME(VERDICT_EXPECTATION),
    NAME(VERDICT_CONTENT_TOO_LONG),
    NAME(VERDICT_CONTENT_TYPE),
    NAME(VERDICT_CONTENT_ENCODING),
    NAME(VERDICT_OVER_BUDGET),
    NAME(VERDICT_CHUNK_SIZE),
    NAME(VERDICT_CHUNK_LINE_END),
    NAME(VERDICT_CHUNK_EXTENSION),
    NAME(VERDICT_CHUNK_EXTENSIONS_TOO_LONG),
    NAME(VERDICT_CHUNK_END),
    NAME(VERDICT_TRAILER),
    NAME(VERDICT_TIMEOUT),
    NAME(VERDICT_SILENCE),
    NAME(VERDICT_END_OF_STREAM),
    NAME(VERDICT_LOST),
    NAME(VERDICT_NO_MEMORY),
    NAME(VERDICT_DELEGATE_FAILED),
    NAME(VERDICT_RESPONSE_INVALID),
};

static const char *name_of(int verdict)
{
    const char *name = NULL;

    if (verdict >= 0 && (size_t)verdict < COUNT(verdict_names)) {
        name = verdict_names[verdict];
    }
    return name != NULL ? name : "no verdict that is known";
}

void row_verdict(int actual, int expected)
{
    if (actual != expected) {
        row_fails("the verdict is %s, not %s", name_of(actual),
                  name_of(expected));
    }
}
