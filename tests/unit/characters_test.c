/* characters_test.c - compares each entry of the table with the grammar that it
 * comes from, which is written out again here. */
#include "support.h"

#include <string.h>

#include "http/characters.h"

static bool is_one_of(int octet, const char *set)
{
    return octet != 0 && strchr(set, octet) != NULL;
}

static bool is_letter_or_digit(int octet)
{
    return is_one_of(octet, "abcdefghijklmnopqrstuvwxyz"
                            "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
}

/* RFC 9110, section 5.6.2 */
static bool is_tchar(int octet)
{
    return is_letter_or_digit(octet) || is_one_of(octet, "!#$%&'*+-.^_`|~");
}

/* RFC 9110, section 5.5: field-vchar = VCHAR / obs-text, and SP, HTAB */
static bool is_field_octet(int octet)
{
    return octet == '\t' || octet == ' ' || (octet >= 0x21 && octet <= 0x7E) ||
           octet >= 0x80;
}

/* target.h: all except controls, SP and # */
static bool is_target_octet(int octet)
{
    return octet > 0x20 && octet != 0x7F && octet != '#';
}

/* RFC 3986, sections 2.2 and 2.3 */
static bool is_host_octet(int octet)
{
    return is_letter_or_digit(octet) || is_one_of(octet, "-._~!$&'()*+,;=");
}

/* html.h: ASCII, except markup and controls other than tab, LF and CR */
static bool is_plain_html(int octet)
{
    return octet == '\t' || octet == '\n' || octet == '\r' ||
           (octet >= 0x20 && octet <= 0x7E && !is_one_of(octet, "&<>\"'"));
}

/* form.h: all except what separates or escapes */
static bool is_plain_form(int octet)
{
    return !is_one_of(octet, "&=+%");
}

static void character_is_as_the_grammars_say(void **state)
{
    static const struct {
        unsigned class;
        bool (*expected)(int octet);
        const char *name;
    } rows[] = {
        {CHARACTER_TOKEN, is_tchar, "token"},
        {CHARACTER_VALUE, is_field_octet, "value"},
        {CHARACTER_TARGET, is_target_octet, "target"},
        {CHARACTER_HOST, is_host_octet, "host"},
        {CHARACTER_PLAIN_HTML, is_plain_html, "html"},
        {CHARACTER_PLAIN_FORM, is_plain_form, "form"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        for (int octet = 0; octet < 256; octet++) {
            if (character_is((char)octet, rows[i].class) !=
                rows[i].expected(octet)) {
                fail_msg("byte 0x%02X in class %s", octet, rows[i].name);
            }
        }
    }
}

static void character_hex_of_every_octet(void **state)
{
    static const char digits[] = "0123456789abcdef";

    (void)state;
    for (int octet = 0; octet < 256; octet++) {
        int lower = octet >= 'A' && octet <= 'Z' ? octet + 32 : octet;
        const char *digit = octet == 0 ? NULL : strchr(digits, lower);
        int expected = digit == NULL ? -1 : (int)(digit - digits);

        if (character_hex((char)octet) != expected) {
            fail_msg("byte 0x%02X", octet);
        }
    }
}

static void character_is_space_digit_letter_of_every_octet(void **state)
{
    (void)state;
    for (int octet = 0; octet < 256; octet++) {
        bool digit = is_one_of(octet, "0123456789");

        if (character_is_space((char)octet) != (octet == 32 || octet == 9) ||
            character_is_digit((char)octet) != digit ||
            character_is_letter((char)octet) !=
                (is_letter_or_digit(octet) && !digit)) {
            fail_msg("byte 0x%02X", octet);
        }
    }
}

static void characters_match_whole_text_in_any_case(void **state)
{
    static const struct {
        const char *text;
        size_t length;
        const char *string;
        bool expected;
    } rows[] = {
        {OCTETS("chunked"), "chunked", true},
        {OCTETS("CHUNKED"), "chunked", true},
        {OCTETS("cHuNkEd"), "ChUnKeD", true},
        {OCTETS("chunke"), "chunked", false},
        {OCTETS("chunkedd"), "chunked", false},
        {OCTETS("chunked "), "chunked", false},
        {OCTETS("chunked\0"), "chunked", false},
        {OCTETS("chunk\0d"), "chunk", false},
        {OCTETS("chunk\0d"), "chunked", false},
        {OCTETS(""), "chunked", false},
        {OCTETS(""), "", true},
        {OCTETS("a"), "", false},
        {OCTETS("@"), "`", false},
        {OCTETS("["), "{", false},
        {OCTETS("\xC0"), "\xE0", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *text = guarded_copy(rows[i].text, rows[i].length);

        assert_row_bool(rows[i].text, "characters_match",
                        characters_match(text, rows[i].length, rows[i].string),
                        rows[i].expected);
        guarded_free(text, rows[i].length);
    }
}

/* The code looks at sixteen bytes at once. So each byte is tried at each place
 * among them, with any number of bytes after it. */
static void characters_skip_value_stops_where_it_must(void **state)
{
    (void)state;
    for (int octet = 0; octet < 256; octet++) {
        for (size_t place = 0; place < 40; place++) {
            char *text =
                guarded_copy("a value of 40 octets, none that stops it", 40);
            size_t stop = is_field_octet(octet) ? 40 : place;

            text[place] = (char)octet;
            assert_ptr_equal(characters_skip_value(text, text + 40),
                             text + stop);
            assert_ptr_equal(characters_skip_value(text + place, text + 40),
                             text + stop);
            assert_ptr_equal(characters_skip(text, text + 40, CHARACTER_VALUE),
                             text + stop);
            guarded_free(text, 40);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(character_is_as_the_grammars_say),
        cmocka_unit_test(character_hex_of_every_octet),
        cmocka_unit_test(character_is_space_digit_letter_of_every_octet),
        cmocka_unit_test(characters_match_whole_text_in_any_case),
        cmocka_unit_test(characters_skip_value_stops_where_it_must),
    };

    return run_all(tests);
}
