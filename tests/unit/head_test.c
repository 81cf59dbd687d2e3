/* head_test.c - finding the end of the head, however it is cut. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "http/head.h"
#include "http/limits.h"

#define LINE_TOO_LONG VERDICT_REQUEST_LINE_TOO_LONG
#define SECTION_TOO_LONG VERDICT_HEADER_SECTION_TOO_LONG

/* Scans the first `length` bytes, which are somewhere else in memory each time.
 */
static enum verdict scan_moved(struct head *head, const char *data,
                               size_t length)
{
    char *copy = exact_copy(data, length);
    enum verdict verdict = head_scan(head, copy, length);

    free(copy);
    return verdict;
}

static void assert_same(const char *row, const struct head *head,
                        const struct head *whole)
{
    assert_row(row, "length", head->length, whole->length);
    assert_row(row, "section", head->section, whole->section);
    assert_row(row, "request_line", head->request_line, whole->request_line);
    assert_row(row, "request_line_length", head->request_line_length,
               whole->request_line_length);
}

/* Scans it whole, cut in two at each place, and byte by byte. */
static void check_all_cuts(const char *row, const char *data, size_t length)
{
    struct head whole = HEAD_START;
    struct head steps = HEAD_START;
    enum verdict expected = scan_moved(&whole, data, length);
    enum verdict verdict = VERDICT_INCOMPLETE;

    for (size_t cut = 0; cut <= length; cut++) {
        struct head head = HEAD_START;

        verdict = scan_moved(&head, data, cut);
        if (verdict == VERDICT_INCOMPLETE) {
            verdict = scan_moved(&head, data, length);
        }
        assert_row_verdict(row, verdict, expected);
        assert_same(row, &head, &whole);
    }
    verdict = VERDICT_INCOMPLETE;
    for (size_t i = 0; i <= length && verdict == VERDICT_INCOMPLETE; i++) {
        verdict = scan_moved(&steps, data, i);
    }
    assert_row_verdict(row, verdict, expected);
    assert_same(row, &steps, &whole);
}

static void head_scan_finds_the_end(void **state)
{
    static const struct {
        const char *data;
        size_t length; /* of the head */
        size_t request_line;
        size_t request_line_length;
        size_t section;
    } rows[] = {
        {"G\r\n\r\n", 5, 0, 1, 3},
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27, 0, 14, 16},
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\nbody", 27, 0, 14, 16},
        {"GET / HTTP/1.1\r\n\r\n\r\n", 18, 0, 14, 16},
        {"\r\nGET / HTTP/1.1\r\n\r\n", 20, 2, 14, 18},
        {"\r\n\r\n\nG\r\n\r\n", 10, 5, 1, 8},
        {"G\n\n", 3, 0, 1, 2},
        {"G\r\n\n", 4, 0, 1, 3},
        {"G\n\r\n", 4, 0, 1, 2},
        {"G\r\na\n\n", 6, 0, 1, 3},
        {"G\r\na\r\n \r\n\r\n", 11, 0, 1, 3},
        {"G\r\r\n\r\n", 6, 0, 2, 4},
        {"\r\r\n\r\n", 5, 0, 1, 3},
        {"G\r\na\r\r\n\r\n", 9, 0, 1, 3},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t length = strlen(rows[i].data);
        char *data = guarded_copy(rows[i].data, length);
        struct head head = HEAD_START;

        assert_row_verdict(rows[i].data, head_scan(&head, data, length),
                           VERDICT_DONE);
        assert_row(rows[i].data, "length", head.length, rows[i].length);
        assert_row(rows[i].data, "request_line", head.request_line,
                   rows[i].request_line);
        assert_row(rows[i].data, "request_line_length",
                   head.request_line_length, rows[i].request_line_length);
        assert_row(rows[i].data, "section", head.section, rows[i].section);
        guarded_free(data, length);
        check_all_cuts(rows[i].data, rows[i].data, length);
    }
}

static void head_scan_of_a_head_that_is_not_complete(void **state)
{
    static const struct {
        const char *data;
        size_t length;
    } rows[] = {
        {OCTETS("")},
        {OCTETS("\r")},
        {OCTETS("\r\n")},
        {OCTETS("\r\n\r\n\r\n")},
        {OCTETS("\n\n\n")},
        {OCTETS("GET / HTTP/1.1")},
        {OCTETS("GET / HTTP/1.1\r")},
        {OCTETS("GET / HTTP/1.1\r\n")},
        {OCTETS("GET / HTTP/1.1\r\n\r")},
        {OCTETS("GET / HTTP/1.1\r\nHost: a\r\n")},
        {OCTETS("GET / HTTP/1.1\r\nHost: a\r\n\r")},
        {OCTETS("GET / HTTP/1.1\r\r\n \r\n")},
        {OCTETS("\0\0\0\0")},
        {OCTETS("G\r\n\0\r\n")},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *data = guarded_copy(rows[i].data, rows[i].length);
        struct head head = HEAD_START;

        assert_row_verdict(rows[i].data, head_scan(&head, data, rows[i].length),
                           VERDICT_INCOMPLETE);
        guarded_free(data, rows[i].length);
        check_all_cuts(rows[i].data, rows[i].data, rows[i].length);
    }
}

/* Scans data in pieces of `step` bytes. */
static enum verdict scan_in_steps(const char *data, size_t length, size_t step)
{
    struct head head = HEAD_START;
    enum verdict verdict = VERDICT_INCOMPLETE;

    for (size_t i = 0; i < length && verdict == VERDICT_INCOMPLETE;) {
        i = length - i < step ? length : i + step;
        verdict = head_scan(&head, data, i);
    }
    return verdict;
}

/* Whole, and in pieces down to one byte. If the time were not linear, this
 * would take very long. */
static void check_long(const char *row, const char *data, size_t length,
                       enum verdict expected)
{
    static const size_t steps[] = {SIZE_MAX, 100000, 1460, 7, 2, 1};

    for (size_t i = 0; i < COUNT(steps); i++) {
        assert_row_verdict(row, scan_in_steps(data, length, steps[i]),
                           expected);
    }
}

/* Makes `before`, then x repeated `count` times, then `after`. */
static char *make_long(const char *before, size_t count, const char *after,
                       size_t *length)
{
    size_t first = strlen(before);
    size_t last = strlen(after);
    char *data = test_malloc_or_fail(first + count + last);

    memcpy(data, before, first);
    memset(data + first, 'x', count);
    memcpy(data + first + count, after, last);
    *length = first + count + last;
    return data;
}

static void head_scan_holds_the_limit_of_the_request_line(void **state)
{
    enum {
        most = REQUEST_LINE_MOST
    };
    static const struct {
        const char *before;
        size_t count;
        const char *after;
        enum verdict expected;
    } rows[] = {
        {"", most, "\r\n\r\n", VERDICT_DONE},
        {"", most, "\n\n", VERDICT_DONE},
        {"\r\n\r\n", most - 4, "\r\n\r\n", VERDICT_DONE},
        {"\n", most - 1, "\n\n", VERDICT_DONE},
        {"\r\n\r\n", most - 3, "\r\n\r\n", LINE_TOO_LONG},
        {"\n", most, "", LINE_TOO_LONG},
        {"", most, "", VERDICT_INCOMPLETE},
        {"", most, "\r", VERDICT_INCOMPLETE},
        {"", most + 1, "", LINE_TOO_LONG},
        {"", most + 1, "\r", LINE_TOO_LONG},
        {"", most + 1, "\r\n", LINE_TOO_LONG},
        {"", most + 1, "\n", LINE_TOO_LONG},
        {"", most + 1, "\r\n\r\n", LINE_TOO_LONG},
        {"", most, "\r\r", LINE_TOO_LONG},
        {"", most, "\rx", LINE_TOO_LONG},
        {"", most, "\r\r\n", LINE_TOO_LONG},
        {"", most + 1, "\r\nHost: a\r\n\r\n", LINE_TOO_LONG},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t length;
        char *data =
            make_long(rows[i].before, rows[i].count, rows[i].after, &length);

        check_long(rows[i].after, data, length, rows[i].expected);
        free(data);
    }
}

static void head_scan_holds_the_limit_of_the_section(void **state)
{
    enum {
        most = HEADER_SECTION_MOST
    };
    static const struct {
        const char *before;
        size_t count;
        const char *after;
        enum verdict expected;
    } rows[] = {
        {"G / HTTP/1.1\r\na:", most - 4, "\r\n\r\n", VERDICT_DONE},
        {"G / HTTP/1.1\r\na:", most - 4, "\r\n", VERDICT_INCOMPLETE},
        {"G / HTTP/1.1\r\na:", most - 3, "\n\n", VERDICT_DONE},
        {"\r\nG / HTTP/1.1\r\na:", most - 4, "\r\n\r\n", VERDICT_DONE},
        {"G / HTTP/1.1\r\nb:\r\na:", most - 8, "\r\n\r\n", VERDICT_DONE},
        {"G / HTTP/1.1\r\na:", most - 3, "\r\n\r\n", SECTION_TOO_LONG},
        {"G / HTTP/1.1\r\na:", most - 3, "\r\n", SECTION_TOO_LONG},
        {"G / HTTP/1.1\r\na:", most - 2, "\n\n", SECTION_TOO_LONG},
        {"G / HTTP/1.1\r\nb:\r\na:", most - 7, "\r\n\r\n", SECTION_TOO_LONG},
        {"G / HTTP/1.1\r\na:", most - 2, "", SECTION_TOO_LONG},
        {"G / HTTP/1.1\r\na:", most + 9, "", SECTION_TOO_LONG},
        {"\r\nG / HTTP/1.1\r\na:", most - 3, "\r\n\r\n", SECTION_TOO_LONG},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t length;
        char *data =
            make_long(rows[i].before, rows[i].count, rows[i].after, &length);

        check_long(rows[i].before, data, length, rows[i].expected);
        free(data);
    }
}

/* The limit is for all lines together, not for each. */
static void head_scan_counts_short_lines_together(void **state)
{
    static const char start[] = "G / HTTP/1.1\r\n";
    enum {
        first = sizeof start - 1,
        line = 4
    };
    size_t length = first + HEADER_SECTION_MOST + 2 * line;
    char *data = test_malloc_or_fail(length);

    (void)state;
    memcpy(data, start, first);
    for (size_t i = first; i < length; i += line) {
        memcpy(data + i, "a:\r\n", line);
    }
    memcpy(data + first + HEADER_SECTION_MOST, "\r\n", 2);
    check_long("the limit", data, first + HEADER_SECTION_MOST + 2,
               VERDICT_DONE);
    memcpy(data + first + HEADER_SECTION_MOST, "a:\r\n\r\n", 6);
    check_long("a line more", data, first + HEADER_SECTION_MOST + 6,
               VERDICT_HEADER_SECTION_TOO_LONG);
    free(data);
}

static void head_scan_of_endless_empty_lines(void **state)
{
    enum {
        most = REQUEST_LINE_MOST
    };
    char data[most + 3];

    (void)state;
    for (size_t i = 0; i < sizeof data; i++) {
        data[i] = i % 2 == 0 ? '\r' : '\n';
    }
    check_long("the limit", data, most, VERDICT_INCOMPLETE);
    check_long("a CR more", data, most + 1, VERDICT_INCOMPLETE);
    check_long("a line more", data, most + 2, LINE_TOO_LONG);
    data[most] = 'x';
    check_long("a request line", data, most + 1, LINE_TOO_LONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head_scan_finds_the_end),
        cmocka_unit_test(head_scan_of_a_head_that_is_not_complete),
        cmocka_unit_test(head_scan_holds_the_limit_of_the_request_line),
        cmocka_unit_test(head_scan_holds_the_limit_of_the_section),
        cmocka_unit_test(head_scan_counts_short_lines_together),
        cmocka_unit_test(head_scan_of_endless_empty_lines),
    };

    return run_all(tests);
}
