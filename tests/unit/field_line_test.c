/* field_line_test.c - field lines (RFC 9112, section 5). */
#include "support.h"

#include <string.h>

#include "http/field_line.h"

static void field_line_parse_of_well_formed_lines(void **state)
{
    static const struct {
        const char *line;
        const char *name;
        const char *value;
    } rows[] = {
        {"Host: a\r\n", "Host", "a"},
        {"Host:a\r\n", "Host", "a"},
        {"Host:\r\n", "Host", ""},
        {"Host: \t \r\n", "Host", ""},
        {"Host: \t a b\tc \t\r\n", "Host", "a b\tc"},
        {"a:b:c\r\n", "a", "b:c"},
        {"a::\r\n", "a", ":"},
        {"!#$%&'*+-.^_`|~09azAZ: x\r\n", "!#$%&'*+-.^_`|~09azAZ", "x"},
        {"a: \x80\xFF\xC3\xA4\r\n", "a", "\x80\xFF\xC3\xA4"},
        {"a: \"(),/:;<=>?@[\\]{}\r\n", "a", "\"(),/:;<=>?@[\\]{}"},
        {"a: b\r\nc: d\r\n", "a", "b"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t length = strlen(rows[i].line);
        char *line = guarded_copy(rows[i].line, length);
        struct header field;
        const char *next = NULL;

        assert_row_verdict(rows[i].line,
                           field_line_parse(&field, line, line + length, &next),
                           VERDICT_DONE);
        assert_row_octets(rows[i].line, "the name", field.name,
                          field.name_length, rows[i].name);
        assert_row_octets(rows[i].line, "the value", field.value,
                          field.value_length, rows[i].value);
        assert_null(field.owned);
        assert_ptr_equal(next, strchr(line, '\n') + 1);
        guarded_free(line, length);
    }
}

static void field_line_parse_of_malformed_lines(void **state)
{
    static const struct {
        const char *line;
        size_t length;
        enum verdict expected;
    } rows[] = {
        {OCTETS("\n"), VERDICT_BARE_LF},
        {OCTETS("a\n"), VERDICT_BARE_LF},
        {OCTETS("a:\n"), VERDICT_BARE_LF},
        {OCTETS("a: b\n"), VERDICT_BARE_LF},
        {OCTETS("a b\n"), VERDICT_BARE_LF},
        {OCTETS(" a: b\n"), VERDICT_BARE_LF},
        {OCTETS("a: \rb\n"), VERDICT_BARE_LF},

        {OCTETS("\r\r\n"), VERDICT_BARE_CR},
        {OCTETS("a\r: b\r\n"), VERDICT_BARE_CR},
        {OCTETS("a: b\rc: d\r\n"), VERDICT_BARE_CR},
        {OCTETS("a:\rb\r\n"), VERDICT_BARE_CR},
        {OCTETS("a: b\r\r\n"), VERDICT_BARE_CR},
        {OCTETS("\ra: b\r\n"), VERDICT_BARE_CR},
        {OCTETS("a: \x01\r\r\n"), VERDICT_BARE_CR},

        {OCTETS("\0\r\n"), VERDICT_NUL},
        {OCTETS("a\0: b\r\n"), VERDICT_NUL},
        {OCTETS("a: b\0c\r\n"), VERDICT_NUL},
        {OCTETS("a:\0\r\n"), VERDICT_NUL},
        {OCTETS("a: b\0\n"), VERDICT_NUL},
        {OCTETS("a: b\r\0\n"), VERDICT_NUL},
        {OCTETS("a: b\r\0\r\n"), VERDICT_NUL},

        {OCTETS("a: \x01\r\n"), VERDICT_CONTROL},
        {OCTETS("a: b\x1F"
                "c\r\n"),
         VERDICT_CONTROL},
        {OCTETS("a: b\x7F\r\n"), VERDICT_CONTROL},
        {OCTETS("a: b\v\r\n"), VERDICT_CONTROL},
        {OCTETS("a: b\f\r\n"), VERDICT_CONTROL},
        {OCTETS("a\x08: b\r\n"), VERDICT_CONTROL},

        {OCTETS(" a: b\r\n"), VERDICT_OBS_FOLD},
        {OCTETS("\ta\r\n"), VERDICT_OBS_FOLD},
        {OCTETS(" \r\n"), VERDICT_OBS_FOLD},
        {OCTETS(" : b\r\n"), VERDICT_OBS_FOLD},

        {OCTETS("a\r\n"), VERDICT_NO_COLON},
        {OCTETS("a b\r\n"), VERDICT_NO_COLON},
        {OCTETS("GET / HTTP/1.1\r\n"), VERDICT_NO_COLON},

        {OCTETS("a : b\r\n"), VERDICT_SPACE_BEFORE_COLON},
        {OCTETS("a\t: b\r\n"), VERDICT_SPACE_BEFORE_COLON},
        {OCTETS("Content-Length : 5\r\n"), VERDICT_SPACE_BEFORE_COLON},

        {OCTETS(":\r\n"), VERDICT_NAME_EMPTY},
        {OCTETS(": b\r\n"), VERDICT_NAME_EMPTY},
        {OCTETS(":b:c\r\n"), VERDICT_NAME_EMPTY},

        {OCTETS("a b: c\r\n"), VERDICT_NAME_NOT_TOKEN},
        {OCTETS("a(b): c\r\n"), VERDICT_NAME_NOT_TOKEN},
        {OCTETS("a/b: c\r\n"), VERDICT_NAME_NOT_TOKEN},
        {OCTETS("\"a\": c\r\n"), VERDICT_NAME_NOT_TOKEN},
        {OCTETS("\xC3\xA4: c\r\n"), VERDICT_NAME_NOT_TOKEN},
        {OCTETS("a@b: c\r\n"), VERDICT_NAME_NOT_TOKEN},
        {OCTETS("a,b: c\r\n"), VERDICT_NAME_NOT_TOKEN},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *line = guarded_copy(rows[i].line, rows[i].length);
        struct header field;
        const char *next;

        assert_row_verdict(
            rows[i].line,
            field_line_parse(&field, line, line + rows[i].length, &next),
            rows[i].expected);
        guarded_free(line, rows[i].length);
    }
}

/* A line is judged by itself, whatever is in the next line. */
static void field_line_parse_looks_at_its_own_line(void **state)
{
    static const char lines[] = "a b\r\nc: \0\n";
    struct header field;
    const char *next;

    (void)state;
    assert_int_equal(
        field_line_parse(&field, lines, lines + sizeof lines - 1, &next),
        VERDICT_NO_COLON);
}

static bool is_in_a_value(int octet)
{
    return octet == '\t' || (octet >= 0x20 && octet != 0x7F);
}

static void field_line_parse_of_every_octet_in_the_value(void **state)
{
    (void)state;
    for (int octet = 0; octet < 256; octet++) {
        char line[] = "a: x?y\r\n";
        struct header field;
        const char *next;
        enum verdict verdict;

        line[4] = (char)octet;
        verdict = field_line_parse(&field, line, line + sizeof line - 1, &next);
        if ((verdict == VERDICT_DONE) != is_in_a_value(octet)) {
            fail_msg("byte 0x%02X gives %d", octet, verdict);
        }
        if (verdict == VERDICT_DONE) {
            assert_int_equal(field.value_length, 3);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(field_line_parse_of_well_formed_lines),
        cmocka_unit_test(field_line_parse_of_malformed_lines),
        cmocka_unit_test(field_line_parse_looks_at_its_own_line),
        cmocka_unit_test(field_line_parse_of_every_octet_in_the_value),
    };

    return run_all(tests);
}
