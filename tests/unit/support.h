/*
 * support.h - what every unit test includes: cmocka, with the headers that it
 * needs before it, and our own helpers.
 */
#ifndef UNIT_SUPPORT_H
#define UNIT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support_rows.h"
#include "support_time64.h"

/* A string constant as bytes and their number. NULs inside it count. */
#define OCTETS(literal) (literal), sizeof(literal) - 1

/* How many elements an array has. */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Declares a call, and what --wrap puts in its place. */
#define STANDS_IN_FOR(type, call, ...)                                         \
    type __real_##call(__VA_ARGS__);                                           \
    type __wrap_##call(__VA_ARGS__)

/* Puts a copy of the bytes just before a page that cannot be read, so that
 * reading beyond their end is a crash. Free it with guarded_free and the same
 * length. */
char *guarded_copy(const char *data, size_t length);
void guarded_free(char *data, size_t length);

/* Puts a copy into its own memory, of exactly that length, so that a sanitizer
 * sees any access beyond it. Free it with free. */
char *exact_copy(const char *data, size_t length);

/* Allocates memory for a test; the test ends if there is none. */
void *test_malloc_or_fail(size_t size);

/* Runs the tests of an array, and returns what main should return. If the
 * program crashes or is stopped, the test that was running is reported as
 * failed. So is one that takes more than UNIT_SECONDS, if the environment sets
 * that. If the environment sets UNITS, names with spaces between them, only
 * those tests run. If a test failed, the program ends here, so that nobody
 * reports what that test left allocated as a leak. */
#define run_all(tests) run_counted((tests), COUNT(tests))
int run_counted(const struct CMUnitTest *tests, size_t all);

/* Runs a test in its own process, and fails if that does not end well within 20
 * s. As an element of an array of tests: test_in_child(name). */
struct test_in_child {
    void (*test)(void **state);
};

#define test_in_child(test)                                                    \
    {                                                                          \
#test, run_test_in_child, NULL, NULL, &(struct test_in_child)          \
        {                                                                      \
            test                                                               \
        }                                                                      \
    }
void run_test_in_child(void **state);

/* In such a process: unless `fine`, ends the test, and reports what was not
 * true. */
void child_check(bool fine, const char *what);

/* Ends the program. The running test has failed, for this reason. */
void end_running(const char *reason);

/* Sleeps for a millisecond, for a test that waits until something is true. */
void pause_a_moment(void);

#endif
