/*
 * support_rows.h - assertions for tests that do the same with many inputs: one
 * that fails prints one line, with the input, the place, and what was wrong,
 * in words:
 *
 *     "GET / HTTP/1.1\r\n\r\n", cut after octet 17: delegate was called 0
 *     times, not once
 *
 * A row is the input, a string; NULL for none. Octets that cannot be printed
 * are shown as in C, and what is long is cut.
 */
#ifndef UNIT_SUPPORT_ROWS_H
#define UNIT_SUPPORT_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Says where in its work with a row the test is, as printf does ("cut after
 * octet %zu"), until it is said again; "" is nowhere in particular. Each test
 * begins there. */
void say_place(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The octets between quotes, escaped. The text is good until the eighth call
 * from then on. */
const char *shown(const char *data, size_t length);
const char *shown_string(const char *text);

/* Ends the test unless `fine`; what is wrong is said as printf does. */
#define assert_row_that(row, fine, ...)                                        \
    ((fine) ? (void)0 : (ROW_AT(row), row_fails(__VA_ARGS__)))

/* Ends the test if the numbers differ: "WHAT is 1, not 2". */
#define assert_row(row, what, actual, expected)                                \
    (ROW_AT(row),                                                              \
     row_number((what), (uintmax_t)(actual), (uintmax_t)(expected)))

/* The same: "WHAT is false, not true". */
#define assert_row_bool(row, what, actual, expected)                           \
    (ROW_AT(row), row_bool((what), (actual), (expected)))

/* The same of an enum verdict, in words. */
#define assert_row_verdict(row, actual, expected)                              \
    (ROW_AT(row), row_verdict((int)(actual), (int)(expected)))

/* Ends the test if something was done more often or less: "WHAT 2 times, not
 * once", where WHAT is "the socket was closed". */
#define assert_row_times(row, what, actual, expected)                          \
    (ROW_AT(row), row_times((what), (actual), (expected)))

/* Ends the test if the octets are not those of the string `expected`: "WHAT is
 * "a", not "b"". */
#define assert_row_octets(row, what, actual, length, expected)                 \
    (ROW_AT(row), row_octets((what), (actual), (length), (expected)))

/* Ends the test unless the text holds the part, or if it does. */
#define assert_row_has(row, what, text, part)                                  \
    (ROW_AT(row), row_has((what), (text), (part)))
#define assert_row_lacks(row, what, text, part)                                \
    (ROW_AT(row), row_lacks((what), (text), (part)))

/* What the macros call: first which row it is, and where in the sources. */
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
