/* content_test.c - content by its length and in chunks, however it is cut; its
 * limits; and which content is accepted at all. */
#include "support.h"
#include "support_memory.h"

#include <stdlib.h>
#include <string.h>

#include "http/content.h"
#include "http/limits.h"

static struct content begin_content(bool chunked, uint64_t length)
{
    struct request request;
    struct content content;
    enum verdict verdict;

    request_init(&request);
    request.framing.chunked = chunked;
    request.framing.length_given = !chunked;
    request.framing.length = length;
    content_init(&content);
    verdict = content_begin(&content, &request);
    assert_int_equal(verdict,
                     chunked || length > 0 ? VERDICT_INCOMPLETE : VERDICT_DONE);
    request_release(&request);
    return content;
}

static enum verdict add_in_steps(struct content *content, const char *data,
                                 size_t length, size_t step, size_t *used)
{
    enum verdict verdict = VERDICT_INCOMPLETE;

    *used = 0;
    while (*used < length && verdict == VERDICT_INCOMPLETE) {
        size_t size = length - *used < step ? length - *used : step;
        char *piece = exact_copy(data + *used, size);

        verdict = content_add(content, piece, size);
        free(piece);
        *used += size;
    }
    return verdict;
}

struct row {
    const char *data;
    size_t length;
    enum verdict expected;
    const char *octets; /* if it is done */
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

static void content_add_up_to_the_limit(void **state)
{
    static const size_t steps[] = {SIZE_MAX, 65536, 1461};
    char *data = calloc(1, CONTENT_MOST);
    size_t used;

    (void)state;
    assert_non_null(data);
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct content content = begin_content(false, CONTENT_MOST);

        assert_int_equal(
            add_in_steps(&content, data, CONTENT_MOST, steps[i], &used),
            VERDICT_DONE);
        assert_int_equal(content.octets.length, CONTENT_MOST);
        assert_false(content.excess);
        content_release(&content);
    }
    free(data);
}

/* Chunks of half the limit: two fit, and not one byte more. */
static void content_add_of_chunks_up_to_the_limit(void **state)
{
    enum {
        half = CONTENT_MOST / 2
    };
    char *data = calloc(1, half);
    struct content content = begin_content(true, 0);

    (void)state;
    assert_non_null(data);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(content_add(&content, OCTETS("800000\r\n")),
                         VERDICT_INCOMPLETE);
        assert_int_equal(content_add(&content, data, half), VERDICT_INCOMPLETE);
        assert_int_equal(content_add(&content, OCTETS("\r\n")),
                         VERDICT_INCOMPLETE);
    }
    assert_int_equal(content.octets.length, CONTENT_MOST);
    assert_int_equal(content_add(&content, OCTETS("1")),
                     VERDICT_CONTENT_TOO_LONG);
    content_release(&content);
    free(data);
}

/* Many clients write sizes with a fixed width. This is as much content as there
 * may be, in small chunks; their leading zeros are more bytes than chunk
 * extensions may have. */
static void content_add_of_sizes_with_leading_zeros(void **state)
{
    static const char *const sizes[] = {"00000080\r\n", "0000000000000080\r\n"};
    static const char octets[128];

    (void)state;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct content content = begin_content(true, 0);

        while (content.octets.length < CONTENT_MOST) {
            assert_int_equal(content_add(&content, sizes[i], strlen(sizes[i])),
                             VERDICT_INCOMPLETE);
            assert_int_equal(content_add(&content, octets, sizeof octets),
                             VERDICT_INCOMPLETE);
            assert_int_equal(content_add(&content, OCTETS("\r\n")),
                             VERDICT_INCOMPLETE);
        }
        assert_int_equal(content_add(&content, OCTETS("00000000\r\n\r\n")),
                         VERDICT_DONE);
        content_release(&content);
    }
}

/* Sends `start`, then `x` again and again. Returns how many bytes are taken at
 * most. */
static void check_endless(const char *start, const char *x, size_t most,
                          enum verdict expected)
{
    struct content content = begin_content(true, 0);
    enum verdict verdict = content_add(&content, start, strlen(start));
    size_t taken = 0;

    while (verdict == VERDICT_INCOMPLETE && taken <= most) {
        verdict = content_add(&content, x, strlen(x));
        taken += strlen(x);
    }
    assert_row_verdict(start, verdict, expected);
    assert_row_that(start, content.octets.length <= 1,
                    "more than one byte of content is held");
    content_release(&content);
}

static void content_add_ends_what_is_endless(void **state)
{
    enum {
        ext = CHUNK_EXTENSIONS_MOST,
        head = 2 * HEADER_SECTION_MOST
    };

    (void)state;
    check_endless("", "0", ext + 16, VERDICT_CHUNK_EXTENSIONS_TOO_LONG);
    check_endless("1;", "a", ext, VERDICT_CHUNK_EXTENSIONS_TOO_LONG);
    check_endless("1", " ", ext + 1, VERDICT_CHUNK_EXTENSIONS_TOO_LONG);
    check_endless("1", ";", ext + 1, VERDICT_CHUNK_EXTENSIONS_TOO_LONG);
    check_endless("0\r\n", "a", head, VERDICT_HEADER_SECTION_TOO_LONG);
    check_endless("0\r\na:", "a", head, VERDICT_HEADER_SECTION_TOO_LONG);
    check_endless("0\r\n", "a:\r\n", head, VERDICT_HEADER_SECTION_TOO_LONG);
}

static void content_add_holds_the_limit_of_extensions(void **state)
{
    char *extension = test_malloc_or_fail(CHUNK_EXTENSIONS_MOST);
    struct content content = begin_content(true, 0);

    (void)state;
    memset(extension, ';', CHUNK_EXTENSIONS_MOST);
    assert_int_equal(content_add(&content, OCTETS("1")), VERDICT_INCOMPLETE);
    assert_int_equal(content_add(&content, extension, CHUNK_EXTENSIONS_MOST),
                     VERDICT_INCOMPLETE);
    assert_int_equal(content_add(&content, OCTETS("\r\nx\r\n0")),
                     VERDICT_INCOMPLETE);
    assert_int_equal(content_add(&content, OCTETS(";")),
                     VERDICT_CHUNK_EXTENSIONS_TOO_LONG);
    content_release(&content);
    free(extension);
}

/* Makes a trailer section of this length: the line again and again, and a
 * longer last one. */
static enum verdict add_trailers(size_t octets, const char *line)
{
    struct content content = begin_content(true, 0);
    size_t length = strlen(line);
    char *data = test_malloc_or_fail(octets);
    enum verdict verdict = content_add(&content, OCTETS("0\r\n"));
    size_t last = 0;

    assert_int_equal(verdict, VERDICT_INCOMPLETE);
    memset(data, 'a', octets);
    for (; last + 2 * length <= octets; last += length) {
        memcpy(data + last, line, length);
    }
    memcpy(data + last, "a:", 2);
    memcpy(data + octets - 2, "\r\n", 2);
    verdict = content_add(&content, data, octets);
    if (verdict == VERDICT_INCOMPLETE) {
        verdict = content_add(&content, OCTETS("\r\n"));
    }
    content_release(&content);
    free(data);
    return verdict;
}

/* The limit is that of a header section: all field lines, with their CR LF. */
static void content_add_holds_the_limit_of_trailers(void **state)
{
    enum {
        most = HEADER_SECTION_MOST
    };
    static const char *const lines[] = {"a:aaaaaaaaaaaaa\r\n", "a:aa\r\n",
                                        "a:\r\n"};

    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        assert_row_verdict(lines[i], add_trailers(most, lines[i]),
                           VERDICT_DONE);
        assert_row_verdict(lines[i], add_trailers(most + 1, lines[i]),
                           VERDICT_HEADER_SECTION_TOO_LONG);
    }
}

static void content_add_without_memory(void **state)
{
    (void)state;
    for (int chunked = 0; chunked < 2; chunked++) {
        struct content content = begin_content(chunked, 5);

        memory_lasts(0, SIZE_MAX);
        assert_int_equal(content_add(&content, chunked ? "5\r\nhello" : "hello",
                                     chunked ? 8 : 5),
                         VERDICT_NO_MEMORY);
        memory_is_back();
        content_release(&content);
    }
}

static void content_begin_of_no_content(void **state)
{
    struct content content = begin_content(false, 0);

    (void)state;
    assert_int_equal(content.octets.length, 0);
    assert_false(content.excess);
    content_release(&content);
    content_release(&content);
}

static void content_begin_holds_the_limit(void **state)
{
    static const struct {
        uint64_t length;
        enum verdict expected;
    } rows[] = {
        {CONTENT_MOST, VERDICT_INCOMPLETE},
        {CONTENT_MOST + 1, VERDICT_CONTENT_TOO_LONG},
        {UINT64_C(1) << 32, VERDICT_CONTENT_TOO_LONG},
        {UINT64_MAX, VERDICT_CONTENT_TOO_LONG},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct request request;
        struct content content;

        request_init(&request);
        request.framing.length = rows[i].length;
        headers_add(&request.headers, "Content-Type", "text/plain");
        request.headers.count -= rows[i].expected == VERDICT_INCOMPLETE;
        content_init(&content);
        assert_int_equal(content_begin(&content, &request), rows[i].expected);
        content_release(&content);
        request.headers.count = 1;
        request_release(&request);
    }
}

static void content_begin_looks_at_the_type(void **state)
{
    static const struct {
        const char *name;
        const char *value;
        enum verdict expected;
    } rows[] = {
        {"X", "text/plain", VERDICT_DONE},
        {"Content-Type", "application/x-www-form-urlencoded", VERDICT_DONE},
        {"content-type", "Application/X-WWW-Form-URLEncoded", VERDICT_DONE},
        {"Content-Type", "application/x-www-form-urlencoded;charset=UTF-8",
         VERDICT_DONE},
        {"Content-Type", "application/x-www-form-urlencoded \t; a=\"b\"",
         VERDICT_DONE},
        {"Content-Type", "", VERDICT_CONTENT_TYPE},
        {"Content-Type", "text/plain", VERDICT_CONTENT_TYPE},
        {"Content-Type", "multipart/form-data; boundary=a",
         VERDICT_CONTENT_TYPE},
        {"Content-Type", "application/json", VERDICT_CONTENT_TYPE},
        {"Content-Type", "application/x-www-form-urlencode",
         VERDICT_CONTENT_TYPE},
        {"Content-Type", "application/x-www-form-urlencodedx",
         VERDICT_CONTENT_TYPE},
        {"Content-Type", "application/x-www-form-urlencoded, text/plain",
         VERDICT_CONTENT_TYPE},
        {"Content-Type", "application/x-www-form-urlencoded x",
         VERDICT_CONTENT_TYPE},
        {"Content-Type", "text/plain;application/x-www-form-urlencoded",
         VERDICT_CONTENT_TYPE},
        {"Content-Encoding", "identity", VERDICT_DONE},
        {"Content-Encoding", "IDENTITY", VERDICT_DONE},
        {"Content-Encoding", ",", VERDICT_DONE},
        {"Content-Encoding", "identity ,, identity", VERDICT_DONE},
        {"Content-Encoding", "identity,gzip,", VERDICT_CONTENT_ENCODING},
        {"Content-Encoding", "gzip", VERDICT_CONTENT_ENCODING},
        {"Content-Encoding", "identity, gzip", VERDICT_CONTENT_ENCODING},
        {"CONTENT-ENCODING", "br", VERDICT_CONTENT_ENCODING},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct request request;
        struct content content;

        request_init(&request);
        request.first_field_line = 2;
        headers_add(&request.headers, "Host", "a");
        headers_add(&request.headers, rows[i].name, rows[i].value);
        content_init(&content);
        assert_row_verdict(rows[i].value, content_begin(&content, &request),
                           rows[i].expected);
        if (rows[i].expected != VERDICT_DONE) {
            assert_row(rows[i].value, "the line at fault", request.line, 3);
        }
        content_release(&content);
        request_release(&request);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content_add_by_length),
        cmocka_unit_test(content_add_of_chunks),
        cmocka_unit_test(content_add_up_to_the_limit),
        cmocka_unit_test(content_add_of_chunks_up_to_the_limit),
        cmocka_unit_test(content_add_of_sizes_with_leading_zeros),
        cmocka_unit_test(content_add_ends_what_is_endless),
        cmocka_unit_test(content_add_holds_the_limit_of_extensions),
        cmocka_unit_test(content_add_holds_the_limit_of_trailers),
        cmocka_unit_test(content_add_without_memory),
        cmocka_unit_test(content_begin_of_no_content),
        cmocka_unit_test(content_begin_holds_the_limit),
        cmocka_unit_test(content_begin_looks_at_the_type),
    };

    return run_all(tests);
}
