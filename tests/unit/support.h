/*
 * support.h - what every unit test includes: cmocka with the headers that it
 * needs before it, and helpers of our own.
 */
#ifndef UNIT_SUPPORT_H
#define UNIT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Before version 2, cmocka has this by another name only. */
#ifndef assert_int_in_range
#define assert_int_in_range assert_in_range
#endif

#include "support_call_names.h"
#include "support_rows.h"

/* A string constant as octets and their number, NULs within it counted. */
#define OCTETS(literal) (literal), sizeof(literal) - 1

/* How many elements an array has. */
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Declares a call, and what --wrap puts in its place. */
#define STANDS_IN_FOR(type, call, ...)                                         \
    type __real_##call(__VA_ARGS__);                                           \
    type __wrap_##call(__VA_ARGS__)

/* Puts a copy of the octets just before a page that cannot be read: looking
 * beyond their end is a crash. Free it with guarded_free, given the same
 * length. */
char *guarded_copy(const char *data, size_t length);
void guarded_free(char *data, size_t length);

/* Puts a copy in memory of its own, of exactly that length, so that a
 * sanitizer sees each look beyond it. Free it with free. */
char *exact_copy(const char *data, size_t length);

/* Memory for a test that needs it; the test ends if there is none. */
void *test_malloc_or_fail(size_t size);

/* Runs the tests of an array, and gives what main returns. A test that is
 * still running when the program is stopped, or crashes, is named as failed; so
 * is one that takes longer than UNIT_SECONDS of the environment, if that is
 * set. UNITS of the environment, names with spaces between them, are the only
 * tests that are run. If a test failed, the program ends here: what it left
 * allocated when it was ended in the middle is not a leak to report. */
#define run_all(tests) run_counted((tests), COUNT(tests))
int run_counted(const struct CMUnitTest *tests, size_t all);

/* Runs a test in a process of its own, and fails if it does not end well within
 * 20 s. As an element of an array of tests: test_in_child(name). */
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

/* In such a process: ends the test, saying what was not so, unless `fine`. */
void child_check(bool fine, const char *what);

/* Ends the program: the test that is running has failed, for that reason. */
void end_running(const char *reason);

/* Sleeps for a millisecond, between two looks at whether something is so. */
void pause_a_moment(void);

#endif
