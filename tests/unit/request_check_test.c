/*
 * request_check_test.c - targets, heads at their limits, and what the server
 * does not do.
 */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "http/limits.h"
#include "http/request.h"

#define R "GET / HTTP/1.1\r\n"
#define H "Host: a\r\n"
#define E "\r\n"

static void request_parse_of_targets(void **state)
{
    static const struct {
        const char *data;
        const char *path;
        const char *query;
    } rows[] = {
        {R H E, "/", NULL},
        {"GET /? HTTP/1.1\r\n" H E, "/", ""},
        {"GET /a/%00?b HTTP/1.1\r\n" H E, "/a/%00", "b"},
        {"GET http://h:1 HTTP/1.1\r\n" H E, "/", NULL},
        {"GET http://h?a HTTP/1.1\r\n" H E, "/", "a"},
        {"GET HTTP://h/p?a HTTP/1.1\r\n" H E, "/p", "a"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct request request;

        request_init(&request);
        assert_int_equal(
            request_parse(&request, rows[i].data, strlen(rows[i].data)),
            VERDICT_DONE);
        assert_string_equal(request.path, rows[i].path);
        assert_row_bool(rows[i].data, "that there is no query",
                        request.query == NULL, rows[i].query == NULL);
        if (rows[i].query != NULL) {
            assert_row_octets(rows[i].data, "the query", request.query,
                              request.query_length, rows[i].query);
        }
        request_release(&request);
    }
}

/* `start`, then `x` again and again, then LF, `length` octets in all: the same
 * verdict at once and in pieces. */
static void check_long(const char *start, const char *x, size_t length,
                       enum verdict expected)
{
    static const size_t steps[] = {SIZE_MAX, 1460, 1};
    size_t first = strlen(start);
    char *data = test_malloc_or_fail(length);

    memcpy(data, start, first);
    for (size_t i = first; i < length; i++) {
        data[i] = x[(i - first) % strlen(x)];
    }
    data[length - 1] = '\n';
    for (size_t i = 0; i < COUNT(steps); i++) {
        enum verdict verdict = VERDICT_INCOMPLETE;
        struct request request;
        size_t come = 0;

        request_init(&request);
        while (come < length && verdict == VERDICT_INCOMPLETE) {
            come = length - come < steps[i] ? length : come + steps[i];
            verdict = request_parse(&request, data, come);
        }
        assert_row_verdict(start, verdict, expected);
        request_release(&request);
    }
    free(data);
}

/* A first octet that begins no method, a request line that is too long or
 * malformed, and only then a header section that is too long. */
static void request_parse_beyond_the_limits(void **state)
{
    enum {
        line = REQUEST_LINE_MOST,
        section = HEADER_SECTION_MOST + 100
    };

    (void)state;
    check_long("", "a", line + 1, VERDICT_BARE_LF);
    check_long("", "a", line + 2, VERDICT_REQUEST_LINE_TOO_LONG);
    check_long("\n", "a", line + 2, VERDICT_REQUEST_LINE_TOO_LONG);
    check_long("", "\r\n", line, VERDICT_INCOMPLETE);
    check_long("", "\n", line + 1, VERDICT_REQUEST_LINE_TOO_LONG);
    check_long("", "\r\n", line + 2, VERDICT_REQUEST_LINE_TOO_LONG);
    check_long("@", "a", line + 2, VERDICT_METHOD_NOT_TOKEN);
    check_long("\r\n ", "a", line + 2, VERDICT_METHOD_NOT_TOKEN);
    check_long(R, "a", section, VERDICT_HEADER_SECTION_TOO_LONG);
    check_long(R "A : b\r\n", "a", section, VERDICT_HEADER_SECTION_TOO_LONG);
    check_long("GET /\r\n", "a", section, VERDICT_NO_VERSION);
    check_long("GET / HTTP/1.1\n", "a", section, VERDICT_BARE_LF);
    check_long("GET / HTTP/2.0\r\n", "a", section, VERDICT_VERSION_UNSUPPORTED);
    check_long("@\r\n", "a", section, VERDICT_METHOD_NOT_TOKEN);
}

/* A request line and a section at their limits, an octet each time. */
static void request_parse_at_the_limits_is_linear(void **state)
{
    enum {
        line = REQUEST_LINE_MOST,
        section = HEADER_SECTION_MOST
    };
    size_t length = line + 2 + section + 2;
    char *data = test_malloc_or_fail(length);
    struct request request;
    enum verdict verdict = VERDICT_INCOMPLETE;

    (void)state;
    memset(data, 'a', length);
    memcpy(data, "GET /", 5);
    memcpy(data + line - 9, " HTTP/1.1\r\nHost: a\r\n", 20);
    for (size_t i = line + 2 + 9; i < length - 4; i += 5) {
        memcpy(data + i, length - 4 - i < 10 ? "a:aaa" : "a:a\r\n", 5);
    }
    memcpy(data + length - 4, "\r\n\r\n", 4);
    request_init(&request);
    for (size_t i = 0; i <= length && verdict == VERDICT_INCOMPLETE; i++) {
        verdict = request_parse(&request, data, i);
    }
    assert_int_equal(verdict, VERDICT_DONE);
    assert_int_equal(request.length, length);
    assert_int_equal(strlen(request.path), line - 4 - 9);
    assert_true(request.headers.count > section / 6);
    request_release(&request);
    free(data);
}

static void request_check_of_requests(void **state)
{
    static const struct {
        const char *data;
        enum verdict refused;
        enum verdict accepted;
        size_t line;
        bool expects_continue;
    } rows[] = {
        {R H E, VERDICT_DONE, VERDICT_DONE, 0, false},
        {"HEAD / HTTP/1.1\r\n" H E, VERDICT_DONE, VERDICT_DONE, 0, false},
        {"POST / HTTP/1.1\r\n" H E, VERDICT_POST_REFUSED, VERDICT_DONE, 0,
         false},
        {"\r\nPUT / HTTP/1.1\r\n" H E, VERDICT_METHOD_UNSUPPORTED,
         VERDICT_METHOD_UNSUPPORTED, 2, false},
        {"get / HTTP/1.1\r\n" H E, VERDICT_METHOD_UNSUPPORTED,
         VERDICT_METHOD_UNSUPPORTED, 1, false},
        {"GETT / HTTP/1.1\r\n" H E, VERDICT_METHOD_UNSUPPORTED,
         VERDICT_METHOD_UNSUPPORTED, 1, false},
        {"OPTIONS * HTTP/1.1\r\n" H E, VERDICT_METHOD_UNSUPPORTED,
         VERDICT_METHOD_UNSUPPORTED, 1, false},
        {"CONNECT a:1 HTTP/1.1\r\n" H E, VERDICT_METHOD_UNSUPPORTED,
         VERDICT_METHOD_UNSUPPORTED, 1, false},
        {"PUT / HTTP/1.1\r\n" H "Expect: x\r\n" E, VERDICT_METHOD_UNSUPPORTED,
         VERDICT_METHOD_UNSUPPORTED, 1, false},
        {R H "Transfer-Encoding: gzip, chunked\r\nExpect: x\r\n" E,
         VERDICT_CODING_UNSUPPORTED, VERDICT_CODING_UNSUPPORTED, 0, false},
        {R H "Transfer-Encoding: chunked\r\n" E, VERDICT_DONE, VERDICT_DONE, 0,
         false},
        {R H "Expect: 100-continue\r\n" E, VERDICT_DONE, VERDICT_DONE, 0, true},
        {R H "expect: 100-CONTINUE\r\n" E, VERDICT_DONE, VERDICT_DONE, 0, true},
        {R H "Expect: , 100-continue ,\t100-continue,\r\n" E, VERDICT_DONE,
         VERDICT_DONE, 0, true},
        {R H "Expect:\r\n" E, VERDICT_DONE, VERDICT_DONE, 0, false},
        {R H "A: b\r\nExpect: 200-ok\r\n" E, VERDICT_EXPECTATION,
         VERDICT_EXPECTATION, 4, false},
        {R "Expect: 100-continue, x\r\n" H E, VERDICT_EXPECTATION,
         VERDICT_EXPECTATION, 2, false},
        {R "Expect: 100-continue\r\n" H "Expect: x\r\n" E, VERDICT_EXPECTATION,
         VERDICT_EXPECTATION, 4, true},
        {R "Expect: x\r\n" H "Expect: 100-continue\r\n" E, VERDICT_EXPECTATION,
         VERDICT_EXPECTATION, 2, false},
        {R "Expect: 100-continue-x\r\n" H E, VERDICT_EXPECTATION,
         VERDICT_EXPECTATION, 2, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        for (int accepted = 0; accepted < 2; accepted++) {
            struct request request;

            request_init(&request);
            assert_row_verdict(
                rows[i].data,
                request_parse(&request, rows[i].data, strlen(rows[i].data)),
                VERDICT_DONE);
            assert_row_verdict(rows[i].data,
                               request_check(&request, accepted ? NULL : "No."),
                               accepted ? rows[i].accepted : rows[i].refused);
            assert_row_bool(rows[i].data, "expects_continue",
                            request.expects_continue, rows[i].expects_continue);
            if (rows[i].line > 0) {
                assert_row(rows[i].data, "the line at fault", request.line,
                           rows[i].line);
            }
            request_release(&request);
        }
    }
}

static void request_is_head_by_its_first_octets(void **state)
{
    static const struct {
        const char *data;
        bool expected;
    } rows[] = {
        {"HEAD / HTTP/1.1\r\n" H E, true},
        {"\r\n\r\nHEAD / HTTP/1.1\r\n" H E, true},
        {"HEAD  / HTTP/1.1\r\n" H E, true},
        {"HEAD / HTTP/9.1\n" E, true},
        {"\r\nHEAD /", true},
        {"HEAD ", true},
        {"HEAD", false},
        {"\r\nHEAD", false},
        {"head / HTTP/1.1\r\n" H E, false},
        {"HEADX / HTTP/1.1\r\n" H E, false},
        {"GET /HEAD HTTP/1.1\r\n" H E, false},
        {"GET / HTTP/1.1\r\nHEAD : a\r\n" E, false},
        {" HEAD / HTTP/1.1\r\n" H E, false},
        {"", false},
        {"\r\n", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t length = strlen(rows[i].data);
        char *data = guarded_copy(rows[i].data, length);
        struct request request;

        request_init(&request);
        (void)request_parse(&request, data, length);
        assert_row_bool(rows[i].data, "request_is_head",
                        request_is_head(&request, data, length),
                        rows[i].expected);
        request_release(&request);
        guarded_free(data, length);
    }
}

static void request_release_makes_it_usable_again(void **state)
{
    struct request request;

    (void)state;
    memset(&request, 0xA5, sizeof request);
    request_init(&request);
    request_release(&request);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(request_parse(&request, OCTETS(R H E)), VERDICT_DONE);
        assert_int_equal(request.headers.count, 1);
        request_release(&request);
        assert_null(request.path);
        assert_int_equal(request.headers.count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_parse_of_targets),
        cmocka_unit_test(request_parse_beyond_the_limits),
        cmocka_unit_test(request_parse_at_the_limits_is_linear),
        cmocka_unit_test(request_check_of_requests),
        cmocka_unit_test(request_is_head_by_its_first_octets),
        cmocka_unit_test(request_release_makes_it_usable_again),
    };

    return run_all(tests);
}
