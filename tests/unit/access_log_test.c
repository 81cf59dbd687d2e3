/* access_log_test.c - a line of the log, to the octet. */
/* link: -Wl,--wrap=write,--wrap=poll,--wrap=turns_are_crowded */
#include "support.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "access_log.h"
#include "limits.h"
#include "turns.h"

/* ---- Standard error, kept */

static struct {
    bool kept; /* else the calls are the real ones */
    char text[3 * LOG_LINE_MOST];
    size_t length;
    size_t writes;
    size_t interrupted; /* so many writes fail with EINTR */
    int error;          /* of each write; 0: none */
    bool stalls;        /* its reader does not read */
    bool crowded;
} log_kept;

ssize_t __real_write(int descriptor, const void *data, size_t length);
ssize_t __wrap_write(int descriptor, const void *data, size_t length);
int __real_poll(struct pollfd *descriptors, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *descriptors, nfds_t count, int timeout);
bool __wrap_turns_are_crowded(void);

ssize_t __wrap_write(int descriptor, const void *data, size_t length)
{
    if (!log_kept.kept || descriptor != STDERR_FILENO) {
        return __real_write(descriptor, data, length);
    }
    log_kept.writes++;
    if (log_kept.interrupted > 0) {
        log_kept.interrupted--;
        errno = EINTR;
        return -1;
    }
    if (log_kept.error != 0) {
        errno = log_kept.error;
        return -1;
    }
    assert_true(log_kept.length + length < sizeof log_kept.text);
    memcpy(log_kept.text + log_kept.length, data, length);
    log_kept.length += length;
    return (ssize_t)length;
}

int __wrap_poll(struct pollfd *descriptors, nfds_t count, int timeout)
{
    if (!log_kept.kept) {
        return __real_poll(descriptors, count, timeout);
    }
    assert_int_equal(descriptors[0].fd, STDERR_FILENO);
    assert_int_equal(timeout, 0);
    descriptors[0].revents = log_kept.stalls ? 0 : POLLOUT;
    return log_kept.stalls ? 0 : 1;
}

bool __wrap_turns_are_crowded(void)
{
    return log_kept.crowded;
}

/* ---- Helpers */

static int empty_log(void **state)
{
    (void)state;
    memset(&log_kept, 0, sizeof log_kept);
    return 0;
}

static struct sockaddr_storage client_at(const char *text)
{
    struct sockaddr_storage client = {.ss_family = AF_INET};

    if (strchr(text, ':') != NULL) {
        client.ss_family = AF_INET6;
        assert_int_equal(
            inet_pton(AF_INET6, text,
                      &((struct sockaddr_in6 *)&client)->sin6_addr),
            1);
    } else {
        assert_int_equal(inet_pton(AF_INET, text,
                                   &((struct sockaddr_in *)&client)->sin_addr),
                         1);
    }
    return client;
}

/* Writes the entry, keeping what comes of it. The request line lies before a
 * page that nobody may read. */
static void write_entry(const struct access_log_entry *entry)
{
    struct access_log_entry guarded = *entry;
    char *line = guarded_copy(entry->request_line, entry->request_line_length);

    guarded.request_line = line;
    log_kept.kept = true;
    access_log_write(&guarded);
    log_kept.kept = false;
    guarded_free(line, entry->request_line_length);
}

static void check_log(const char *expected)
{
    assert_row_octets(expected, "the log", log_kept.text, log_kept.length,
                      expected);
}

/* ---- Tests */

static void access_log_write_writes_the_common_log_format(void **state)
{
    struct sockaddr_storage client = client_at("127.0.0.1");

    (void)state;
    write_entry(&(struct access_log_entry){&client, OCTETS("GET / HTTP/1.1"),
                                           200, 512, 784111777});
    check_log("127.0.0.1 - - [06/Nov/1994:08:49:37 +0000] "
              "\"GET / HTTP/1.1\" 200 512\n");
    assert_int_equal(log_kept.writes, 1);
}

static void access_log_write_of_any_client(void **state)
{
    static const struct {
        const char *address;
        const char *line;
    } rows[] = {
        {"255.255.255.255",
         "255.255.255.255 - - [01/Jan/1970:00:00:00 +0000] \"G\" 404 1\n"},
        {"::1", "::1 - - [01/Jan/1970:00:00:00 +0000] \"G\" 404 1\n"},
        {"2001:db8:1111:2222:3333:4444:5555:6666",
         "2001:db8:1111:2222:3333:4444:5555:6666 - - "
         "[01/Jan/1970:00:00:00 +0000] \"G\" 404 1\n"},
        {"::ffff:192.0.2.255",
         "::ffff:192.0.2.255 - - [01/Jan/1970:00:00:00 +0000] \"G\" 404 1\n"},
    };
    struct sockaddr_storage unknown = {.ss_family = AF_UNIX};

    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sockaddr_storage client = client_at(rows[i].address);

        (void)empty_log(state);
        write_entry(
            &(struct access_log_entry){&client, OCTETS("G"), 404, 1, 0});
        check_log(rows[i].line);
    }
    (void)empty_log(state);
    write_entry(&(struct access_log_entry){NULL, OCTETS("G"), 404, 1, 0});
    write_entry(&(struct access_log_entry){&unknown, OCTETS("G"), 404, 1, 0});
    check_log("- - - [01/Jan/1970:00:00:00 +0000] \"G\" 404 1\n"
              "- - - [01/Jan/1970:00:00:00 +0000] \"G\" 404 1\n");
}

static void access_log_write_of_what_there_is_not(void **state)
{
    struct access_log_entry entry = {.code = 0};

    (void)state;
    log_kept.kept = true;
    access_log_write(&entry); /* no request line: no octet ever came */
    log_kept.kept = false;
    check_log("- - - [01/Jan/1970:00:00:00 +0000] \"-\" - -\n");
    (void)empty_log(state);
    write_entry(&(struct access_log_entry){NULL, OCTETS("GET"), 0, 0, 0});
    check_log("- - - [01/Jan/1970:00:00:00 +0000] \"GET\" - -\n");
    (void)empty_log(state);
    write_entry(&(struct access_log_entry){NULL, OCTETS("GET"), 304, 0, 0});
    check_log("- - - [01/Jan/1970:00:00:00 +0000] \"GET\" 304 -\n");
    (void)empty_log(state);
    write_entry(
        &(struct access_log_entry){NULL, OCTETS("G"), 599, UINT64_MAX, 0});
    check_log("- - - [01/Jan/1970:00:00:00 +0000] \"G\" 599 "
              "18446744073709551615\n");
}

static void access_log_write_escapes_the_request_line(void **state)
{
    static const struct {
        const char *line;
        size_t length;
        const char *escaped;
    } rows[] = {
        {OCTETS("GET /\"x\" HTTP/1.1"), "GET /\\\"x\\\" HTTP/1.1"},
        {OCTETS("\\"), "\\\\"},
        {OCTETS("a\0b"), "a\\x00b"},
        {OCTETS("\r\n\t\x1b[31m"), "\\x0d\\x0a\\x09\\x1b[31m"},
        {OCTETS("\x7f\x80\xff"), "\\x7f\\x80\\xff"},
        {OCTETS("\xC3\xA9"), "\\xc3\\xa9"},
        {OCTETS(" ~"), " ~"},
        {OCTETS("%s%n%5$s"), "%s%n%5$s"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        char expected[128];

        (void)empty_log(state);
        (void)snprintf(expected, sizeof expected,
                       "- - - [01/Jan/1970:00:00:00 +0000] \"%s\" 400 7\n",
                       rows[i].escaped);
        write_entry(&(struct access_log_entry){NULL, rows[i].line,
                                               rows[i].length, 400, 7, 0});
        check_log(expected);
    }
}

/* However long the request line is and whatever is in it, the line has at most
 * LOG_LINE_MOST octets; if it is cut, it says so. */
static void access_log_write_cuts_long_lines(void **state)
{
    static const struct {
        char octet;
        size_t escaped; /* octets that one makes */
    } rows[] = {{'x', 1}, {'"', 2}, {'\n', 4}};
    struct sockaddr_storage client =
        client_at("2001:db8:1111:2222:3333:4444:5555:6666");
    char line[2 * LOG_LINE_MOST];

    for (size_t i = 0; i < COUNT(rows); i++) {
        memset(line, rows[i].octet, sizeof line);
        for (size_t length = 1; length < sizeof line;
             length += length < 900 || length > 3850 ? 1U : 50U) {
            bool cut;

            if (length > LOG_LINE_MOST + 100) {
                length = sizeof line - 1;
            }
            (void)empty_log(state);
            write_entry(&(struct access_log_entry){&client, line, length, 414,
                                                   UINT64_MAX, 0});
            cut = strstr(log_kept.text, "...\" 414 ") != NULL;
            assert_int_equal(log_kept.writes, 1);
            assert_true(log_kept.length <= LOG_LINE_MOST);
            assert_int_equal(log_kept.text[log_kept.length - 1], '\n');
            assert_null(memchr(log_kept.text, '\n', log_kept.length - 1));
            assert_true(cut || strstr(log_kept.text, "\" 414 ") != NULL);
            /* It is not cut without need. */
            assert_true(!cut || log_kept.length > LOG_LINE_MOST - 16);
            assert_true(cut || log_kept.length > length * rows[i].escaped);
        }
    }
}

static void access_log_write_when_it_is_interrupted(void **state)
{
    (void)state;
    log_kept.interrupted = 3;
    write_entry(&(struct access_log_entry){NULL, OCTETS("G"), 200, 1, 0});
    check_log("- - - [01/Jan/1970:00:00:00 +0000] \"G\" 200 1\n");
    assert_int_equal(log_kept.writes, 4);
}

static void access_log_write_when_nobody_reads_the_log(void **state)
{
    static const int errors[] = {EPIPE, EBADF, EAGAIN, ENOSPC, EIO};

    for (size_t i = 0; i < COUNT(errors); i++) {
        (void)empty_log(state);
        log_kept.error = errors[i];
        write_entry(&(struct access_log_entry){NULL, OCTETS("G"), 200, 1, 0});
        assert_int_equal(log_kept.writes, 1); /* the line is lost */
    }
}

/* A reader that stalls is waited for, but not while there is a crowd. */
static void access_log_write_in_a_crowd(void **state)
{
    static const struct {
        bool crowded;
        bool stalls;
        size_t writes;
    } rows[] = {
        {false, false, 1}, {false, true, 1}, {true, false, 1}, {true, true, 0}};

    for (size_t i = 0; i < COUNT(rows); i++) {
        (void)empty_log(state);
        log_kept.crowded = rows[i].crowded;
        log_kept.stalls = rows[i].stalls;
        write_entry(&(struct access_log_entry){NULL, OCTETS("G"), 200, 1, 0});
        assert_int_equal(log_kept.writes, rows[i].writes);
    }
}

/* To the real standard error, which is a pipe here. */
static void access_log_write_goes_to_standard_error(void **state)
{
    static const char expected[] =
        "- - - [01/Jan/1970:00:00:00 +0000] \"G\" 200 1\n";
    char text[2 * sizeof expected];
    int ends[2];
    int standard_error = dup(STDERR_FILENO);

    (void)state;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    access_log_write(&(struct access_log_entry){NULL, OCTETS("G"), 200, 1, 0});
    assert_int_equal(dup2(standard_error, STDERR_FILENO), STDERR_FILENO);
    assert_int_equal(close(ends[1]), 0);
    assert_int_equal(read(ends[0], text, sizeof text), sizeof expected - 1);
    assert_memory_equal(text, expected, sizeof expected - 1);
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(close(standard_error), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(access_log_write_writes_the_common_log_format,
                               empty_log),
        cmocka_unit_test_setup(access_log_write_of_any_client, empty_log),
        cmocka_unit_test_setup(access_log_write_of_what_there_is_not,
                               empty_log),
        cmocka_unit_test_setup(access_log_write_escapes_the_request_line,
                               empty_log),
        cmocka_unit_test_setup(access_log_write_cuts_long_lines, empty_log),
        cmocka_unit_test_setup(access_log_write_when_it_is_interrupted,
                               empty_log),
        cmocka_unit_test_setup(access_log_write_when_nobody_reads_the_log,
                               empty_log),
        cmocka_unit_test_setup(access_log_write_in_a_crowd, empty_log),
        cmocka_unit_test_setup(access_log_write_goes_to_standard_error,
                               empty_log),
    };

    return run_all(tests);
}
