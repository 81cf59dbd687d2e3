/* html_test.c - text from a client in a page; the contract is in html.h. */
#include "support.h"

#include <string.h>

#include "http/html.h"

#define BAD "\xEF\xBF\xBD" /* U+FFFD */

static void check(const char *row, const char *text, size_t length,
                  const char *expected)
{
    char *copy = guarded_copy(text, length);
    struct buffer page;

    buffer_init(&page);
    html_append(&page, copy, length);
    assert_row_octets(row, "the page", page.data == NULL ? "" : page.data,
                      page.length, expected);
    buffer_release(&page);
    guarded_free(copy, length);
}

static void html_append_of_every_ascii_octet(void **state)
{
    (void)state;
    for (int octet = 0; octet < 128; octet++) {
        char text = (char)octet;
        char itself[2] = {text, '\0'};
        const char *expected = itself;

        switch (octet) {
        case '&':
            expected = "&amp;";
            break;
        case '<':
            expected = "&lt;";
            break;
        case '>':
            expected = "&gt;";
            break;
        case '"':
            expected = "&quot;";
            break;
        case '\'':
            expected = "&#39;";
            break;
        case '\t':
        case '\n':
        case '\r':
            break;
        default:
            expected = octet < 0x20 || octet == 0x7F ? BAD : itself;
        }
        check(itself, &text, 1, expected);
    }
}

/* No byte beyond ASCII is a character by itself. */
static void html_append_of_every_other_octet(void **state)
{
    (void)state;
    for (int octet = 128; octet < 256; octet++) {
        char text[3] = {'a', (char)octet, 'b'};

        check("alone", text + 1, 1, BAD);
        check("before b", text, 3, "a" BAD "b");
    }
}

/* The code skips several plain bytes at once. So each byte is tried after any
 * number of them, with as much text after it. */
static void html_append_after_any_number_of_plain_bytes(void **state)
{
    (void)state;
    for (int octet = 0; octet < 128; octet++) {
        for (size_t before = 0; before <= 33; before++) {
            char text[34 + 20];
            struct buffer alone;
            struct buffer page;

            memset(text, 'x', sizeof text);
            text[before] = (char)octet;
            buffer_init(&alone);
            buffer_init(&page);
            html_append(&alone, text + before, 1);
            html_append(&page, text, sizeof text);
            assert_int_equal(page.length, sizeof text - 1 + alone.length);
            assert_memory_equal(page.data + before, alone.data, alone.length);
            assert_memory_equal(page.data + before + alone.length,
                                "xxxxxxxxxxxxxxxxxxxx", 20);
            buffer_release(&alone);
            buffer_release(&page);
        }
    }
}

/* Every code point, by the definition of UTF-8 (RFC 3629, section 3). */
static void html_append_of_every_character(void **state)
{
    (void)state;
    for (unsigned long point = 0x80; point <= 0x10FFFF; point++) {
        char text[5] = {0};
        size_t length = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
        struct buffer page;
        bool shown = point >= 0xA0 && (point < 0xD800 || point > 0xDFFF);

        for (size_t i = length - 1; i > 0; i--) {
            text[i] = (char)(0x80 | (point >> 6 * (length - 1 - i) & 0x3F));
        }
        text[0] = (char)((0xF00 >> length & 0xFF) | point >> 6 * (length - 1));
        buffer_init(&page);
        html_append(&page, text, length);
        if (shown !=
            (page.length == length && memcmp(page.data, text, length) == 0)) {
            fail_msg("U+%04lX", point);
        }
        buffer_release(&page);
    }
}

static void html_append_of_text(void **state)
{
    static const struct {
        const char *text;
        size_t length;
        const char *expected;
    } rows[] = {
        {OCTETS(""), ""},
        {OCTETS("hello, world"), "hello, world"},
        {OCTETS("<script>alert('1')</script>"),
         "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;"},
        {OCTETS("\"&amp;\""), "&quot;&amp;amp;&quot;"},
        {OCTETS("&&"), "&amp;&amp;"},
        {OCTETS("a\0b"), "a" BAD "b"},
        {OCTETS("\0\0"), BAD BAD},
        {OCTETS("a\r\n\tb"), "a\r\n\tb"},
        {OCTETS("\x1B[31m"), BAD "[31m"},
        {OCTETS("gr\xC3\xBC\xC3\x9F"), "gr\xC3\xBC\xC3\x9F"},
        {OCTETS("\xE2\x82\xAC<\xF0\x9F\x98\x80"),
         "\xE2\x82\xAC&lt;\xF0\x9F\x98\x80"},
        {OCTETS("\xEF\xBF\xBD"), BAD},
        {OCTETS("\xEF\xBB\xBF"), "\xEF\xBB\xBF"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        check(rows[i].text, rows[i].text, rows[i].length, rows[i].expected);
    }
}

/* Each maximal part becomes one U+FFFD (Unicode, section 3.9, tables 3-7 to
 * 3-11), and nothing after it is lost. */
static void html_append_of_what_is_no_utf_8(void **state)
{
    static const struct {
        const char *text;
        size_t length;
        const char *expected;
    } rows[] = {
        /* controls U+0080 to U+009F are whole characters */
        {OCTETS("\xC2\x80"), BAD},
        {OCTETS("\xC2\x9F"), BAD},
        {OCTETS("a\xC2\x85"
                "b"),
         "a" BAD "b"},
        {OCTETS("\xC2\xA0"), "\xC2\xA0"},
        /* overlong */
        {OCTETS("\xC0\x80"), BAD BAD},
        {OCTETS("\xC0\xAF"), BAD BAD},
        {OCTETS("\xC1\xBF"), BAD BAD},
        {OCTETS("\xC0\xBC"
                "b"),
         BAD BAD "b"},
        {OCTETS("\xE0\x80\x80"), BAD BAD BAD},
        {OCTETS("\xE0\x9F\xBF"), BAD BAD BAD},
        {OCTETS("\xE0\xA0\x80"), "\xE0\xA0\x80"},
        {OCTETS("\xF0\x80\x80\x80"), BAD BAD BAD BAD},
        {OCTETS("\xF0\x8F\xBF\xBF"), BAD BAD BAD BAD},
        {OCTETS("\xF0\x90\x80\x80"), "\xF0\x90\x80\x80"},
        /* surrogates */
        {OCTETS("\xED\x9F\xBF"), "\xED\x9F\xBF"},
        {OCTETS("\xED\xA0\x80"), BAD BAD BAD},
        {OCTETS("\xED\xBF\xBF"), BAD BAD BAD},
        {OCTETS("\xEE\x80\x80"), "\xEE\x80\x80"},
        {OCTETS("\xED\xA0\x80\xED\xB0\x80"), BAD BAD BAD BAD BAD BAD},
        /* above U+10FFFF */
        {OCTETS("\xF4\x8F\xBF\xBF"), "\xF4\x8F\xBF\xBF"},
        {OCTETS("\xF4\x90\x80\x80"), BAD BAD BAD BAD},
        {OCTETS("\xF5\x80\x80\x80"), BAD BAD BAD BAD},
        {OCTETS("\xF8\x88\x80\x80\x80"), BAD BAD BAD BAD BAD},
        {OCTETS("\xFE\xFF"), BAD BAD},
        /* cut off, at the end and before something else */
        {OCTETS("\xC3"), BAD},
        {OCTETS("\xC3<"), BAD "&lt;"},
        {OCTETS("\xC3\xC3\xA4"), BAD "\xC3\xA4"},
        {OCTETS("\xE2\x82"), BAD},
        {OCTETS("\xE2\x82\""), BAD "&quot;"},
        {OCTETS("\xE2"), BAD},
        {OCTETS("\xE2\xE2\x82\xAC"), BAD "\xE2\x82\xAC"},
        {OCTETS("\xE2\x82\xE2\x82\xAC"), BAD "\xE2\x82\xAC"},
        {OCTETS("\xF0\x9F\x98"), BAD},
        {OCTETS("\xF0\x9F"), BAD},
        {OCTETS("\xF0"), BAD},
        {OCTETS("\xF0\x9F\x98"
                "a"),
         BAD "a"},
        {OCTETS("\xF0\x9F&"), BAD "&amp;"},
        {OCTETS("\xF0\x9F\x98\xC3\xA4"), BAD "\xC3\xA4"},
        /* continuation bytes with nothing before them */
        {OCTETS("\x80"), BAD},
        {OCTETS("\xBF\xBF"), BAD BAD},
        {OCTETS("\xC3\xA4\xA4"), "\xC3\xA4" BAD},
        /* the examples of tables 3-8 to 3-11 */
        {OCTETS("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82"
                "A"),
         BAD BAD BAD BAD BAD BAD BAD BAD "A"},
        {OCTETS("\xED\xA0\x80\xED\xBF\xBF\xED\xAF"
                "A"),
         BAD BAD BAD BAD BAD BAD BAD BAD "A"},
        {OCTETS("\xF4\x91\x92\x93\xFF"
                "A\x80\xBF"
                "B"),
         BAD BAD BAD BAD BAD "A" BAD BAD "B"},
        {OCTETS("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF"
                "A"),
         BAD BAD BAD BAD "A"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        check(rows[i].text, rows[i].text, rows[i].length, rows[i].expected);
    }
}

/* Ends the test unless html_most is at least what html_append takes, and at
 * most six bytes for each byte. */
static void check_most(const char *text, size_t length)
{
    size_t most = html_most(text, length);
    struct buffer page;

    buffer_init(&page);
    html_append(&page, text, length);
    assert_row_that(NULL, page.length <= most, "%s takes %zu bytes, not %zu",
                    shown(text, length), page.length, most);
    assert_row_that(NULL, most <= 6 * length,
                    "%s takes more than six bytes each", shown(text, length));
    buffer_release(&page);
}

static void html_most_is_what_html_append_takes_at_most(void **state)
{
    static const char hard[] = "\"'&<>\xFF\0\xF0\x9F\xC3\xA4\x80xyz";
    char text[64];
    unsigned long random = 1;

    (void)state;
    check_most("", 0);
    for (int first = 0; first < 256; first++) {
        for (int second = 0; second < 256; second++) {
            text[0] = (char)first;
            text[1] = (char)second;
            check_most(text, first == second ? 1 : 2);
        }
    }
    for (int i = 0; i < 20000; i++) {
        for (size_t k = 0; k < sizeof text; k++) {
            random = (random * 1103515245 + 12345) & 0x7FFFFFFF;
            text[k] = i % 2 == 0 ? hard[(random >> 16) % (sizeof hard - 1)]
                                 : (char)(random >> 16);
        }
        check_most(text, random % sizeof text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(html_append_of_every_ascii_octet),
        cmocka_unit_test(html_append_of_every_other_octet),
        cmocka_unit_test(html_append_after_any_number_of_plain_bytes),
        cmocka_unit_test(html_append_of_every_character),
        cmocka_unit_test(html_append_of_text),
        cmocka_unit_test(html_append_of_what_is_no_utf_8),
        cmocka_unit_test(html_most_is_what_html_append_takes_at_most),
    };

    return run_all(tests);
}
