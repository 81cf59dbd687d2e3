/* support.c - helpers of the unit tests; the contract is in support.h. */
#include "support.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Octets of the readable pages that hold `length` octets; at least one. */
static size_t pages_for(size_t length)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    return length == 0 ? page : (length + page - 1) / page * page;
}

char *guarded_copy(const char *data, size_t length)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t readable = pages_for(length);
    char *pages = mmap(NULL, readable + page, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    assert_true(pages != MAP_FAILED);
    assert_int_equal(mprotect(pages + readable, page, PROT_NONE), 0);
    if (length > 0) {
        memcpy(pages + readable - length, data, length);
    }
    return pages + readable - length;
}

void guarded_free(char *data, size_t length)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t readable = pages_for(length);

    assert_int_equal(munmap(data + length - readable, readable + page), 0);
}

void *test_malloc_or_fail(size_t size)
{
    void *memory = malloc(size);

    assert_non_null(memory);
    return memory;
}

char *exact_copy(const char *data, size_t length)
{
    char *copy = test_malloc_or_fail(length);

    if (length > 0) {
        memcpy(copy, data, length);
    }
    return copy;
}

void assert_row(const char *row, uintmax_t actual, uintmax_t expected)
{
    if (actual != expected) {
        fail_msg("row \"%s\": expected %" PRIuMAX ", got %" PRIuMAX, row,
                 expected, actual);
    }
}

void assert_row_octets(const char *row, const char *actual,
                       size_t actual_length, const char *expected)
{
    if (actual_length != strlen(expected) ||
        memcmp(actual, expected, actual_length) != 0) {
        fail_msg("row \"%s\": expected \"%s\", got \"%.*s\"", row, expected,
                 (int)actual_length, actual);
    }
}

/* A build for coverage has this; _exit alone would lose what it counted. */
void __gcov_dump(void) __attribute__((weak));

static void leave(int status)
{
    if (__gcov_dump != NULL) {
        __gcov_dump();
    }
    _exit(status);
}

void child_check(bool fine, const char *what)
{
    if (!fine) {
        (void)fprintf(stderr, "not so: %s\n", what);
        leave(1);
    }
}

void run_in_child(void (*test)(void))
{
    int status = -1;
    pid_t child = fork();

    if (child == 0) {
        (void)alarm(20);
        test();
        leave(0);
    }
    assert_int_not_equal(child, -1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

void pause_a_moment(void)
{
    static const struct timespec moment = {.tv_nsec = 1000000};

    (void)nanosleep(&moment, NULL);
}
