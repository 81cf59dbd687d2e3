/*
 * content_limits_test.c - content at its limits and beyond, and which content
 * is taken at all.
 */
#include "support_content.h"

#include <stdlib.h>
#include <string.h>

#include "http/limits.h"

static void content_add_counts_no_octets_behind_the_end(void **state)
{
    struct content content = begin_content(false, 2);

    (void)state;
    assert_int_equal(content_add(&content, OCTETS("a")), VERDICT_INCOMPLETE);
    assert_false(content.excess);
    assert_int_equal(content_add(&content, OCTETS("bc")), VERDICT_DONE);
    assert_true(content.excess);
    assert_row_octets("ab", "the content", content.octets.data,
                      content.octets.length, "ab");
    content_release(&content);
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

/* Chunks of half the limit: two fit, and not an octet more. */
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

/* Many write sizes in a fixed width: as much content as there may be, in small
 * chunks, whose leading zeros are more than chunk extensions may have. */
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

/* `start`, then `x` again and again: how many octets are taken at most? */
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
                    "more than one octet of content is held");
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

/* `octets` of trailers, the line again and again; the last takes the rest. */
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

/* The limit of a header section: all field lines with their CR LF. */
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
        cmocka_unit_test(content_add_counts_no_octets_behind_the_end),
        cmocka_unit_test(content_add_up_to_the_limit),
        cmocka_unit_test(content_add_of_chunks_up_to_the_limit),
        cmocka_unit_test(content_add_of_sizes_with_leading_zeros),
        cmocka_unit_test(content_add_ends_what_is_endless),
        cmocka_unit_test(content_add_holds_the_limit_of_extensions),
        cmocka_unit_test(content_add_holds_the_limit_of_trailers),
        cmocka_unit_test(content_begin_of_no_content),
        cmocka_unit_test(content_begin_holds_the_limit),
        cmocka_unit_test(content_begin_looks_at_the_type),
    };

    return run_all(tests);
}
