/* response_test.c - which responses can be sent, and how they are written. */
#include "support.h"

#include <string.h>

#include "http/response.h"
#include "http/verdict.h"

static void response_release_makes_it_empty(void **state)
{
    struct response response;

    (void)state;
    memset(&response, 0xA5, sizeof response);
    response_init(&response);
    response.code = 200;
    headers_add(&response.headers, "A", "b");
    buffer_append_string(&response.content, "c");
    response.content.failed = true;
    for (int i = 0; i < 2; i++) {
        response_release(&response);
        assert_int_equal(response.code, 0);
        assert_int_equal(response.headers.count, 0);
        assert_int_equal(response.content.length, 0);
        assert_false(response.content.failed);
        assert_false(response_is_valid(&response)); /* 0 is not a code */
    }
}

static void response_is_valid_for_final_codes(void **state)
{
    static const struct {
        int code;
        bool expected;
    } rows[] = {
        {200, true},   {204, true},    {304, true},        {399, true},
        {404, true},   {500, true},    {599, true},        {INT32_MIN, false},
        {-200, false}, {0, false},     {1, false},         {99, false},
        {100, false},  {199, false},   {600, false},       {999, false},
        {2000, false}, {65736, false}, {INT32_MAX, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct response response;

        response_init(&response);
        response.code = rows[i].code;
        assert_row_bool("code", "response_is_valid",
                        response_is_valid(&response), rows[i].expected);
        response_release(&response);
    }
}

/* A response with one good field and this one. */
static bool is_valid_with(const char *name, size_t name_length,
                          const char *value, size_t value_length)
{
    struct response response;
    bool valid;

    response_init(&response);
    response.code = 200;
    headers_add(&response.headers, "X-Good", "yes");
    headers_add_field(
        &response.headers,
        (struct header){name, name_length, value, value_length, NULL});
    valid = response_is_valid(&response);
    response_release(&response);
    return valid;
}

static void response_is_valid_for_fields(void **state)
{
    static const struct {
        const char *name;
        size_t name_length;
        const char *value;
        size_t value_length;
        bool expected;
    } rows[] = {
        {OCTETS("A"), OCTETS("b"), true},
        {OCTETS("A"), OCTETS(""), true},
        {OCTETS("Set-Cookie"), OCTETS("a=b; Path=/"), true},
        {OCTETS("A"), OCTETS("\xC3\xA4\t\xFF"), true},
        {OCTETS("!#$%&'*+-.^_`|~"), OCTETS("b"), true},
        {OCTETS("A"), OCTETS("b\r\nC: d"), false},
        {OCTETS("A"), OCTETS("b\r"), false},
        {OCTETS("A"), OCTETS("\n"), false},
        {OCTETS("A"), OCTETS("b\0c"), false},
        {OCTETS("A"), OCTETS("b\0"), false},
        {OCTETS(""), OCTETS("b"), false},
        {OCTETS("A "), OCTETS("b"), false},
        {OCTETS(" A"), OCTETS("b"), false},
        {OCTETS("A:"), OCTETS("b"), false},
        {OCTETS("A B"), OCTETS("b"), false},
        {OCTETS("A\r\nB"), OCTETS("b"), false},
        {OCTETS("A\0"), OCTETS("b"), false},
        {OCTETS("\xC3\xA4"), OCTETS("b"), false},
        {OCTETS("A(B)"), OCTETS("b"), false},
        {OCTETS("Content-Length"), OCTETS("0"), false},
        {OCTETS("CONTENT-LENGTH"), OCTETS("0"), false},
        {OCTETS("content-length"), OCTETS("0"), false},
        {OCTETS("Transfer-Encoding"), OCTETS("chunked"), false},
        {OCTETS("transfer-ENCODING"), OCTETS("chunked"), false},
        {OCTETS("Connection"), OCTETS("keep-alive"), false},
        {OCTETS("connection"), OCTETS("close"), false},
        {OCTETS("Date"), OCTETS("now"), false},
        {OCTETS("dATE"), OCTETS("now"), false},
        {OCTETS("Content-Lengthy"), OCTETS("0"), true},
        {OCTETS("Content-Type"), OCTETS("text/plain"), true},
        {OCTETS("Dat"), OCTETS("now"), true},
        {OCTETS("X-Date"), OCTETS("now"), true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_row_bool(rows[i].value, "response_is_valid",
                        is_valid_with(rows[i].name, rows[i].name_length,
                                      rows[i].value, rows[i].value_length),
                        rows[i].expected);
    }
}

static void response_is_valid_not_after_a_failure(void **state)
{
    struct response response;

    (void)state;
    response_init(&response);
    response.code = 200;
    assert_true(response_is_valid(&response));
    response.content.failed = true;
    assert_false(response_is_valid(&response));
    response.content.failed = false;
    response.headers.failed = true;
    assert_false(response_is_valid(&response));
    response_release(&response);
}

static void response_has_content_but_for_three_codes(void **state)
{
    (void)state;
    for (int code = 200; code < 600; code++) {
        struct response response = {.code = code};

        if (response_has_content(&response) !=
            (code != 204 && code != 205 && code != 304)) {
            fail_msg("code %d", code);
        }
    }
}

static void check_head(int code, const char *expected)
{
    struct response response;
    struct buffer head;

    response_init(&response);
    response.code = code;
    headers_add(&response.headers, "Content-Type", "text/plain");
    headers_add(&response.headers, "X-Empty", "");
    headers_add(&response.headers, "X-A", "1");
    headers_add(&response.headers, "X-A", "2");
    buffer_append_string(&response.content, "hello, world");
    buffer_init(&head);
    response_write_head(&response, 784111777, &head);
    assert_row_octets("head", "the head", head.data, head.length, expected);
    assert_false(head.failed);
    buffer_release(&head);
    response_release(&response);
}

#define DATE "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
#define FIELDS                                                                 \
    "Connection: close\r\nContent-Type: text/plain\r\n"                        \
    "X-Empty: \r\nX-A: 1\r\nX-A: 2\r\n"

static void response_write_head_to_the_octet(void **state)
{
    (void)state;
    check_head(200,
               "HTTP/1.1 200 OK\r\n" DATE FIELDS "Content-Length: 12\r\n\r\n");
    check_head(404, "HTTP/1.1 404 Not Found\r\n" DATE FIELDS
                    "Content-Length: 12\r\n\r\n");
}

static void response_write_head_of_a_code_without_a_phrase(void **state)
{
    (void)state;
    check_head(299,
               "HTTP/1.1 299 \r\n" DATE FIELDS "Content-Length: 12\r\n\r\n");
}

static void response_write_head_without_a_length(void **state)
{
    (void)state;
    check_head(204, "HTTP/1.1 204 No Content\r\n" DATE FIELDS "\r\n");
    check_head(304, "HTTP/1.1 304 Not Modified\r\n" DATE FIELDS "\r\n");
    check_head(205, "HTTP/1.1 205 Reset Content\r\n" DATE FIELDS
                    "Content-Length: 0\r\n\r\n");
}

static void response_write_head_of_an_empty_content(void **state)
{
    struct response response;
    struct buffer head;

    (void)state;
    response_init(&response);
    response.code = 200;
    buffer_init(&head);
    buffer_append_string(&head, "before ");
    response_write_head(&response, 784111777, &head);
    assert_row_octets("head", "the head", head.data, head.length,
                      "before HTTP/1.1 200 OK\r\n" DATE
                      "Connection: close\r\nContent-Length: 0\r\n\r\n");
    buffer_release(&head);
    response_release(&response);
}

/* RFC 9110, section 15, and RFC 6585 */
static const struct {
    int code;
    const char *reason;
} phrases[] = {
    {100, "Continue"},
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {305, "Use Proxy"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {511, "Network Authentication Required"},
};

static void status_reason_as_the_rfcs_have_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(phrases); i++) {
        assert_string_equal(status_reason(phrases[i].code), phrases[i].reason);
    }
}

static void status_reason_of_a_code_that_has_none(void **state)
{
    static const int rows[] = {INT32_MIN, -1,  0,   1,   99,  199,  299,
                               306,       499, 510, 512, 599, 1000, INT32_MAX};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_string_equal(status_reason(rows[i]), "");
    }
}

static void status_reason_of_each_verdict_is_there(void **state)
{
    (void)state;
    for (int v = 0; v <= VERDICT_RESPONSE_INVALID; v++) {
        int code = verdict_code((enum verdict)v);

        if (code != 0) {
            assert_string_not_equal(status_reason(code), "");
        }
    }
}

static void http_date_of_known_times(void **state)
{
    static const struct {
        int64_t time;
        const char *text;
    } rows[] = {
        {-1, "Wed, 31 Dec 1969 23:59:59 GMT"},
        {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"},
        {253402300799, "Fri, 31 Dec 9999 23:59:59 GMT"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[HTTP_DATE_SIZE];

        if ((time_t)rows[i].time != rows[i].time) {
            continue; /* a time_t of 32 bits ends in 2038 */
        }
        memset(text, '!', sizeof text);
        http_date((time_t)rows[i].time, text);
        assert_int_equal(text[HTTP_DATE_SIZE - 1], '\0');
        assert_string_equal(text, rows[i].text);
    }
}

/* 400 years have every kind of leap year and weekday. */
static void http_date_of_every_day_of_400_years(void **state)
{
    static const int64_t day = 86400;

    (void)state;
    for (int64_t time = 0; time < 146097 * day; time += day) {
        char text[HTTP_DATE_SIZE];
        char expected[HTTP_DATE_SIZE];
        int64_t second = time + time / day % day; /* each of a day */
        time_t at = (time_t)second;
        struct tm tm;

        if (at != second) {
            break; /* a time_t of 32 bits ends in 2038 */
        }
        assert_non_null(gmtime_r(&at, &tm));
        assert_int_equal(strftime(expected, sizeof expected,
                                  "%a, %d %b %Y %H:%M:%S GMT", &tm),
                         HTTP_DATE_SIZE - 1);
        http_date(at, text);
        assert_string_equal(text, expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(response_release_makes_it_empty),
        cmocka_unit_test(response_is_valid_for_final_codes),
        cmocka_unit_test(response_is_valid_for_fields),
        cmocka_unit_test(response_is_valid_not_after_a_failure),
        cmocka_unit_test(response_has_content_but_for_three_codes),
        cmocka_unit_test(response_write_head_to_the_octet),
        cmocka_unit_test(response_write_head_of_a_code_without_a_phrase),
        cmocka_unit_test(response_write_head_without_a_length),
        cmocka_unit_test(response_write_head_of_an_empty_content),
        cmocka_unit_test(status_reason_as_the_rfcs_have_it),
        cmocka_unit_test(status_reason_of_a_code_that_has_none),
        cmocka_unit_test(status_reason_of_each_verdict_is_there),
        cmocka_unit_test(http_date_of_known_times),
        cmocka_unit_test(http_date_of_every_day_of_400_years),
    };

    return run_all(tests);
}
