/* request_test.c - heads that are taken apart; their faults and limits; and
 * what the server does not do. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "http/limits.h"
#include "http/request.h"

#define R "GET / HTTP/1.1\r\n"
#define H "Host: a\r\n"
#define E "\r\n"

/* Parses the data until there is a verdict: first `cut` bytes, then `step` more
 * each time, and each time somewhere else in memory. The bytes of the last call
 * are in `*copy`, for the caller to free. */
static enum verdict parse_moved(struct request *request, const char *data,
                                size_t length, size_t cut, size_t step,
                                char **copy)
{
    enum verdict verdict;

    request_init(request);
    for (;;) {
        *copy = exact_copy(data, cut);
        verdict = request_parse(request, *copy, cut);
        if (verdict != VERDICT_INCOMPLETE || cut == length) {
            return verdict;
        }
        free(*copy);
        cut = length - cut < step ? length : cut + step;
    }
}

struct row {
    const char *data;
    size_t length;
    enum verdict expected;
    size_t line; /* of the fault; 0: not compared */
};

static void check_once(const struct row *row, size_t cut, size_t step)
{
    struct request request;
    char *copy;

    assert_row_verdict(
        row->data,
        parse_moved(&request, row->data, row->length, cut, step, &copy),
        row->expected);
    if (row->line > 0) {
        assert_row(row->data, "the line at fault", request.line, row->line);
    }
    request_release(&request);
    free(copy);
}

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct row *row = &rows[i];
        char *data = guarded_copy(row->data, row->length);
        struct request request;

        request_init(&request);
        assert_row_verdict(row->data,
                           request_parse(&request, data, row->length),
                           row->expected);
        request_release(&request);
        guarded_free(data, row->length);
        for (size_t cut = 0; cut <= row->length; cut++) {
            check_once(row, cut, SIZE_MAX);
        }
        check_once(row, 0, 1);
    }
}

static void request_parse_of_malformed_heads(void **state)
{
    static const struct row rows[] = {
        {OCTETS(""), VERDICT_INCOMPLETE, 0},
        {OCTETS(R H), VERDICT_INCOMPLETE, 0},
        {OCTETS("\r\n\r"), VERDICT_INCOMPLETE, 0},
        {OCTETS(R H E), VERDICT_DONE, 0},
        {OCTETS(R H E "\0\r\n"), VERDICT_DONE, 0},
        {OCTETS("GET / HTTP/1.0\r\n" E), VERDICT_DONE, 0},

        {OCTETS("GET / HTTP/1.1\n" H E), VERDICT_BARE_LF, 1},
        {OCTETS("\nGET / HTTP/1.1\r\n" H E), VERDICT_BARE_LF, 1},
        {OCTETS("\r\n\n" R H E), VERDICT_BARE_LF, 2},
        {OCTETS("\r\n\r\nGET / HTTP/1.1\n" H E), VERDICT_BARE_LF, 3},
        {OCTETS(R "Host: a\n" E), VERDICT_BARE_LF, 2},
        {OCTETS(R H "A: b\n" E), VERDICT_BARE_LF, 3},
        {OCTETS(R H "\n"), VERDICT_BARE_LF, 3},
        {OCTETS(R "\n"), VERDICT_BARE_LF, 2},
        {OCTETS("\r\n" R H "\n"), VERDICT_BARE_LF, 4},
        {OCTETS("GET / HTTP/1.1\r\r\n" H E), VERDICT_BARE_CR, 1},
        {OCTETS("GET /\rHTTP/1.1\r\n" H E), VERDICT_BARE_CR, 1},
        {OCTETS("\r\r\n" R H E), VERDICT_BARE_CR, 1},
        {OCTETS(R H "\rA: b\r\n" E), VERDICT_BARE_CR, 3},
        {OCTETS("GET /\0 HTTP/1.1\r\n" H E), VERDICT_NUL, 1},
        {OCTETS(R H "A: \0\r\n" E), VERDICT_NUL, 3},
        {OCTETS("GET /\x01 HTTP/1.1\r\n" H E), VERDICT_CONTROL, 1},
        {OCTETS(R "A: \x7F\r\n" H E), VERDICT_CONTROL, 2},

        {OCTETS(" GET / HTTP/1.1\r\n" H E), VERDICT_METHOD_NOT_TOKEN, 1},
        {OCTETS("G@T / HTTP/1.1\r\n" H E), VERDICT_METHOD_NOT_TOKEN, 1},
        {OCTETS("GET  / HTTP/1.1\r\n" H E), VERDICT_REQUEST_LINE_SPACES, 1},
        {OCTETS("GET /\r\n" E), VERDICT_NO_VERSION, 1},
        {OCTETS("GET / HTTP/1.1x\r\n" H E), VERDICT_VERSION_MALFORMED, 1},
        {OCTETS("GET a HTTP/1.1\r\n" H E), VERDICT_TARGET_FORM, 1},
        {OCTETS("\r\nGET / HTTP/2.0\r\n" H E), VERDICT_VERSION_UNSUPPORTED, 2},

        {OCTETS(R " A: b\r\n" H E), VERDICT_OBS_FOLD, 2},
        {OCTETS(R H " folded\r\n" E), VERDICT_OBS_FOLD, 3},
        {OCTETS(R H "A\r\n" E), VERDICT_NO_COLON, 3},
        {OCTETS(R H "A : b\r\n" E), VERDICT_SPACE_BEFORE_COLON, 3},
        {OCTETS(R H ": b\r\n" E), VERDICT_NAME_EMPTY, 3},
        {OCTETS("\r\n" R H "A@: b\r\n" E), VERDICT_NAME_NOT_TOKEN, 4},

        {OCTETS(R E), VERDICT_HOST_MISSING, 0},
        {OCTETS(R "Hos: a\r\n" E), VERDICT_HOST_MISSING, 0},
        {OCTETS("GET http://a/ HTTP/1.1\r\n" E), VERDICT_HOST_MISSING, 0},
        {OCTETS("GET / HTTP/1.2\r\n" E), VERDICT_HOST_MISSING, 0},
        {OCTETS(R H "A: b\r\nhOST: a\r\n" E), VERDICT_HOST_TWICE, 4},
        {OCTETS("GET / HTTP/1.0\r\n" H H E), VERDICT_HOST_TWICE, 3},
        {OCTETS(R "A: b\r\nHost: a b\r\n" E), VERDICT_HOST_INVALID, 3},
        {OCTETS(R "Host: u@a\r\n" E), VERDICT_HOST_INVALID, 2},
        {OCTETS("GET / HTTP/1.0\r\nHost: a/b\r\n" E), VERDICT_HOST_INVALID, 2},
        {OCTETS(R "Host:\r\n" E), VERDICT_DONE, 0},
        {OCTETS(R "Host: [::1]:80\r\n" E), VERDICT_DONE, 0},

        {OCTETS(R H "Content-Length: x\r\n" E), VERDICT_LENGTH_NOT_NUMBER, 3},
        {OCTETS("\r\n" R H "A: b\r\nContent-Length: 1,1\r\n" E),
         VERDICT_LENGTH_LIST, 5},
        {OCTETS(R H "Content-Length: 1\r\nContent-Length: 2\r\n" E),
         VERDICT_LENGTHS_DIFFER, 4},
        {OCTETS(R H "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n" E),
         VERDICT_BOTH_LENGTHS, 0},
        {OCTETS("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" E),
         VERDICT_CODING_IN_1_0, 0},
        {OCTETS(R H "Transfer-Encoding: a b\r\n" E), VERDICT_CODING_MALFORMED,
         3},
        {OCTETS(R H "Transfer-Encoding: chunked, chunked\r\n" E),
         VERDICT_CHUNKED_TWICE, 3},
        {OCTETS(R H "Transfer-Encoding: gzip\r\n" E), VERDICT_CHUNKED_NOT_LAST,
         0},
    };

    (void)state;
    check_rows(rows, COUNT(rows));
}

/* The first fault wins, in the order of verdict.h. */
static void request_parse_tells_the_first_fault(void **state)
{
    static const struct row rows[] = {
        {OCTETS("GET / HTTP/2.0\r\nA : b\r\n" E), VERDICT_VERSION_UNSUPPORTED,
         1},
        {OCTETS("GET a HTTP/2.0\r\nA : b\r\n" E), VERDICT_TARGET_FORM, 1},
        {OCTETS("GET / HTTP/2.0\nA : b\r\n" E), VERDICT_BARE_LF, 1},
        {OCTETS("G@T / HTTP/1.1\r\nA : b\n" E), VERDICT_METHOD_NOT_TOKEN, 1},
        {OCTETS(R "A : b\r\n B\r\n" E), VERDICT_SPACE_BEFORE_COLON, 2},
        {OCTETS(R "Host: a b\r\nA : b\r\n" E), VERDICT_SPACE_BEFORE_COLON, 3},
        {OCTETS(R "Content-Length: x\r\nA\r\n" E), VERDICT_NO_COLON, 3},
        {OCTETS(R "Content-Length: x\r\n" E), VERDICT_HOST_MISSING, 0},
        {OCTETS(R "Content-Length: x\r\n" H H E), VERDICT_HOST_TWICE, 4},
        {OCTETS(R "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"
                  "Host: /\r\n" E),
         VERDICT_HOST_INVALID, 4},
        {OCTETS("NOSUCH / HTTP/1.1\r\n" E), VERDICT_HOST_MISSING, 0},
        {OCTETS("NOSUCH / HTTP/1.1\r\n" H "Content-Length: x\r\n" E),
         VERDICT_LENGTH_NOT_NUMBER, 3},
    };

    (void)state;
    check_rows(rows, COUNT(rows));
}

/* The parser waits for no more bytes than it needs to see the fault: those of
 * the row. With one byte less, it must not judge yet. */
static void request_parse_judges_the_request_line_at_once(void **state)
{
    static const struct row rows[] = {
        /* A TLS client hello, and other first bytes that begin no method. */
        {OCTETS("\x16"), VERDICT_METHOD_NOT_TOKEN, 1},
        {OCTETS("\0"), VERDICT_METHOD_NOT_TOKEN, 1},
        {OCTETS(" "), VERDICT_METHOD_NOT_TOKEN, 1},
        {OCTETS("\x80"), VERDICT_METHOD_NOT_TOKEN, 1},
        {OCTETS("\r\n\x16"), VERDICT_METHOD_NOT_TOKEN, 2},
        {OCTETS("\n\r\n\n\t"), VERDICT_METHOD_NOT_TOKEN, 4},

        {OCTETS("G@T / HTTP/1.1\r\n"), VERDICT_METHOD_NOT_TOKEN, 1},
        {OCTETS("GET /\r\n"), VERDICT_NO_VERSION, 1},
        {OCTETS("\r\n\r\nGET /\r\n"), VERDICT_NO_VERSION, 3},
        {OCTETS("GET  / HTTP/1.1\r\n"), VERDICT_REQUEST_LINE_SPACES, 1},
        {OCTETS("GET a HTTP/1.1\r\n"), VERDICT_TARGET_FORM, 1},
        {OCTETS("GET / HTTP/1.1\n"), VERDICT_BARE_LF, 1},
        {OCTETS("\nGET / HTTP/1.1\r\n"), VERDICT_BARE_LF, 1},
        {OCTETS("\r\r\n"), VERDICT_BARE_CR, 1},
        {OCTETS("\r\x16\r\n"), VERDICT_BARE_CR, 1},
        {OCTETS("GET /\0 HTTP/1.1\r\n"), VERDICT_NUL, 1},
        {OCTETS("GET / HTTP/5.6\r\n"), VERDICT_VERSION_UNSUPPORTED, 1},
        {OCTETS("PRI * HTTP/2.0\r\n"), VERDICT_VERSION_UNSUPPORTED, 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct row before = rows[i];

        before.length--;
        before.expected = VERDICT_INCOMPLETE;
        before.line = 0;
        check_rows(&before, 1);
    }
    check_rows(rows, COUNT(rows));
}

static void assert_field(const struct request *request, const char *name,
                         const char *value)
{
    const struct header *field = headers_find(&request->headers, name);

    assert_non_null(field);
    assert_row_octets(name, "the value", field->value, field->value_length,
                      value);
}

static void check_values(const struct request *request, const char *data)
{
    static const char head[] =
        "\r\nPOST /a%20b?c=d?e HTTP/1.1\r\nHost: a\r\nX:  y z \t\r\n"
        "Content-Length: 3\r\nExpect: 100-continue\r\nE:\r\n\r\n";

    assert_int_equal(request->method, METHOD_POST);
    assert_int_equal(request->minor_version, 1);
    assert_string_equal(request->path, "/a%20b");
    assert_row_octets("query", "the query", request->query,
                      request->query_length, "c=d?e");
    assert_true(request->query > data &&
                request->query < data + request->length);
    assert_int_equal(request->headers.count, 5);
    assert_field(request, "host", "a");
    assert_field(request, "x", "y z");
    assert_field(request, "e", "");
    assert_true(request->framing.length_given);
    assert_int_equal(request->framing.length, 3);
    assert_false(request->framing.chunked);
    assert_int_equal(request->first_field_line, 3);
    assert_int_equal(request->length, sizeof head - 1);
}

static void request_parse_gives_the_same_values_for_every_cut(void **state)
{
    static const char data[] =
        "\r\nPOST /a%20b?c=d?e HTTP/1.1\r\nHost: a\r\nX:  y z \t\r\n"
        "Content-Length: 3\r\nExpect: 100-continue\r\nE:\r\n\r\nabc";
    struct request request;
    char *copy;

    (void)state;
    for (size_t cut = 0; cut < sizeof data; cut++) {
        assert_int_equal(
            parse_moved(&request, OCTETS(data), cut, SIZE_MAX, &copy),
            VERDICT_DONE);
        check_values(&request, copy);
        request_release(&request);
        free(copy);
    }
    assert_int_equal(parse_moved(&request, OCTETS(data), 0, 1, &copy),
                     VERDICT_DONE);
    check_values(&request, copy);
    request_release(&request);
    free(copy);
}

/* Makes `start`, then `x` again and again, then LF, `length` bytes in all. The
 * verdict is the same for the whole and for pieces. */
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

/* A first byte that begins no method is reported first, then a request line
 * that is too long or malformed, and only then a header section that is too
 * long. */
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

/* A request line and a header section at their limits, byte by byte. */
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
        cmocka_unit_test(request_parse_of_malformed_heads),
        cmocka_unit_test(request_parse_tells_the_first_fault),
        cmocka_unit_test(request_parse_judges_the_request_line_at_once),
        cmocka_unit_test(request_parse_gives_the_same_values_for_every_cut),
        cmocka_unit_test(request_parse_beyond_the_limits),
        cmocka_unit_test(request_parse_at_the_limits_is_linear),
        cmocka_unit_test(request_check_of_requests),
        cmocka_unit_test(request_is_head_by_its_first_octets),
        cmocka_unit_test(request_release_makes_it_usable_again),
    };

    return run_all(tests);
}
