/* content_add_test.c - content by length and chunked, however it is cut. */
#include "support_content.h"

#include <string.h>

struct row {
    const char *data;
    size_t length;
    enum verdict expected;
    const char *octets; /* if done */
    bool excess;
};

static void check_content(const struct row *row, struct content *content,
                          enum verdict verdict)
{
    assert_row_verdict(row->data, verdict, row->expected);
    if (verdict == VERDICT_DONE) {
        assert_row_octets(row->data, "the content",
                          content->octets.length == 0 ? ""
                                                      : content->octets.data,
                          content->octets.length, row->octets);
    }
    content_release(content);
}

static void check_row(const struct row *row, bool chunked, uint64_t number)
{
    char *whole = guarded_copy(row->data, row->length);
    struct content content = begin_content(chunked, number);
    enum verdict verdict = content_add(&content, whole, row->length);
    size_t used;

    if (row->expected == VERDICT_DONE) {
        assert_row_bool(row->data, "excess", content.excess, row->excess);
    }
    check_content(row, &content, verdict);
    guarded_free(whole, row->length);
    for (size_t cut = 0; cut <= row->length; cut++) {
        content = begin_content(chunked, number);
        verdict = content_add(&content, row->data, cut);
        if (verdict == VERDICT_INCOMPLETE) {
            verdict = content_add(&content, row->data + cut, row->length - cut);
        }
        check_content(row, &content, verdict);
    }
    content = begin_content(chunked, number);
    verdict = add_in_steps(&content, row->data, row->length, 1, &used);
    check_content(row, &content, verdict);
}

static void content_add_by_length(void **state)
{
    static const struct row rows[] = {
        {OCTETS("a=1&b"), VERDICT_DONE, "a=1&b", false},
        {OCTETS("a=1&bc"), VERDICT_DONE, "a=1&b", true},
        {OCTETS("a=1&b\r\n"), VERDICT_DONE, "a=1&b", true},
        {OCTETS("5\r\n\r\n"), VERDICT_DONE, "5\r\n\r\n", false},
        {OCTETS("a=1&"), VERDICT_INCOMPLETE, NULL, false},
        {OCTETS(""), VERDICT_INCOMPLETE, NULL, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        check_row(&rows[i], false, 5);
    }
}

static void content_add_of_chunks(void **state)
{
    static const struct row rows[] = {
        {OCTETS("0\r\n\r\n"), VERDICT_DONE, "", false},
        {OCTETS("5\r\nhello\r\n0\r\n\r\n"), VERDICT_DONE, "hello", false},
        {OCTETS("5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n"), VERDICT_DONE,
         "hello, world", false},
        {OCTETS("4\r\n\r\n\r\n\r\n0\r\n\r\n"), VERDICT_DONE, "\r\n\r\n", false},
        {OCTETS("5\r\n0\r\n\r\n\r\n0\r\n\r\n"), VERDICT_DONE, "0\r\n\r\n",
         false},
        {OCTETS("a\r\n0123456789\r\n0\r\n\r\n"), VERDICT_DONE, "0123456789",
         false},
        {OCTETS("A\r\n0123456789\r\n0\r\n\r\n"), VERDICT_DONE, "0123456789",
         false},
        {OCTETS("10\r\n0123456789abcdef\r\n0\r\n\r\n"), VERDICT_DONE,
         "0123456789abcdef", false},
        {OCTETS("00000000000000000001\r\nx\r\n000\r\n\r\n"), VERDICT_DONE, "x",
         false},
        {OCTETS("1;a\r\nx\r\n0\r\n\r\n"), VERDICT_DONE, "x", false},
        {OCTETS("1 ;\ta = b;c=\"d;e\"\r\nx\r\n0;f=g\r\n\r\n"), VERDICT_DONE,
         "x", false},
        {OCTETS("1;a=\"\xFF\"\r\nx\r\n0\r\n\r\n"), VERDICT_DONE, "x", false},
        {OCTETS("1\r\nx\r\n0\r\nA: b\r\n\r\n"), VERDICT_DONE, "x", false},
        {OCTETS("0\r\nA:\r\nContent-Length: 5\r\n\r\n"), VERDICT_DONE, "",
         false},
        {OCTETS("0\r\nA: b\tc \xFF\r\n\r\n"), VERDICT_DONE, "", false},
        {OCTETS("0\r\n\r\nx"), VERDICT_DONE, "", true},
        {OCTETS("0\r\n\r\n\r\n"), VERDICT_DONE, "", true},
        {OCTETS("0\r\nA: b\r\n\r\nGET /"), VERDICT_DONE, "", true},

        {OCTETS(""), VERDICT_INCOMPLETE, NULL, false},
        {OCTETS("5"), VERDICT_INCOMPLETE, NULL, false},
        {OCTETS("5\r\nhello"), VERDICT_INCOMPLETE, NULL, false},
        {OCTETS("5\r\nhello\r\n"), VERDICT_INCOMPLETE, NULL, false},
        {OCTETS("0\r\n"), VERDICT_INCOMPLETE, NULL, false},
        {OCTETS("0\r\n\r"), VERDICT_INCOMPLETE, NULL, false},
        {OCTETS("0\r\nA: b\r\n"), VERDICT_INCOMPLETE, NULL, false},

        {OCTETS("\r\n"), VERDICT_CHUNK_SIZE, NULL, false},
        {OCTETS("\n"), VERDICT_CHUNK_SIZE, NULL, false},
        {OCTETS("x"), VERDICT_CHUNK_SIZE, NULL, false},
        {OCTETS(";a\r\n"), VERDICT_CHUNK_SIZE, NULL, false},
        {OCTETS(" 5\r\n"), VERDICT_CHUNK_SIZE, NULL, false},
        {OCTETS("\t5\r\n"), VERDICT_CHUNK_SIZE, NULL, false},
        {OCTETS("-5\r\n"), VERDICT_CHUNK_SIZE, NULL, false},
        {OCTETS("+5\r\n"), VERDICT_CHUNK_SIZE, NULL, false},
        {OCTETS("0x5\r\n"), VERDICT_CHUNK_SIZE, NULL, false},
        {OCTETS("5g\r\n"), VERDICT_CHUNK_SIZE, NULL, false},
        {OCTETS("5\0\r\n"), VERDICT_CHUNK_SIZE, NULL, false},
        {OCTETS("5_0\r\n"), VERDICT_CHUNK_SIZE, NULL, false},
        {OCTETS("1\r\nx\r\n\r\n"), VERDICT_CHUNK_SIZE, NULL, false},

        {OCTETS("5\nhello"), VERDICT_CHUNK_LINE_END, NULL, false},
        {OCTETS("5\rhello"), VERDICT_CHUNK_LINE_END, NULL, false},
        {OCTETS("5\r\r\nhello"), VERDICT_CHUNK_LINE_END, NULL, false},
        {OCTETS("5;a\nhello"), VERDICT_CHUNK_LINE_END, NULL, false},
        {OCTETS("5;a\rhello"), VERDICT_CHUNK_LINE_END, NULL, false},
        {OCTETS("5 \nhello"), VERDICT_CHUNK_LINE_END, NULL, false},
        {OCTETS("0\n\r\n"), VERDICT_CHUNK_LINE_END, NULL, false},

        {OCTETS("5 5\r\n"), VERDICT_CHUNK_EXTENSION, NULL, false},
        {OCTETS("5 a\r\n"), VERDICT_CHUNK_EXTENSION, NULL, false},
        {OCTETS("5 \r\nhello"), VERDICT_CHUNK_EXTENSION, NULL, false},
        {OCTETS("5;a\0\r\n"), VERDICT_CHUNK_EXTENSION, NULL, false},
        {OCTETS("5;\x01\r\n"), VERDICT_CHUNK_EXTENSION, NULL, false},
        {OCTETS("5;\x7F\r\n"), VERDICT_CHUNK_EXTENSION, NULL, false},

        {OCTETS("1\r\nxy\r\n"), VERDICT_CHUNK_END, NULL, false},
        {OCTETS("1\r\nx\n"), VERDICT_CHUNK_END, NULL, false},
        {OCTETS("1\r\nx\rx"), VERDICT_CHUNK_END, NULL, false},
        {OCTETS("1\r\nx0\r\n\r\n"), VERDICT_CHUNK_END, NULL, false},

        {OCTETS("0\r\n\n"), VERDICT_TRAILER, NULL, false},
        {OCTETS("0\r\n\rx"), VERDICT_TRAILER, NULL, false},
        {OCTETS("0\r\nA\r\n\r\n"), VERDICT_TRAILER, NULL, false},
        {OCTETS("0\r\nA b: c\r\n\r\n"), VERDICT_TRAILER, NULL, false},
        {OCTETS("0\r\nA : c\r\n\r\n"), VERDICT_TRAILER, NULL, false},
        {OCTETS("0\r\n: c\r\n\r\n"), VERDICT_TRAILER, NULL, false},
        {OCTETS("0\r\nA: b\n\r\n"), VERDICT_TRAILER, NULL, false},
        {OCTETS("0\r\nA: b\rc\r\n\r\n"), VERDICT_TRAILER, NULL, false},
        {OCTETS("0\r\nA: b\r\n c\r\n\r\n"), VERDICT_TRAILER, NULL, false},
        {OCTETS("0\r\nA: \0\r\n\r\n"), VERDICT_TRAILER, NULL, false},
        {OCTETS("0\r\n\0"), VERDICT_TRAILER, NULL, false},

        {OCTETS("1000001"), VERDICT_CONTENT_TOO_LONG, NULL, false},
        {OCTETS("ffffffff"), VERDICT_CONTENT_TOO_LONG, NULL, false},
        {OCTETS("10000000000000001\r\nx"), VERDICT_CONTENT_TOO_LONG, NULL,
         false},
        {OCTETS("ffffffffffffffffffffffffffffff"), VERDICT_CONTENT_TOO_LONG,
         NULL, false},
        {OCTETS("1\r\nx\r\n1000000"), VERDICT_CONTENT_TOO_LONG, NULL, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        check_row(&rows[i], true, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_add_by_length),
        cmocka_unit_test(content_add_of_chunks),
    };

    return run_all(tests);
}
