/* status_test.c - the reason phrases of RFC 9110, section 15, and RFC 6585. */
#include "support.h"

#include <string.h>

#include "http/status.h"
#include "http/verdict.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_reason_as_the_rfcs_have_it),
        cmocka_unit_test(status_reason_of_a_code_that_has_none),
        cmocka_unit_test(status_reason_of_each_verdict_is_there),
    };

    return run_all(tests);
}
