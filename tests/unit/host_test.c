/* host_test.c - hosts and ports (RFC 3986, section 3.2.2). */
#include "support.h"

#include "http/host.h"

struct row {
    const char *text;
    size_t length;
};

static const struct row valid[] = {
    {OCTETS("")}, /* uri-host may be empty */
    {OCTETS(":")},
    {OCTETS(":80")},
    {OCTETS("a")},
    {OCTETS("localhost")},
    {OCTETS("localhost:")},
    {OCTETS("localhost:8080")},
    {OCTETS("EXAMPLE.com:00080")},
    {OCTETS("a:99999999999999999999")}, /* port = *DIGIT */
    {OCTETS("a_b-c.d~e")},
    {OCTETS("!$&'()*+,;=")},
    {OCTETS("127.0.0.1:80")},
    {OCTETS("999.999.999.999")}, /* a reg-name */
    {OCTETS("a%20b")},
    {OCTETS("%C3%a4:1")},
    {OCTETS("[::]")},
    {OCTETS("[::1]")},
    {OCTETS("[::1]:")},
    {OCTETS("[::1]:8080")},
    {OCTETS("[2001:DB8:0:0:8:800:200C:417a]")},
    {OCTETS("[1:2:3:4:5:6:7::]")},
    {OCTETS("[::ffff:192.0.2.1]:443")},
    {OCTETS("[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]")},
    {OCTETS("[v1.a]")},
    {OCTETS("[VfF.a:b!c]:1")},
};

static const struct row invalid[] = {
    {OCTETS("user@host")},
    {OCTETS("user:pass@host:80")},
    {OCTETS("@")},
    {OCTETS("a b")},
    {OCTETS(" a")},
    {OCTETS("a ")},
    {OCTETS("a\tb")},
    {OCTETS("a/b")},
    {OCTETS("a?b")},
    {OCTETS("a#b")},
    {OCTETS("a\\b")},
    {OCTETS("a\"b")},
    {OCTETS("a<b")},
    {OCTETS("a|b")},
    {OCTETS("a\0b")},
    {OCTETS("a\0")},
    {OCTETS("\0")},
    {OCTETS("a\x7F")},
    {OCTETS("\xC3\xA4")},
    {OCTETS("a%")},
    {OCTETS("a%2")},
    {OCTETS("a%2g")},
    {OCTETS("a%g2")},
    {OCTETS("%:80")},
    {OCTETS("%2:0")},
    {OCTETS("a:b")},
    {OCTETS("a:8a")},
    {OCTETS("a:-1")},
    {OCTETS("a:+1")},
    {OCTETS("a: 80")},
    {OCTETS("a:80 ")},
    {OCTETS("a:80\0")},
    {OCTETS("a:80:80")},
    {OCTETS("a::80")},
    {OCTETS("::1")}, /* without the brackets */
    {OCTETS("[")},
    {OCTETS("]")},
    {OCTETS("[]")},
    {OCTETS("[]:80")},
    {OCTETS("[::1")},
    {OCTETS("::1]")},
    {OCTETS("[::1]8080")},
    {OCTETS("[::1]a")},
    {OCTETS("[::1]:a")},
    {OCTETS("[::1]]")},
    {OCTETS("[[::1]]")},
    {OCTETS("a[::1]")},
    {OCTETS("[:::1]")},
    {OCTETS("[1::2::3]")},
    {OCTETS("[1:2:3:4:5:6:7]")},
    {OCTETS("[1:2:3:4:5:6:7:8:9]")},
    {OCTETS("[12345::]")},
    {OCTETS("[g::]")},
    {OCTETS("[::1\0]")},
    {OCTETS("[::1%eth0]")},
    {OCTETS("[::256.0.0.1]")},
    {OCTETS("[127.0.0.1]")},
    {OCTETS("[localhost]")},
    {OCTETS("[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.2555]")},
    {OCTETS("[v.a]")},
    {OCTETS("[v1.]")},
    {OCTETS("[v1]")},
    {OCTETS("[vg.a]")},
    {OCTETS("[v1.a/b]")},
    {OCTETS("[v1.\0]")},
};

static void check_rows(const struct row *rows, size_t count, bool expected)
{
    for (size_t i = 0; i < count; i++) {
        char *text = guarded_copy(rows[i].text, rows[i].length);

        assert_row_bool(rows[i].text, "host_is_valid",
                        host_is_valid(text, rows[i].length), expected);
        guarded_free(text, rows[i].length);
    }
}

static void host_is_valid_for_hosts_with_and_without_port(void **state)
{
    (void)state;
    check_rows(valid, COUNT(valid), true);
}

static void host_is_valid_not_for_anything_else(void **state)
{
    (void)state;
    check_rows(invalid, COUNT(invalid), false);
}

static void host_is_empty_without_a_host(void **state)
{
    static const struct {
        const char *text;
        size_t length;
        bool expected;
    } rows[] = {
        {OCTETS(""), true},      {OCTETS(":"), true},
        {OCTETS(":80"), true},   {OCTETS("a"), false},
        {OCTETS("a:80"), false}, {OCTETS("[::1]:80"), false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *text = guarded_copy(rows[i].text, rows[i].length);

        assert_row_bool(rows[i].text, "host_is_empty",
                        host_is_empty(text, rows[i].length), rows[i].expected);
        guarded_free(text, rows[i].length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(host_is_valid_for_hosts_with_and_without_port),
        cmocka_unit_test(host_is_valid_not_for_anything_else),
        cmocka_unit_test(host_is_empty_without_a_host),
    };

    return run_all(tests);
}
