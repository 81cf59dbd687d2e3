/* request_line_test.c - request lines (RFC 9112, section 3). */
#include "support.h"

#include <string.h>

#include "http/request_line.h"

static void request_line_parse_of_well_formed_lines(void **state)
{
    static const struct {
        const char *line;
        enum method method;
        const char *path;
        enum target_form form;
        int minor_version;
    } rows[] = {
        {"GET / HTTP/1.1", METHOD_GET, "/", TARGET_ORIGIN, 1},
        {"GET / HTTP/1.0", METHOD_GET, "/", TARGET_ORIGIN, 0},
        {"GET / HTTP/1.2", METHOD_GET, "/", TARGET_ORIGIN, 1},
        {"GET / HTTP/1.9", METHOD_GET, "/", TARGET_ORIGIN, 1},
        {"HEAD /a?b HTTP/1.1", METHOD_HEAD, "/a", TARGET_ORIGIN, 1},
        {"POST /a HTTP/1.1", METHOD_POST, "/a", TARGET_ORIGIN, 1},
        {"get / HTTP/1.1", METHOD_OTHER, "/", TARGET_ORIGIN, 1},
        {"GET http://h/p HTTP/1.1", METHOD_GET, "/p", TARGET_ABSOLUTE, 1},
        {"OPTIONS * HTTP/1.1", METHOD_OTHER, "", TARGET_ASTERISK, 1},
        {"CONNECT a:1 HTTP/1.1", METHOD_OTHER, "", TARGET_AUTHORITY, 1},
        {"!#$%&'*+-.^_`|~9 / HTTP/1.1", METHOD_OTHER, "/", TARGET_ORIGIN, 1},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t length = strlen(rows[i].line);
        char *line = guarded_copy(rows[i].line, length);
        struct request_line parsed;

        assert_row_verdict(rows[i].line,
                           request_line_parse(&parsed, line, length),
                           VERDICT_DONE);
        assert_row(rows[i].line, "the method", parsed.method, rows[i].method);
        assert_row(rows[i].line, "the form of the target", parsed.target.form,
                   rows[i].form);
        assert_int_equal(parsed.minor_version, rows[i].minor_version);
        assert_row_octets(rows[i].line, "the path", parsed.target.path,
                          parsed.target.path_length, rows[i].path);
        guarded_free(line, length);
    }
}

static void request_line_parse_of_malformed_lines(void **state)
{
    static const struct {
        const char *line;
        size_t length;
        enum verdict expected;
    } rows[] = {
        {OCTETS(""), VERDICT_METHOD_NOT_TOKEN},
        {OCTETS(" "), VERDICT_METHOD_NOT_TOKEN},
        {OCTETS("  "), VERDICT_METHOD_NOT_TOKEN},
        {OCTETS(" GET / HTTP/1.1"), VERDICT_METHOD_NOT_TOKEN},
        {OCTETS("\tGET / HTTP/1.1"), VERDICT_METHOD_NOT_TOKEN},
        {OCTETS("GET\t/\tHTTP/1.1"), VERDICT_METHOD_NOT_TOKEN},
        {OCTETS("G(T / HTTP/1.1"), VERDICT_METHOD_NOT_TOKEN},
        {OCTETS("GET: / HTTP/1.1"), VERDICT_METHOD_NOT_TOKEN},
        {OCTETS("G\0T / HTTP/1.1"), VERDICT_METHOD_NOT_TOKEN},
        {OCTETS("G\xC4T / HTTP/1.1"), VERDICT_METHOD_NOT_TOKEN},
        {OCTETS("\x16\x03\x01\x02"), VERDICT_METHOD_NOT_TOKEN}, /* TLS */

        {OCTETS("GET"), VERDICT_NO_VERSION},
        {OCTETS("GET "), VERDICT_NO_VERSION},
        {OCTETS("GET /"), VERDICT_NO_VERSION}, /* HTTP/0.9 */
        {OCTETS("GET / "), VERDICT_NO_VERSION},
        {OCTETS("GET / http/1.1"), VERDICT_NO_VERSION},
        {OCTETS("GET / Http/1.1"), VERDICT_NO_VERSION},
        {OCTETS("GET / HTTPS/1.1"), VERDICT_NO_VERSION},
        {OCTETS("GET / HTT"), VERDICT_NO_VERSION},
        {OCTETS("GET / HTTP"), VERDICT_NO_VERSION},
        {OCTETS("GET / 1.1"), VERDICT_NO_VERSION},

        {OCTETS("GET  / HTTP/1.1"), VERDICT_REQUEST_LINE_SPACES},
        {OCTETS("GET  HTTP/1.1"), VERDICT_REQUEST_LINE_SPACES},
        {OCTETS("GET /  HTTP/1.1"), VERDICT_REQUEST_LINE_SPACES},
        {OCTETS("GET / HTTP/1.1 "), VERDICT_REQUEST_LINE_SPACES},
        {OCTETS("GET /a b HTTP/1.1"), VERDICT_REQUEST_LINE_SPACES},
        {OCTETS("GET / HTTP/1.1 x"), VERDICT_REQUEST_LINE_SPACES},

        {OCTETS("GET / HTTP/"), VERDICT_VERSION_MALFORMED},
        {OCTETS("GET / HTTP/1"), VERDICT_VERSION_MALFORMED},
        {OCTETS("GET / HTTP/1."), VERDICT_VERSION_MALFORMED},
        {OCTETS("GET / HTTP/.1"), VERDICT_VERSION_MALFORMED},
        {OCTETS("GET / HTTP/2"), VERDICT_VERSION_MALFORMED},
        {OCTETS("GET / HTTP/1,1"), VERDICT_VERSION_MALFORMED},
        {OCTETS("GET / HTTP/a.1"), VERDICT_VERSION_MALFORMED},
        {OCTETS("GET / HTTP/1.a"), VERDICT_VERSION_MALFORMED},
        {OCTETS("GET / HTTP/1.10"), VERDICT_VERSION_MALFORMED},
        {OCTETS("GET / HTTP/11.1"), VERDICT_VERSION_MALFORMED},
        {OCTETS("GET / HTTP/1.1\t"), VERDICT_VERSION_MALFORMED},
        {OCTETS("GET / HTTP/1.1\0"), VERDICT_VERSION_MALFORMED},
        {OCTETS("GET / HTTP/-1.1"), VERDICT_VERSION_MALFORMED},

        {OCTETS("GET / HTTP/2.0"), VERDICT_VERSION_UNSUPPORTED},
        {OCTETS("GET / HTTP/0.9"), VERDICT_VERSION_UNSUPPORTED},
        {OCTETS("GET / HTTP/3.1"), VERDICT_VERSION_UNSUPPORTED},
        {OCTETS("PRI * HTTP/2.0"), VERDICT_VERSION_UNSUPPORTED},
        {OCTETS("NOSUCH / HTTP/9.9"), VERDICT_VERSION_UNSUPPORTED},

        {OCTETS("GET * HTTP/1.1"), VERDICT_TARGET_FORM},
        {OCTETS("HEAD * HTTP/1.1"), VERDICT_TARGET_FORM},
        {OCTETS("POST * HTTP/1.1"), VERDICT_TARGET_FORM},
        {OCTETS("GET a:80 HTTP/1.1"), VERDICT_TARGET_FORM},
        {OCTETS("POST a:80 HTTP/1.1"), VERDICT_TARGET_FORM},
        {OCTETS("GET /\x01 HTTP/1.1"), VERDICT_TARGET_OCTET},
        {OCTETS("GET http://u@a/ HTTP/1.1"), VERDICT_TARGET_AUTHORITY},

        /* A malformed line is a 400, whatever version it has. */
        {OCTETS("GET /#a HTTP/2.0"), VERDICT_TARGET_FRAGMENT},
        {OCTETS("GET * HTTP/2.0"), VERDICT_TARGET_FORM},
        {OCTETS("GET  / HTTP/2.0"), VERDICT_REQUEST_LINE_SPACES},
        {OCTETS("G@T / HTTP/2.0"), VERDICT_METHOD_NOT_TOKEN},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *line = guarded_copy(rows[i].line, rows[i].length);
        struct request_line parsed;

        assert_row_verdict(rows[i].line,
                           request_line_parse(&parsed, line, rows[i].length),
                           rows[i].expected);
        guarded_free(line, rows[i].length);
    }
}

/* No prefix of a line is a line, and none makes the parser look beyond its end.
 */
static void request_line_parse_of_every_prefix(void **state)
{
    static const char whole[] = "GET http://[::1]:80/a?b HTTP/1.1";

    (void)state;
    for (size_t length = 0; length < sizeof whole - 1; length++) {
        char *line = guarded_copy(whole, length);
        struct request_line parsed;

        assert_row_that(whole + length,
                        request_line_parse(&parsed, line, length) !=
                            VERDICT_DONE,
                        "the verdict is VERDICT_DONE");
        guarded_free(line, length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(request_line_parse_of_well_formed_lines),
        cmocka_unit_test(request_line_parse_of_malformed_lines),
        cmocka_unit_test(request_line_parse_of_every_prefix),
    };

    return run_all(tests);
}
