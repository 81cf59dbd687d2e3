/*
 * support_rows.h - assertions for tests that do the same with many inputs. One
 * that fails prints one line, with the input, the place, and what was wrong, in
 * words:
 *
 *     "GET / HTTP/1.1\r\n\r\n", cut after byte 17: delegate was called 0
 *     times, not once
 *
 * A row is the input, a string; NULL for none. Bytes that cannot be printed are
 * shown as in C, and long texts are cut.
 */
#ifndef UNIT_SUPPORT_ROWS_H
#define UNIT_SUPPORT_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sets the place, as printf does: where the test is in its work with a row
 * ("cut after byte %zu"). It stays until the next call; "", with which each
 * test begins, means nowhere in particular. */
void say_place(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Returns the bytes between quotes, escaped. The text is good until the eighth
 * call after this one. */
const char *shown(const char *data, size_t length);
const char *shown_string(const char *text);

/* Ends the test unless `fine`, with what is wrong, as printf makes it. */
#define assert_row_that(row, fine, ...)                                        \
    ((fine) ? (void)0 : (ROW_AT(row), row_fails(__VA_ARGS__)))

/* Ends the test if the numbers differ: "WHAT is 1, not 2". */
#define assert_row(row, what, actual, expected)                                \
    (ROW_AT(row),                                                              \
     row_number((what), (uintmax_t)(actual), (uintmax_t)(expected)))

/* The same: "WHAT is false, not true". */
#define assert_row_bool(row, what, actual, expected)                           \
    (ROW_AT(row), row_bool((what), (actual), (expected)))

/* The same for an enum verdict, in words. */
#define assert_row_verdict(row, actual, expected)                              \
    (ROW_AT(row), row_verdict((int)(actual), (int)(expected)))

/* Ends the test if something was done more or less often: "WHAT 2 times, not
 * once", where WHAT is "the socket was closed". */
#define assert_row_times(row, what, actual, expected)                          \
    (ROW_AT(row), row_times((what), (actual), (expected)))

/* Ends the test if the bytes are not those of the string `expected`: "WHAT is
 * "a", not "b"". */
#define assert_row_octets(row, what, actual, length, expected)                 \
    (ROW_AT(row), row_octets((what), (actual), (length), (expected)))

/* Ends the test unless the text has the part; or, for the second one, if it
 * does. */
#define assert_row_has(row, what, text, part)                                  \
    (ROW_AT(row), row_has((what), (text), (part)))
#define assert_row_lacks(row, what, text, part)                                \
    (ROW_AT(row), row_lacks((what), (text), (part)))

/* What the macros call. The first one gets the row, and the place in the
 * sources. */
#define ROW_AT(row) row_at((row), __FILE__, __LINE__)
void row_at(const char *row, const char *file, int line);

void row_fails(const char *format, ...) __attribute__((format(printf, 1, 2)));
void row_number(const char *what, uintmax_t actual, uintmax_t expected);
void row_bool(const char *what, bool actual, bool expected);
void row_verdict(int actual, int expected);
void row_times(const char *what, size_t actual, size_t expected);
void row_octets(const char *what, const char *actual, size_t length,
                const char *expected);
void row_has(const char *what, const char *text, const char *part);
void row_lacks(const char *what, const char *text, const char *part);

#endif
