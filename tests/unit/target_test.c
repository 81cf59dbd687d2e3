/* target_test.c - the four forms of a target (RFC 9112, section 3.2). */
#include "support.h"

#include <string.h>

#include "http/target.h"

static void target_parse_takes_each_form_apart(void **state)
{
    static const struct {
        const char *text;
        enum target_form form;
        const char *path;
        const char *query; /* NULL: there is none */
    } rows[] = {
        {"/", TARGET_ORIGIN, "/", NULL},
        {"/?", TARGET_ORIGIN, "/", ""},
        {"/a/b.html", TARGET_ORIGIN, "/a/b.html", NULL},
        {"/a?b=c", TARGET_ORIGIN, "/a", "b=c"},
        {"/a?b?c=d", TARGET_ORIGIN, "/a", "b?c=d"},
        {"/a%3Fb%20c", TARGET_ORIGIN, "/a%3Fb%20c", NULL},
        {"/100%", TARGET_ORIGIN, "/100%", NULL},
        {"//host/a", TARGET_ORIGIN, "//host/a", NULL},
        {"/../..//.", TARGET_ORIGIN, "/../..//.", NULL},
        {"/*", TARGET_ORIGIN, "/*", NULL},
        {"/\"<>\\^`{|}?\"<>\\^`{|}[]", TARGET_ORIGIN, "/\"<>\\^`{|}",
         "\"<>\\^`{|}[]"},
        {"/\xC3\xA4?\xFF\x80", TARGET_ORIGIN, "/\xC3\xA4", "\xFF\x80"},
        {"/http://a/b", TARGET_ORIGIN, "/http://a/b", NULL},
        {"http://a", TARGET_ABSOLUTE, "/", NULL},
        {"http://a/", TARGET_ABSOLUTE, "/", NULL},
        {"http://a?b=c", TARGET_ABSOLUTE, "/", "b=c"},
        {"http://a?", TARGET_ABSOLUTE, "/", ""},
        {"http://a?/b", TARGET_ABSOLUTE, "/", "/b"},
        {"http://a?b@c", TARGET_ABSOLUTE, "/", "b@c"},
        {"HTTP://A:80/B?c", TARGET_ABSOLUTE, "/B", "c"},
        {"http://a:/b", TARGET_ABSOLUTE, "/b", NULL},
        {"http://[::1]:80/b?c", TARGET_ABSOLUTE, "/b", "c"},
        {"http://[::1]", TARGET_ABSOLUTE, "/", NULL},
        {"http://a//b", TARGET_ABSOLUTE, "//b", NULL},
        {"http://a/b@c:d", TARGET_ABSOLUTE, "/b@c:d", NULL},
        {"a:80", TARGET_AUTHORITY, "", NULL},
        {"www.example.com:443", TARGET_AUTHORITY, "", NULL},
        {"[::1]:443", TARGET_AUTHORITY, "", NULL},
        {"127.0.0.1:0", TARGET_AUTHORITY, "", NULL},
        {"*", TARGET_ASTERISK, "", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t length = strlen(rows[i].text);
        char *text = guarded_copy(rows[i].text, length);
        struct target target;

        assert_row_verdict(rows[i].text, target_parse(&target, text, length),
                           VERDICT_DONE);
        assert_row(rows[i].text, "the form of the target", target.form,
                   rows[i].form);
        assert_row_octets(rows[i].text, "the path", target.path,
                          target.path_length, rows[i].path);
        assert_row_bool(rows[i].text, "that there is no query",
                        target.query == NULL, rows[i].query == NULL);
        if (rows[i].query != NULL) {
            assert_row_octets(rows[i].text, "the query", target.query,
                              target.query_length, rows[i].query);
        }
        guarded_free(text, length);
    }
}

static void target_parse_of_what_is_no_target(void **state)
{
    static const struct {
        const char *text;
        size_t length;
        enum verdict expected;
    } rows[] = {
        {OCTETS(""), VERDICT_TARGET_FORM},
        {OCTETS("a"), VERDICT_TARGET_FORM},
        {OCTETS("index.html"), VERDICT_TARGET_FORM},
        {OCTETS("a/b"), VERDICT_TARGET_FORM},
        {OCTETS("?a=b"), VERDICT_TARGET_FORM},
        {OCTETS("\\a"), VERDICT_TARGET_FORM},
        {OCTETS("**"), VERDICT_TARGET_FORM},
        {OCTETS("*/"), VERDICT_TARGET_FORM},
        {OCTETS("*?a"), VERDICT_TARGET_FORM},
        {OCTETS("%2F"), VERDICT_TARGET_FORM},
        {OCTETS("a:"), VERDICT_TARGET_FORM},
        {OCTETS(":80"), VERDICT_TARGET_FORM},
        {OCTETS("80"), VERDICT_TARGET_FORM},
        {OCTETS("a:b"), VERDICT_TARGET_FORM},
        {OCTETS("u@a:80"), VERDICT_TARGET_FORM},
        {OCTETS("[::1]"), VERDICT_TARGET_FORM},
        {OCTETS("[::1"), VERDICT_TARGET_FORM},
        {OCTETS("::1"), VERDICT_TARGET_FORM},
        {OCTETS("http:/a"), VERDICT_TARGET_FORM},
        {OCTETS("http:a"), VERDICT_TARGET_FORM},
        {OCTETS("http"), VERDICT_TARGET_FORM},
        {OCTETS("http:"), VERDICT_TARGET_FORM},
        {OCTETS("http:/"), VERDICT_TARGET_FORM},
        {OCTETS("://a/"), VERDICT_TARGET_FORM},
        {OCTETS("1http://a/"), VERDICT_TARGET_FORM},
        {OCTETS("+://a/"), VERDICT_TARGET_FORM},

        {OCTETS("https://a/"), VERDICT_TARGET_SCHEME},
        {OCTETS("httpx://a/"), VERDICT_TARGET_SCHEME},
        {OCTETS("htt://a/"), VERDICT_TARGET_SCHEME},
        {OCTETS("ftp://a/"), VERDICT_TARGET_SCHEME},
        {OCTETS("a+b-c.1://a/"), VERDICT_TARGET_SCHEME},
        {OCTETS("h://a/"), VERDICT_TARGET_SCHEME},
        {OCTETS("file:///etc/passwd"), VERDICT_TARGET_SCHEME},

        {OCTETS("http://"), VERDICT_TARGET_AUTHORITY},
        {OCTETS("http:///"), VERDICT_TARGET_AUTHORITY},
        {OCTETS("http://?a"), VERDICT_TARGET_AUTHORITY},
        {OCTETS("http://:80/"), VERDICT_TARGET_AUTHORITY},
        {OCTETS("http://user@a/"), VERDICT_TARGET_AUTHORITY},
        {OCTETS("http://user:pw@a:80/"), VERDICT_TARGET_AUTHORITY},
        {OCTETS("http://a:b/"), VERDICT_TARGET_AUTHORITY},
        {OCTETS("http://[::1/"), VERDICT_TARGET_AUTHORITY},
        {OCTETS("http://a\\b/"), VERDICT_TARGET_AUTHORITY},
        {OCTETS("http://\xC3\xA4/"), VERDICT_TARGET_AUTHORITY},

        {OCTETS("#"), VERDICT_TARGET_FRAGMENT},
        {OCTETS("/#"), VERDICT_TARGET_FRAGMENT},
        {OCTETS("/a?b#c"), VERDICT_TARGET_FRAGMENT},
        {OCTETS("http://a#b"), VERDICT_TARGET_FRAGMENT},
        {OCTETS("*#"), VERDICT_TARGET_FRAGMENT},

        {OCTETS("/\0"), VERDICT_TARGET_OCTET},
        {OCTETS("\0"), VERDICT_TARGET_OCTET},
        {OCTETS("a\0://b/"), VERDICT_TARGET_OCTET},
        {OCTETS("/a b"), VERDICT_TARGET_OCTET},
        {OCTETS("/a\tb"), VERDICT_TARGET_OCTET},
        {OCTETS("/a\rb"), VERDICT_TARGET_OCTET},
        {OCTETS("/a\nb"), VERDICT_TARGET_OCTET},
        {OCTETS("/a\x1F"), VERDICT_TARGET_OCTET},
        {OCTETS("/a\x7F"), VERDICT_TARGET_OCTET},
        {OCTETS("/a?\x01"), VERDICT_TARGET_OCTET},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *text = guarded_copy(rows[i].text, rows[i].length);
        struct target target;

        assert_row_verdict(rows[i].text,
                           target_parse(&target, text, rows[i].length),
                           rows[i].expected);
        guarded_free(text, rows[i].length);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(target_parse_takes_each_form_apart),
        cmocka_unit_test(target_parse_of_what_is_no_target),
    };

    return run_all(tests);
}
