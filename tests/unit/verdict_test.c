/* verdict_test.c - status codes, sentences and limits of the verdicts. */
#include "support.h"

#include <string.h>

#include "http/limits.h"
#include "http/verdict.h"

enum {
    verdicts = VERDICT_RESPONSE_INVALID + 1
};

/* In the order of verdict.h: the last verdict of each status code in turn; 0 is
 * for those that get no answer. */
static const struct {
    enum verdict last;
    int code;
} codes[] = {
    {VERDICT_INCOMPLETE, 0},
    {VERDICT_METHOD_NOT_TOKEN, 400},
    {VERDICT_REQUEST_LINE_TOO_LONG, 414},
    {VERDICT_TARGET_AUTHORITY, 400},
    {VERDICT_VERSION_UNSUPPORTED, 505},
    {VERDICT_HEADER_SECTION_TOO_LONG, 431},
    {VERDICT_CHUNKED_NOT_LAST, 400},
    {VERDICT_CODING_UNSUPPORTED, 501},
    {VERDICT_EXPECTATION, 417},
    {VERDICT_CONTENT_TOO_LONG, 413},
    {VERDICT_CONTENT_ENCODING, 415},
    {VERDICT_OVER_BUDGET, 503},
    {VERDICT_TRAILER, 400},
    {VERDICT_TIMEOUT, 408},
    {VERDICT_LOST, 0},
    {VERDICT_RESPONSE_INVALID, 500},
};

static void verdict_code_of_every_verdict(void **state)
{
    size_t row = 0;

    (void)state;
    for (int v = 0; v < verdicts; v++) {
        if (v > (int)codes[row].last) {
            row++;
        }
        if (verdict_code((enum verdict)v) != codes[row].code) {
            fail_msg("verdict %d has code %d", v,
                     verdict_code((enum verdict)v));
        }
    }
}

/* It is put into a page as it is, with at most one number. */
static void verdict_sentence_is_a_sentence(void **state)
{
    (void)state;
    for (int v = 0; v < verdicts; v++) {
        const char *sentence = verdict_sentence((enum verdict)v);

        if (verdict_code((enum verdict)v) == 0 || v == VERDICT_POST_REFUSED) {
            assert_string_equal(sentence, "");
            continue;
        }
        assert_row_that(sentence,
                        strlen(sentence) > 10 && sentence[0] >= 'A' &&
                            sentence[0] <= 'Z' &&
                            sentence[strlen(sentence) - 1] == '.',
                        "this is not a sentence");
        assert_row_that(sentence, strpbrk(sentence, "<>&\"") == NULL,
                        "a character would have to be escaped");
        assert_row_that(sentence,
                        strchr(sentence, '#') == strrchr(sentence, '#'),
                        "there is more than one number");
        for (const char *c = sentence; *c != '\0'; c++) {
            assert_in_range(*c, 0x20, 0x7E);
        }
    }
}

static void verdict_sentence_of_each_verdict_is_its_own(void **state)
{
    (void)state;
    for (int v = 0; v < verdicts; v++) {
        const char *sentence = verdict_sentence((enum verdict)v);

        for (int other = 0; other < v; other++) {
            assert_row_that(sentence,
                            sentence[0] == '\0' ||
                                strcmp(verdict_sentence((enum verdict)other),
                                       sentence) != 0,
                            "verdicts %d and %d say this", other, v);
        }
    }
}

/* the example in the README, for a person who types at nc */
static void verdict_sentence_of_a_bare_lf_names_the_line(void **state)
{
    (void)state;
    assert_string_equal(verdict_sentence(VERDICT_BARE_LF),
                        "Line # ends in LF alone; lines end in CR LF.");
}

static void verdict_limit_is_that_of_limits_h(void **state)
{
    static const size_t limits[verdicts] = {
        [VERDICT_REQUEST_LINE_TOO_LONG] = REQUEST_LINE_MOST,
        [VERDICT_HEADER_SECTION_TOO_LONG] = HEADER_SECTION_MOST,
        [VERDICT_CONTENT_TOO_LONG] = CONTENT_MOST,
        [VERDICT_CHUNK_EXTENSIONS_TOO_LONG] = CHUNK_EXTENSIONS_MOST,
    };

    (void)state;
    for (int v = 0; v < verdicts; v++) {
        size_t limit = verdict_limit((enum verdict)v);

        if (limit != limits[v]) {
            fail_msg("verdict %d has limit %zu", v, limit);
        }
        if (limit > 0) {
            assert_non_null(strchr(verdict_sentence((enum verdict)v), '#'));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdict_code_of_every_verdict),
        cmocka_unit_test(verdict_sentence_is_a_sentence),
        cmocka_unit_test(verdict_sentence_of_each_verdict_is_its_own),
        cmocka_unit_test(verdict_sentence_of_a_bare_lf_names_the_line),
        cmocka_unit_test(verdict_limit_is_that_of_limits_h),
    };

    return run_all(tests);
}
