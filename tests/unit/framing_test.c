/* framing_test.c - where a request's content ends (RFC 9112, section 6). */
#include "support.h"

#include <string.h>

#include "http/framing.h"

enum {
    fields_most = 4
};

/* Up to four fields: names and values, each value with its length. */
struct field_row {
    const char *name;
    const char *value;
    size_t length;
};

#define LENGTH(value)                                                          \
    {                                                                          \
        "Content-Length", OCTETS(value)                                        \
    }
#define CODING(value)                                                          \
    {                                                                          \
        "Transfer-Encoding", OCTETS(value)                                     \
    }
#define OTHER(value)                                                           \
    {                                                                          \
        "X-Other", OCTETS(value)                                               \
    }

struct row {
    struct field_row fields[fields_most];
    enum verdict expected;
    struct framing framing; /* if it is done */
    size_t at;              /* the index of the field at fault */
    bool in_1_0;            /* the request is HTTP/1.0 */
};

static size_t count_fields(const struct row *row)
{
    size_t count = 0;

    while (count < fields_most && row->fields[count].name != NULL) {
        count++;
    }
    return count;
}

static void check_row(const struct row *row)
{
    size_t count = count_fields(row);
    const char *label = count == 0 ? "" : row->fields[count - 1].value;
    char *values[fields_most];
    struct headers headers;
    struct framing framing;
    size_t at = 99;

    headers_init(&headers);
    for (size_t i = 0; i < count; i++) {
        const struct field_row *field = &row->fields[i];

        values[i] = guarded_copy(field->value, field->length);
        headers_add_field(&headers,
                          (struct header){.name = field->name,
                                          .name_length = strlen(field->name),
                                          .value = values[i],
                                          .value_length = field->length});
    }
    memset(&framing, 0xA5, sizeof framing);
    assert_row_verdict(
        label, framing_read(&framing, &headers, row->in_1_0 ? 0 : 1, &at),
        row->expected);
    if (row->expected == VERDICT_DONE) {
        assert_row_bool(label, "chunked", framing.chunked,
                        row->framing.chunked);
        assert_row_bool(label, "length_given", framing.length_given,
                        row->framing.length_given);
        assert_row(label, "the length", framing.length, row->framing.length);
        assert_row_bool(label, "unknown_codings", framing.unknown_codings,
                        row->framing.unknown_codings);
    } else if (row->expected != VERDICT_BOTH_LENGTHS &&
               row->expected != VERDICT_CODING_IN_1_0 &&
               row->expected != VERDICT_CHUNKED_NOT_LAST) {
        assert_row(label, "the index of the field at fault", at, row->at);
    }
    for (size_t i = 0; i < count; i++) {
        guarded_free(values[i], row->fields[i].length);
    }
    headers_release(&headers);
}

static void check_rows(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        check_row(&rows[i]);
    }
}

#define GIVEN(number)                                                          \
    {                                                                          \
        .length_given = true, .length = (number)                               \
    }
#define CHUNKED                                                                \
    {                                                                          \
        .chunked = true                                                        \
    }
#define UNKNOWN                                                                \
    {                                                                          \
        .chunked = true, .unknown_codings = true                               \
    }

static void framing_read_of_content_lengths(void **state)
{
    static const struct row rows[] = {
        {.fields = {{0}}, .framing = {0}},
        {.fields = {OTHER("5")}, .framing = {0}},
        {.fields = {LENGTH("0")}, .framing = GIVEN(0)},
        {.fields = {LENGTH("5")}, .framing = GIVEN(5)},
        {.fields = {LENGTH("007")}, .framing = GIVEN(7)},
        {.fields = {LENGTH("16777217")}, .framing = GIVEN(16777217)},
        {.fields = {LENGTH("4294967296")}, .framing = GIVEN(4294967296)},
        {.fields = {LENGTH("18446744073709551614")},
         .framing = GIVEN(UINT64_MAX - 1)},
        {.fields = {LENGTH("18446744073709551615")},
         .framing = GIVEN(UINT64_MAX)},
        {.fields = {LENGTH("18446744073709551616")}, /* 2^64 */
         .framing = GIVEN(UINT64_MAX)},
        {.fields = {LENGTH("18446744073709551621")}, /* 2^64 + 5 */
         .framing = GIVEN(UINT64_MAX)},
        {.fields = {LENGTH("184467440737095516150")},
         .framing = GIVEN(UINT64_MAX)},
        {.fields = {LENGTH("123456789012345678901234567890")},
         .framing = GIVEN(UINT64_MAX)},
        {.fields = {LENGTH("000000000000000000000000000005")},
         .framing = GIVEN(5)},
        {.fields = {LENGTH("5"), LENGTH("5")}, .framing = GIVEN(5)},
        {.fields = {LENGTH("5"), OTHER("7"), LENGTH("05")},
         .framing = GIVEN(5)},
        {.fields = {{"CONTENT-LENGTH", OCTETS("5")}}, .framing = GIVEN(5)},
        {.fields = {LENGTH("5")}, .framing = GIVEN(5), .in_1_0 = true},
    };

    (void)state;
    check_rows(rows, COUNT(rows));
}

static void framing_read_of_malformed_content_lengths(void **state)
{
    static const struct row rows[] = {
        {.fields = {LENGTH("")}, VERDICT_LENGTH_NOT_NUMBER},
        {.fields = {LENGTH("a")}, VERDICT_LENGTH_NOT_NUMBER},
        {.fields = {LENGTH("+5")}, VERDICT_LENGTH_NOT_NUMBER},
        {.fields = {LENGTH("-5")}, VERDICT_LENGTH_NOT_NUMBER},
        {.fields = {LENGTH("-0")}, VERDICT_LENGTH_NOT_NUMBER},
        {.fields = {LENGTH("0x5")}, VERDICT_LENGTH_NOT_NUMBER},
        {.fields = {LENGTH("5 5")}, VERDICT_LENGTH_NOT_NUMBER},
        {.fields = {LENGTH(" 5")}, VERDICT_LENGTH_NOT_NUMBER},
        {.fields = {LENGTH("5 ")}, VERDICT_LENGTH_NOT_NUMBER},
        {.fields = {LENGTH("5.0")}, VERDICT_LENGTH_NOT_NUMBER},
        {.fields = {LENGTH("1e3")}, VERDICT_LENGTH_NOT_NUMBER},
        {.fields = {LENGTH("5;")}, VERDICT_LENGTH_NOT_NUMBER},
        {.fields = {LENGTH("\"5\"")}, VERDICT_LENGTH_NOT_NUMBER},
        {.fields = {LENGTH("5\0")}, VERDICT_LENGTH_NOT_NUMBER},
        {.fields = {LENGTH("\xD9\xA5")}, VERDICT_LENGTH_NOT_NUMBER},
        {.fields = {LENGTH("/")}, VERDICT_LENGTH_NOT_NUMBER},
        {.fields = {LENGTH(":")}, VERDICT_LENGTH_NOT_NUMBER},
        {.fields = {LENGTH("99999999999999999999999x")},
         VERDICT_LENGTH_NOT_NUMBER},
        {.fields = {LENGTH("5,5")}, VERDICT_LENGTH_LIST},
        {.fields = {LENGTH("5, 6")}, VERDICT_LENGTH_LIST},
        {.fields = {LENGTH("5,")}, VERDICT_LENGTH_LIST},
        {.fields = {LENGTH(",")}, VERDICT_LENGTH_LIST},
        {.fields = {LENGTH("5"), LENGTH("6")}, VERDICT_LENGTHS_DIFFER, .at = 1},
        {.fields = {LENGTH("0"), OTHER("a"), LENGTH("5")},
         VERDICT_LENGTHS_DIFFER,
         .at = 2},
        {.fields = {LENGTH("5"), LENGTH("0")}, VERDICT_LENGTHS_DIFFER, .at = 1},
        {.fields = {LENGTH("5"), LENGTH("")},
         VERDICT_LENGTH_NOT_NUMBER,
         .at = 1},
        {.fields = {OTHER("a"), LENGTH("a"), LENGTH("5")},
         VERDICT_LENGTH_NOT_NUMBER,
         .at = 1},
    };

    (void)state;
    check_rows(rows, COUNT(rows));
}

static void framing_read_of_codings(void **state)
{
    static const struct row rows[] = {
        {.fields = {CODING("chunked")}, .framing = CHUNKED},
        {.fields = {CODING("Chunked")}, .framing = CHUNKED},
        {.fields = {{"transfer-encoding", OCTETS("CHUNKED")}},
         .framing = CHUNKED},
        {.fields = {CODING(", chunked")}, .framing = CHUNKED},
        {.fields = {CODING(" ,\t, chunked ,, ")}, .framing = CHUNKED},
        {.fields = {CODING(""), CODING("chunked")}, .framing = CHUNKED},
        {.fields = {CODING("chunked"), CODING(", ,")}, .framing = CHUNKED},
        {.fields = {CODING("gzip, chunked")}, .framing = UNKNOWN},
        {.fields = {CODING("gzip,chunked")}, .framing = UNKNOWN},
        {.fields = {CODING("gzip"), CODING("chunked")}, .framing = UNKNOWN},
        {.fields = {CODING("gzip, deflate"), OTHER("a"), CODING("chunked")},
         .framing = UNKNOWN},
        {.fields = {CODING("identity, chunked")}, .framing = UNKNOWN},
        {.fields = {CODING("xchunked, chunked")}, .framing = UNKNOWN},
        {.fields = {CODING("a;b=c, chunked")}, .framing = UNKNOWN},
        {.fields = {CODING("a ; b = c;d=\"e\" , chunked")}, .framing = UNKNOWN},
        {.fields = {CODING("a;b=\"x, chunked\", chunked")}, .framing = UNKNOWN},
        {.fields = {CODING("a;b=\"\\\", chunked\", chunked")},
         .framing = UNKNOWN},
        {.fields = {CODING("a;b=\"\", chunked")}, .framing = UNKNOWN},
        {.fields = {CODING("chunked;x=y, chunked")}, .framing = UNKNOWN},
    };

    (void)state;
    check_rows(rows, COUNT(rows));
}

static void framing_read_of_codings_that_end_nowhere(void **state)
{
    static const struct row rows[] = {
        {.fields = {CODING("")}, VERDICT_CHUNKED_NOT_LAST},
        {.fields = {CODING(",")}, VERDICT_CHUNKED_NOT_LAST},
        {.fields = {CODING("gzip")}, VERDICT_CHUNKED_NOT_LAST},
        {.fields = {CODING("identity")}, VERDICT_CHUNKED_NOT_LAST},
        {.fields = {CODING("xchunked")}, VERDICT_CHUNKED_NOT_LAST},
        {.fields = {CODING("chunke")}, VERDICT_CHUNKED_NOT_LAST},
        {.fields = {CODING("chunked, gzip")}, VERDICT_CHUNKED_NOT_LAST},
        {.fields = {CODING("chunked"), CODING("gzip")},
         VERDICT_CHUNKED_NOT_LAST},
        {.fields = {CODING("chunked, identity")}, VERDICT_CHUNKED_NOT_LAST},
        {.fields = {CODING("chunked;x=y")}, VERDICT_CHUNKED_NOT_LAST},
        {.fields = {CODING("chunked ;x=\"y\"")}, VERDICT_CHUNKED_NOT_LAST},
        {.fields = {CODING("gzip, chunked;x=y")}, VERDICT_CHUNKED_NOT_LAST},
        {.fields = {CODING("a;b=\"x, chunked\"")}, VERDICT_CHUNKED_NOT_LAST},
        {.fields = {CODING("chunked, gzip, chunked")},
         VERDICT_CHUNKED_NOT_LAST},
    };

    (void)state;
    check_rows(rows, COUNT(rows));
}

static void framing_read_of_chunked_twice(void **state)
{
    static const struct row rows[] = {
        {.fields = {CODING("chunked, chunked")}, VERDICT_CHUNKED_TWICE},
        {.fields = {CODING("chunked,,Chunked")}, VERDICT_CHUNKED_TWICE},
        {.fields = {CODING("gzip, chunked, chunked")}, VERDICT_CHUNKED_TWICE},
        {.fields = {CODING("chunked"), OTHER(""), CODING("chunked")},
         VERDICT_CHUNKED_TWICE,
         .at = 2},
    };

    (void)state;
    check_rows(rows, COUNT(rows));
}

static void framing_read_of_malformed_codings(void **state)
{
    static const struct row rows[] = {
        {.fields = {CODING("chunked chunked")}, VERDICT_CODING_MALFORMED},
        {.fields = {CODING("gzip chunked")}, VERDICT_CODING_MALFORMED},
        {.fields = {CODING("\"chunked\"")}, VERDICT_CODING_MALFORMED},
        {.fields = {CODING("chunked\0")}, VERDICT_CODING_MALFORMED},
        {.fields = {CODING("chunked\v")}, VERDICT_CODING_MALFORMED},
        {.fields = {CODING("\x0B"
                           "chunked")},
         VERDICT_CODING_MALFORMED},
        {.fields = {CODING("chunked=1")}, VERDICT_CODING_MALFORMED},
        {.fields = {CODING("chunked/1")}, VERDICT_CODING_MALFORMED},
        {.fields = {CODING(";a=b, chunked")}, VERDICT_CODING_MALFORMED},
        {.fields = {CODING("a;b, chunked")}, VERDICT_CODING_MALFORMED},
        {.fields = {CODING("a;=b, chunked")}, VERDICT_CODING_MALFORMED},
        {.fields = {CODING("a;b=, chunked")}, VERDICT_CODING_MALFORMED},
        {.fields = {CODING("a;b=c d, chunked")}, VERDICT_CODING_MALFORMED},
        {.fields = {CODING("a;b=\"c, chunked")}, VERDICT_CODING_MALFORMED},
        {.fields = {CODING("a;b=\"c\\\", chunked")}, VERDICT_CODING_MALFORMED},
        {.fields = {CODING("a;b=\"c\\")}, VERDICT_CODING_MALFORMED},
        {.fields = {CODING("a;b=\"c\"d, chunked")}, VERDICT_CODING_MALFORMED},
        {.fields = {CODING("a;b=\"")}, VERDICT_CODING_MALFORMED},
        {.fields = {CODING("a;;b=c, chunked")}, VERDICT_CODING_MALFORMED},
        /* A semicolon has its parameter (RFC 9112, section 7). */
        {.fields = {CODING("gzip;, chunked")}, VERDICT_CODING_MALFORMED},
        {.fields = {CODING("gzip ; , chunked")}, VERDICT_CODING_MALFORMED},
        {.fields = {OTHER(""), CODING("gzip"), CODING("@")},
         VERDICT_CODING_MALFORMED,
         .at = 2},
    };

    (void)state;
    check_rows(rows, COUNT(rows));
}

static void framing_read_of_both_lengths(void **state)
{
    static const struct row rows[] = {
        {.fields = {LENGTH("5"), CODING("chunked")}, VERDICT_BOTH_LENGTHS},
        {.fields = {CODING("chunked"), LENGTH("5")}, VERDICT_BOTH_LENGTHS},
        {.fields = {CODING("chunked"), LENGTH("0")}, VERDICT_BOTH_LENGTHS},
        {.fields = {CODING("gzip"), LENGTH("5")}, VERDICT_BOTH_LENGTHS},
        {.fields = {CODING(""), LENGTH("5")}, VERDICT_BOTH_LENGTHS},
        {.fields = {LENGTH("5"), CODING("gzip, chunked")},
         VERDICT_BOTH_LENGTHS},
    };

    (void)state;
    check_rows(rows, COUNT(rows));
}

static void framing_read_of_a_coding_in_http_1_0(void **state)
{
    static const struct row rows[] = {
        {.fields = {CODING("chunked")}, VERDICT_CODING_IN_1_0, .in_1_0 = true},
        {.fields = {CODING("gzip, chunked")},
         VERDICT_CODING_IN_1_0,
         .in_1_0 = true},
        {.fields = {CODING("")}, VERDICT_CODING_IN_1_0, .in_1_0 = true},
        {.fields = {OTHER("chunked")}, .framing = {0}, .in_1_0 = true},
    };

    (void)state;
    check_rows(rows, COUNT(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(framing_read_of_content_lengths),
        cmocka_unit_test(framing_read_of_malformed_content_lengths),
        cmocka_unit_test(framing_read_of_codings),
        cmocka_unit_test(framing_read_of_codings_that_end_nowhere),
        cmocka_unit_test(framing_read_of_chunked_twice),
        cmocka_unit_test(framing_read_of_malformed_codings),
        cmocka_unit_test(framing_read_of_both_lengths),
        cmocka_unit_test(framing_read_of_a_coding_in_http_1_0),
    };

    return run_all(tests);
}
