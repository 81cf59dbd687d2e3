/*
 * log_test.c - lines on standard error, which is a pipe here, and what happens
 * to them if its reader stalls. Each test runs in its own process.
 */
/* link: -Wl,--wrap=write */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "net/log.h"

enum {
    threads = 8,
    lines = 10000, /* more than the queue has room for */
    line_length = 100
};

/* ---- Calls that fail, or are slow */

static bool writes_slowly;
static int write_error; /* of each write to standard error; 0: none */
static int write_errors_left;

STANDS_IN_FOR(ssize_t, write, int descriptor, const void *data, size_t length);

ssize_t __wrap_write(int descriptor, const void *data, size_t length)
{
    if (descriptor == STDERR_FILENO && write_errors_left > 0) {
        write_errors_left--;
        errno = write_error;
        return -1;
    }
    for (int i = 0; i < 50 && writes_slowly; i++) {
        pause_a_moment();
    }
    return __real_write(descriptor, data, length);
}

/* ---- The reader */

static struct {
    int end; /* of the pipe */
    char come[65536];
    size_t length;
    size_t used;
} reader;

static void make_pipe(void)
{
    int ends[2];

    child_check(pipe(ends) == 0, "there is a pipe");
    child_check(dup2(ends[1], STDERR_FILENO) == STDERR_FILENO, "moved");
    child_check(close(ends[1]) == 0, "closed");
    reader.end = ends[0];
}

/* Reads a line. Waits for it, up to five seconds. */
static void read_line(char line[line_length + 1])
{
    struct pollfd log = {.fd = reader.end, .events = POLLIN};
    size_t length = 0;

    do {
        if (reader.used == reader.length) {
            ssize_t count = -1;

            child_check(poll(&log, 1, 5000) == 1, "a line comes");
            count = read(reader.end, reader.come, sizeof reader.come);
            child_check(count > 0, "a line is read");
            reader.length = (size_t)count;
            reader.used = 0;
        }
        line[length] = reader.come[reader.used++];
    } while (line[length++] != '\n' && length < line_length);
    line[length] = '\0';
}

/* Reads a line, which must be this one. */
static void check_line(const char *expected)
{
    char line[line_length + 1];

    read_line(line);
    child_check(strcmp(line, expected) == 0, expected);
}

/* ---- Lines */

static void make_line(char line[line_length + 1], size_t thread, size_t number)
{
    (void)snprintf(line, line_length + 1, "%zu %6zu %90s\n", thread, number,
                   "");
}

static void *write_lines(void *thread)
{
    char line[line_length + 1];

    for (size_t i = 0; i < lines; i++) {
        make_line(line, *(size_t *)thread, i);
        log_write(line, line_length);
    }
    return NULL;
}

/* Reads all lines. Each must be whole, those of a thread must be in order, and
 * the log must say how many are lost. Returns how many. */
static size_t check_lines(size_t all)
{
    size_t next[threads] = {0};
    size_t come = 0;
    size_t lost = 0;

    while (come + lost < all) {
        char line[line_length + 1];
        char expected[line_length + 1];
        unsigned long missing;
        size_t thread;
        size_t number;

        read_line(line);
        if (sscanf(line, "webserve: %lu lines of the log were lost",
                   &missing) == 1) {
            lost += missing;
            continue;
        }
        child_check(sscanf(line, "%zu %zu", &thread, &number) == 2, "a line");
        child_check(thread < threads && number >= next[thread], "in order");
        next[thread] = number + 1;
        make_line(expected, thread, number);
        child_check(strcmp(line, expected) == 0, "a line is whole");
        come++;
    }
    child_check(come + lost == all, "as many are lost as the log says");
    return lost;
}

static long milliseconds_since(const struct timespec *began)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - began->tv_sec) * 1000 +
           (now.tv_nsec - began->tv_nsec) / 1000000;
}

/* ---- Tests */

static void log_write_before_the_start(void **state)
{
    (void)state;
    make_pipe();
    log_write("one\n", 4);
    check_line("one\n");
    write_error = EINTR;
    write_errors_left = 3;
    log_write("two\n", 4);
    check_line("two\n");
    write_error = ENOSPC;
    write_errors_left = 3;
    log_write("lost\n", 5);
    child_check(write_errors_left == 2, "it does not try again");
}

static void log_write_in_several_threads(void **state)
{
    static size_t numbers[threads];
    pthread_t writing[threads];

    (void)state;
    make_pipe();
    child_check(log_start() == 0, "it starts");
    for (size_t i = 0; i < threads; i++) {
        numbers[i] = i;
        child_check(
            pthread_create(&writing[i], NULL, write_lines, &numbers[i]) == 0,
            "created");
    }
    (void)check_lines(threads * lines);
    for (size_t i = 0; i < threads; i++) {
        child_check(pthread_join(writing[i], NULL) == 0, "joined");
    }
}

/* Neither log_write nor log_finish waits for a reader that stalls. Lines for
 * which there is no room are lost, and counted. */
static void outlives_a_stall(void)
{
    static size_t thread;
    struct timespec began;

    (void)clock_gettime(CLOCK_MONOTONIC, &began);
    (void)write_lines(&thread);
    log_finish();
    child_check(milliseconds_since(&began) < 5000, "it does not wait");
    child_check(check_lines(lines) > 0, "some are lost");
    log_finish();
    log_write("more\n", 5);
    check_line("more\n");
}

static void log_write_when_the_reader_stalls(void **state)
{
    (void)state;
    make_pipe();
    child_check(log_start() == 0, "it starts");
    outlives_a_stall();
    outlives_a_stall();
}

/* Then a write may take only part of a line. */
static void log_write_to_a_pipe_that_does_not_block(void **state)
{
    (void)state;
    make_pipe();
    child_check(fcntl(STDERR_FILENO, F_SETFL, O_NONBLOCK) == 0, "set");
    child_check(log_start() == 0, "it starts");
    outlives_a_stall();
}

static void log_finish_waits_until_all_is_written(void **state)
{
    static size_t thread;
    char line[line_length + 1];

    (void)state;
    make_pipe();
    writes_slowly = true;
    child_check(log_start() == 0, "it starts");
    for (size_t i = 0; i < 600; i++) { /* as many as the pipe has room for */
        make_line(line, thread, i);
        log_write(line, line_length);
    }
    log_finish();
    child_check(close(STDERR_FILENO) == 0, "closed");
    child_check(check_lines(600) == 0, "all were written");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_in_child(log_write_before_the_start),
        test_in_child(log_write_in_several_threads),
        test_in_child(log_write_when_the_reader_stalls),
        test_in_child(log_write_to_a_pipe_that_does_not_block),
        test_in_child(log_finish_waits_until_all_is_written),
    };

    return run_all(tests);
}
