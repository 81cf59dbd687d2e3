/* access_log_test.c - a line of the log, byte for byte. */
/* link: -Wl,--wrap=log_write */
#include "support.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "net/access_log.h"
#include "net/limits.h"

/* ---- The line that would go to the log */

static char written[2 * LOG_LINE_MOST];
static size_t written_length;

void __wrap_log_write(const char *line, size_t length);

void __wrap_log_write(const char *line, size_t length)
{
    assert_int_equal(written_length, 0); /* it is written in one call */
    assert_true(length < sizeof written);
    memcpy(written, line, length);
    written[length] = '\0';
    written_length = length;
}

/* ---- Helpers */

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

/* Adds the entry, with its request line just before a page that cannot be read.
 * Ends the test unless the line is `expected`, if that is not NULL. */
static void check_entry(const struct access_log_entry *entry,
                        const char *expected)
{
    struct access_log_entry guarded = *entry;
    char *line = guarded_copy(entry->request_line, entry->request_line_length);

    guarded.request_line = line;
    written_length = 0;
    access_log_add(&guarded);
    guarded_free(line, entry->request_line_length);
    if (expected != NULL) {
        assert_row_octets(expected, "the line", written, written_length,
                          expected);
    }
}

/* ---- Tests */

static void access_log_add_writes_the_common_log_format(void **state)
{
    struct sockaddr_storage client = client_at("127.0.0.1");

    (void)state;
    check_entry(&(struct access_log_entry){&client, OCTETS("GET / HTTP/1.1"),
                                           200, 512, 784111777},
                "127.0.0.1 - - [06/Nov/1994:08:49:37 +0000] "
                "\"GET / HTTP/1.1\" 200 512\n");
}

#define EPOCH " - - [01/Jan/1970:00:00:00 +0000] "

static void access_log_add_of_any_client(void **state)
{
    static const struct {
        const char *address;
        const char *line;
    } rows[] = {
        {"255.255.255.255", "255.255.255.255" EPOCH "\"G\" 404 1\n"},
        {"::1", "::1" EPOCH "\"G\" 404 1\n"},
        {"2001:db8:1111:2222:3333:4444:5555:6666",
         "2001:db8:1111:2222:3333:4444:5555:6666" EPOCH "\"G\" 404 1\n"},
        {"::ffff:192.0.2.255", "::ffff:192.0.2.255" EPOCH "\"G\" 404 1\n"},
    };
    struct sockaddr_storage unknown = {.ss_family = AF_UNIX};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct sockaddr_storage client = client_at(rows[i].address);

        check_entry(&(struct access_log_entry){&client, OCTETS("G"), 404, 1, 0},
                    rows[i].line);
    }
    check_entry(&(struct access_log_entry){NULL, OCTETS("G"), 404, 1, 0},
                "-" EPOCH "\"G\" 404 1\n");
    check_entry(&(struct access_log_entry){&unknown, OCTETS("G"), 404, 1, 0},
                "-" EPOCH "\"G\" 404 1\n");
}

static void access_log_add_of_what_is_not_there(void **state)
{
    static const struct {
        struct access_log_entry entry;
        const char *line;
    } rows[] = {
        {{.code = 0}, "-" EPOCH "\"-\" - -\n"}, /* no byte ever came */
        {{NULL, OCTETS("GET"), 0, 0, 0}, "-" EPOCH "\"GET\" - -\n"},
        {{NULL, OCTETS("GET"), 304, 0, 0}, "-" EPOCH "\"GET\" 304 -\n"},
        {{NULL, OCTETS("G"), 599, UINT64_MAX, 0},
         "-" EPOCH "\"G\" 599 18446744073709551615\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        check_entry(&rows[i].entry, rows[i].line);
    }
}

static void access_log_add_escapes_the_request_line(void **state)
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

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char expected[128];

        (void)snprintf(expected, sizeof expected, "-" EPOCH "\"%s\" 400 7\n",
                       rows[i].escaped);
        check_entry(&(struct access_log_entry){NULL, rows[i].line,
                                               rows[i].length, 400, 7, 0},
                    expected);
    }
}

/* However long the request line is and whatever is in it, the line has at most
 * LOG_LINE_MOST bytes. If it is cut, it says so. */
static void access_log_add_cuts_long_lines(void **state)
{
    static const struct {
        char octet;
        size_t escaped; /* bytes for one byte of it */
    } rows[] = {{'x', 1}, {'"', 2}, {'\n', 4}, {'\n', 4}, {'\n', 4}};
    struct sockaddr_storage client =
        client_at("2001:db8:1111:2222:3333:4444:5555:6666");
    char line[2 * LOG_LINE_MOST];

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        memset(line, rows[i].octet, sizeof line);
        memset(line, 'x', i); /* each time, the cut is at another place */
        for (size_t length = 10; length < sizeof line;
             length += length < 900 || length > 3850 ? 1U : 50U) {
            size_t all = i + (length - i) * rows[i].escaped;
            bool cut;

            if (length > LOG_LINE_MOST + 100) {
                length = sizeof line - 1;
            }
            check_entry(&(struct access_log_entry){&client, line, length, 414,
                                                   UINT64_MAX, 0},
                        NULL);
            cut = strstr(written, "...\" 414 ") != NULL;
            assert_true(written_length <= LOG_LINE_MOST);
            assert_ptr_equal(strchr(written, '\n'),
                             written + written_length - 1);
            assert_true(cut || strstr(written, "\" 414 ") != NULL);
            /* It is not cut unless it must be. */
            assert_true(!cut || written_length > LOG_LINE_MOST - 16);
            assert_true(cut || written_length > all);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(access_log_add_writes_the_common_log_format),
        cmocka_unit_test(access_log_add_of_any_client),
        cmocka_unit_test(access_log_add_of_what_is_not_there),
        cmocka_unit_test(access_log_add_escapes_the_request_line),
        cmocka_unit_test(access_log_add_cuts_long_lines),
    };

    return run_all(tests);
}
