/* form_test.c - form data, read as parse_qs does with blank values kept, and as
 * the URL standard's parser does (section 5.1). */
/* link: -Wl,--wrap=malloc,--wrap=realloc */
#include "support.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "http/buffer.h"
#include "http/form.h"

/* ---- What form_parse allocates */

static size_t text_taken;    /* by the last malloc */
static size_t entries_taken; /* by the last realloc */

STANDS_IN_FOR(void *, malloc, size_t size);
STANDS_IN_FOR(void *, realloc, void *memory, size_t size);

static int lasts = INT_MAX; /* how many more allocations succeed */

void *__wrap_malloc(size_t size)
{
    text_taken = size;
    return lasts-- > 0 ? __real_malloc(size) : NULL;
}

void *__wrap_realloc(void *memory, size_t size)
{
    entries_taken = size;
    return lasts-- > 0 ? __real_realloc(memory, size) : NULL;
}

/* Parses the data, and checks how much memory that takes. */
static void parse(struct form *form, const char *data, size_t length)
{
    size_t most = form_most(data, length);
    size_t segments = 1;
    size_t all = 0;

    say_place("%s", shown(data, length));
    text_taken = entries_taken = 0;
    form_init(form);
    assert_row_verdict(NULL, form_parse(form, data, length), VERDICT_DONE);
    assert_row_that(NULL, text_taken + entries_taken <= most,
                    "it takes %zu bytes; %zu are the most",
                    text_taken + entries_taken, most);
    for (size_t i = 0; i < length; i++) {
        segments += data[i] == '&';
    }
    assert_row_that(NULL, most <= length + 512 + 16 * segments,
                    "form_most is more than form.h says");
    for (size_t i = 0; i < form->count; i++) {
        all += form_pair(form, i).key_length + form_pair(form, i).value_length;
    }
    assert_row(NULL, "form_length", form_length(form), all);
}

/* ---- Tests */

enum {
    pairs_most = 6
};

struct text {
    const char *octets;
    size_t length;
};

#define T(literal)                                                             \
    {                                                                          \
        OCTETS(literal)                                                        \
    }

struct row {
    struct text input;
    size_t count;
    struct text pairs[2 * pairs_most]; /* key, value, key, value ... */
};

static const struct row rows[] = {
    {T(""), 0, {T("")}},
    {T("&"), 0, {T("")}},
    {T("&&&"), 0, {T("")}},
    {T("a=1"), 1, {T("a"), T("1")}},
    {T("a"), 1, {T("a"), T("")}},
    {T("a="), 1, {T("a"), T("")}},
    {T("=a"), 1, {T(""), T("a")}},
    {T("="), 1, {T(""), T("")}},
    {T("=="), 1, {T(""), T("=")}},
    {T("=&="), 2, {T(""), T(""), T(""), T("")}},
    {T("=&=&"), 2, {T(""), T(""), T(""), T("")}},
    {T("a=1&b"), 2, {T("a"), T("1"), T("b"), T("")}},
    {T("a=1&b=2"), 2, {T("a"), T("1"), T("b"), T("2")}},
    {T("a&b"), 2, {T("a"), T(""), T("b"), T("")}},
    {T("a=1&"), 1, {T("a"), T("1")}},
    {T("&a=1"), 1, {T("a"), T("1")}},
    {T("a=1&&b=2"), 2, {T("a"), T("1"), T("b"), T("2")}},
    {T("a&"), 1, {T("a"), T("")}},
    {T("a=b=c"), 1, {T("a"), T("b=c")}},
    {T("a=="), 1, {T("a"), T("=")}},
    {T("a==41"), 1, {T("a"), T("=41")}},
    {T("a=1&a=2&a=1"), 3, {T("a"), T("1"), T("a"), T("2"), T("a"), T("1")}},
    {T("b=1&a=2&b=3"), 3, {T("b"), T("1"), T("a"), T("2"), T("b"), T("3")}},
    {T("a=1;b=2"), 1, {T("a"), T("1;b=2")}},
    {T("a;b"), 1, {T("a;b"), T("")}},
    {T("?a=1"), 1, {T("?a"), T("1")}},
    {T("a+b=c+d"), 1, {T("a b"), T("c d")}},
    {T("+=+"), 1, {T(" "), T(" ")}},
    {T("++"), 1, {T("  "), T("")}},
    {T("a%2Bb=%2B+%2b"), 1, {T("a+b"), T("+ +")}},
    {T("%41%6A%6a=%5A"), 1, {T("Ajj"), T("Z")}},
    {T("%26=%3D"), 1, {T("&"), T("=")}},
    {T("a%3Db=c%26d"), 1, {T("a=b"), T("c&d")}},
    {T("a=%2541"), 1, {T("a"), T("%41")}},
    {T("a=%25%34%31"), 1, {T("a"), T("%41")}},
    {T("a=%"), 1, {T("a"), T("%")}},
    {T("%"), 1, {T("%"), T("")}},
    {T("a=%4"), 1, {T("a"), T("%4")}},
    {T("a=%&b=1"), 2, {T("a"), T("%"), T("b"), T("1")}},
    {T("a=%4&b=1"), 2, {T("a"), T("%4"), T("b"), T("1")}},
    {T("%=1"), 1, {T("%"), T("1")}},
    {T("%4=1"), 1, {T("%4"), T("1")}},
    {T("a=%zz"), 1, {T("a"), T("%zz")}},
    {T("a=%4z"), 1, {T("a"), T("%4z")}},
    {T("a=%z4"), 1, {T("a"), T("%z4")}},
    {T("a=%%41"), 1, {T("a"), T("%A")}},
    {T("a=%4%41"), 1, {T("a"), T("%4A")}},
    {T("a=%+%41"), 1, {T("a"), T("% A")}},
    {T("a=% 41"), 1, {T("a"), T("% 41")}},
    {T("a=%-1"), 1, {T("a"), T("%-1")}},
    {T("a=%0x"), 1, {T("a"), T("%0x")}},
    {T("a=%u00e4"), 1, {T("a"), T("%u00e4")}},
    {T("a=100%&b=50%"), 2, {T("a"), T("100%"), T("b"), T("50%")}},
    {T("a%00b=%00"), 1, {T("a\0b"), T("\0")}},
    {T("a\0b=\0"), 1, {T("a\0b"), T("\0")}},
    {T("%00%00"), 1, {T("\0\0"), T("")}},
    {T("%C3%a4=\xC3\xA4"), 1, {T("\xC3\xA4"), T("\xC3\xA4")}},
    {T("%FF=%ff"), 1, {T("\xFF"), T("\xFF")}},
    {T("a=\r\n\t"), 1, {T("a"), T("\r\n\t")}},
    {T("a=%0D%0A"), 1, {T("a"), T("\r\n")}},
    {T("a[]=1&a[b]=2"), 2, {T("a[]"), T("1"), T("a[b]"), T("2")}},
    {T("a=1#b"), 1, {T("a"), T("1#b")}},
    {T(" a = b "), 1, {T(" a "), T(" b ")}},
    {T("_charset_=x"), 1, {T("_charset_"), T("x")}},
};

static void assert_text(const char *row, const char *octets, size_t length,
                        struct text expected)
{
    if (length != expected.length ||
        memcmp(octets, expected.octets, length) != 0) {
        fail_msg("row \"%s\": expected \"%s\"", row, expected.octets);
    }
}

static void form_parse_of_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct text input = rows[i].input;
        char *data = guarded_copy(input.octets, input.length);
        struct form form;

        parse(&form, data, input.length);
        guarded_free(data, input.length); /* a form has a copy of its own */
        assert_row(input.octets, "the number of pairs", form.count,
                   rows[i].count);
        for (size_t j = 0; j < form.count; j++) {
            struct form_pair pair = form_pair(&form, j);

            assert_text(input.octets, pair.key, pair.key_length,
                        rows[i].pairs[2 * j]);
            assert_text(input.octets, pair.value, pair.value_length,
                        rows[i].pairs[2 * j + 1]);
        }
        form_release(&form);
    }
}

/* The code looks at sixteen bytes at once. So each row is tried at each place
 * among them, with more pairs before and after it. */
static void check_in_the_middle(const struct row *row, size_t before)
{
    static const char more[] = "&a+longer+name=and+its+value";
    struct buffer data;
    struct form form;

    buffer_init(&data);
    for (size_t i = 0; i < before; i++) {
        buffer_append_string(&data, "+");
    }
    buffer_append_string(&data, "&");
    buffer_append(&data, row->input.octets, row->input.length);
    buffer_append_string(&data, more);
    parse(&form, data.data, data.length);
    buffer_release(&data);
    assert_row(row->input.octets, "the number of pairs", form.count,
               (before > 0) + row->count + 1);
    for (size_t j = 0; j < row->count; j++) {
        struct form_pair pair = form_pair(&form, (before > 0) + j);

        assert_text(row->input.octets, pair.key, pair.key_length,
                    row->pairs[2 * j]);
        assert_text(row->input.octets, pair.value, pair.value_length,
                    row->pairs[2 * j + 1]);
    }
    form_release(&form);
}

static void form_parse_at_each_place_of_sixteen(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        for (size_t before = 0; before <= 17; before++) {
            check_in_the_middle(&rows[i], before);
        }
    }
}

static void form_parse_of_no_data(void **state)
{
    struct form form;

    (void)state;
    parse(&form, NULL, 0);
    assert_int_equal(form.count, 0);
    form_release(&form);
}

static void append_escaped(struct buffer *data, int octet, const char *digits)
{
    char escape[3] = {'%', digits[octet / 16], digits[octet % 16]};

    buffer_append(data, escape, sizeof escape);
}

/* Each byte is the name and the value of a pair. */
static void check_round_trip(const char *digits)
{
    struct buffer data;
    struct form form;

    buffer_init(&data);
    for (int octet = 0; octet < 256; octet++) {
        append_escaped(&data, octet, digits);
        buffer_append_string(&data, "=x");
        append_escaped(&data, octet, digits);
        buffer_append_string(&data, "&");
    }
    parse(&form, data.data, data.length);
    buffer_release(&data);
    assert_int_equal(form.count, 256);
    for (int octet = 0; octet < 256; octet++) {
        struct form_pair pair = form_pair(&form, (size_t)octet);

        assert_int_equal(pair.key_length, 1);
        assert_int_equal((unsigned char)pair.key[0], octet);
        assert_int_equal(pair.value_length, 2);
        assert_int_equal(pair.value[0], 'x');
        assert_int_equal((unsigned char)pair.value[1], octet);
    }
    form_release(&form);
}

static void form_parse_undoes_the_escape_of_every_octet(void **state)
{
    (void)state;
    check_round_trip("0123456789ABCDEF");
    check_round_trip("0123456789abcdef");
}

/* Bytes that need no escape stand for themselves. */
static void form_parse_of_every_octet_unescaped(void **state)
{
    (void)state;
    for (int octet = 0; octet < 256; octet++) {
        char data[3] = {'a', '=', (char)octet};
        struct form form;

        parse(&form, data, sizeof data);
        assert_int_equal(form.count, 1);
        if (octet == '&') {
            assert_int_equal(form_pair(&form, 0).value_length, 0);
        } else {
            assert_int_equal(form_pair(&form, 0).value_length, 1);
            assert_int_equal((unsigned char)form_pair(&form, 0).value[0],
                             octet == '+' ? ' ' : octet);
        }
        form_release(&form);
    }
}

/* A megabyte of the smallest pairs, and of one pair without an end. */
static void form_parse_of_much_is_linear(void **state)
{
    static const char *const pieces[] = {"=&", "a&", "&&", "%%", "==", "%4"};
    static const size_t counts[] = {1 << 20, 1 << 20, 0, 1, 1, 1};
    size_t length = 2 << 20;
    char *data = test_malloc_or_fail(length);

    (void)state;
    for (size_t i = 0; i < COUNT(pieces); i++) {
        struct form form;

        for (size_t at = 0; at < length; at += 2) {
            memcpy(data + at, pieces[i], 2);
        }
        parse(&form, data, length);
        assert_row(pieces[i], "the number of pairs", form.count, counts[i]);
        form_release(&form);
    }
    free(data);
}

/* The array grows at some of these numbers. */
static void form_parse_of_so_many_pairs(void **state)
{
    char data[2 * 300];

    (void)state;
    for (size_t i = 0; i < sizeof data; i += 2) {
        memcpy(data + i, "a&", 2);
    }
    for (size_t count = 1; count <= sizeof data / 2; count++) {
        struct form form;

        parse(&form, data, 2 * count - 1);
        assert_int_equal(form.count, count);
        form_release(&form);
    }
}

static void form_release_makes_it_usable_again(void **state)
{
    struct form form;

    (void)state;
    memset(&form, 0xA5, sizeof form);
    form_init(&form);
    form_release(&form);
    assert_int_equal(form_parse(&form, OCTETS("a=1")), VERDICT_DONE);
    form_release(&form);
    assert_int_equal(form.count, 0);
    form_release(&form);
    assert_int_equal(form_parse(&form, OCTETS("b=2&c")), VERDICT_DONE);
    assert_int_equal(form.count, 2);
    form_release(&form);
}

static void form_parse_without_memory(void **state)
{
    (void)state;
    for (int allocations = 0; allocations < 2; allocations++) {
        struct form form;

        form_init(&form);
        lasts = allocations;
        assert_int_equal(form_parse(&form, OCTETS("a=1&b=2")),
                         VERDICT_NO_MEMORY);
        lasts = INT_MAX;
        assert_int_equal(form.count, 0);
        assert_null(form.text);
        assert_null(form.entries);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(form_parse_of_the_table),
        cmocka_unit_test(form_parse_at_each_place_of_sixteen),
        cmocka_unit_test(form_parse_of_no_data),
        cmocka_unit_test(form_parse_undoes_the_escape_of_every_octet),
        cmocka_unit_test(form_parse_of_every_octet_unescaped),
        cmocka_unit_test(form_parse_of_much_is_linear),
        cmocka_unit_test(form_parse_of_so_many_pairs),
        cmocka_unit_test(form_release_makes_it_usable_again),
        cmocka_unit_test(form_parse_without_memory),
    };

    return run_all(tests);
}
