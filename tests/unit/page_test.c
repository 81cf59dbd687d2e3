/* page_test.c - the frame of a page, and the pages for faults. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/limits.h"
#include "http/page.h"

static size_t count_fields(const struct response *response, const char *name)
{
    size_t count = 0;

    for (size_t i = 0; i < response->headers.count; i++) {
        count += header_is(&response->headers.fields[i], name);
    }
    return count;
}

/* Returns the content as a string, for the caller to free. */
static char *content_of(const struct response *response)
{
    char *text = test_malloc_or_fail(response->content.length + 1);

    memcpy(text, response->content.data, response->content.length);
    text[response->content.length] = '\0';
    return text;
}

static void assert_field(const struct response *response, const char *name,
                         const char *value)
{
    const struct header *field = headers_find(&response->headers, name);

    assert_row_times(name, "the field is there", count_fields(response, name),
                     1);
    assert_row_octets(name, "the value", field->value, field->value_length,
                      value);
}

static void assert_begins(const char *text, const char *start)
{
    assert_true(strncmp(text, start, strlen(start)) == 0);
}

static void assert_ends(const char *text, const char *end)
{
    assert_true(strlen(text) >= strlen(end));
    assert_string_equal(text + strlen(text) - strlen(end), end);
}

static void assert_fields_of_a_page(const struct response *response)
{
    assert_field(response, "Content-Type", "text/html; charset=utf-8");
    assert_field(response, "X-Content-Type-Options", "nosniff");
    assert_row_times("policy", "the field is there",
                     count_fields(response, "Content-Security-Policy"), 1);
    assert_true(headers_find(&response->headers, "Content-Security-Policy")
                    ->value_length > 0);
}

/* The page's style and form must work under its own policy. */
static void page_begin_allows_what_the_page_needs(void **state)
{
    struct response response;
    const struct header *field;
    char policy[512] = "";

    (void)state;
    response_init(&response);
    page_begin(&response, 200, "hello");
    assert_int_equal(response.code, 200);
    assert_fields_of_a_page(&response);
    assert_true(response_is_valid(&response));
    field = headers_find(&response.headers, "Content-Security-Policy");
    assert_true(field->value_length < sizeof policy);
    memcpy(policy, field->value, field->value_length);
    assert_row_has(NULL, "the policy", policy, "default-src 'none'");
    assert_row_has(NULL, "the policy", policy, "style-src 'unsafe-inline'");
    assert_row_has(NULL, "the policy", policy, "form-action 'self'");
    assert_row_lacks(NULL, "the policy", policy, "script-src");
    response_release(&response);
}

static void page_begin_writes_html5(void **state)
{
    struct response response;
    char *text;

    (void)state;
    response_init(&response);
    page_begin(&response, 200, "a title");
    buffer_append_string(&response.content, "<p>between</p>\n");
    page_end(&response);
    text = content_of(&response);
    assert_begins(text, "<!DOCTYPE html>");
    assert_non_null(strstr(text, "<html lang="));
    assert_non_null(strstr(text, "<meta charset=\"utf-8\">"));
    assert_non_null(strstr(text, "<title>a title</title>"));
    assert_non_null(strstr(text, "<style>"));
    assert_non_null(strstr(text, "<main>\n<p>between</p>\n</main>"));
    assert_null(strstr(text, "<script"));
    assert_ends(text, "</body>\n</html>\n");
    free(text);
    response_release(&response);
}

static size_t count_strings(const char *text, const char *string)
{
    size_t count = 0;

    while ((text = strstr(text, string)) != NULL) {
        count++;
        text++;
    }
    return count;
}

static void page_form_has_two_fields_and_two_buttons(void **state)
{
    struct response response;
    char *text;

    (void)state;
    response_init(&response);
    page_form(&response);
    text = content_of(&response);
    assert_int_equal(count_strings(text, "<form"), 1);
    assert_int_equal(count_strings(text, "</form>"), 1);
    assert_int_equal(count_strings(text, "<input name=\""), 2);
    assert_int_equal(count_strings(text, "<label>"), 2);
    assert_int_equal(count_strings(text, "<button"), 2);
    assert_int_equal(count_strings(text, "formmethod=\"get\">GET<"), 1);
    assert_int_equal(count_strings(text, "formmethod=\"post\">POST<"), 1);
    assert_int_equal(count_strings(text, "action="), 0); /* its own URL */
    free(text);
    response_release(&response);
}

static void page_fault_of_every_verdict(void **state)
{
    const struct request request = {.line = 17, .post_refusal = "Not here."};

    (void)state;
    for (int v = 0; v <= VERDICT_RESPONSE_INVALID; v++) {
        enum verdict verdict = (enum verdict)v;
        int code = verdict_code(verdict);
        const char *sentence = verdict == VERDICT_POST_REFUSED
                                   ? request.post_refusal
                                   : verdict_sentence(verdict);
        char expected[512];
        struct response response;
        char *text;

        if (code == 0) {
            continue;
        }
        response_init(&response);
        page_fault(&response, verdict, &request);
        assert_int_equal(response.code, code);
        assert_true(response_is_valid(&response));
        assert_fields_of_a_page(&response);
        if (code == 503) {
            (void)snprintf(expected, sizeof expected, "%d",
                           RETRY_AFTER_SECONDS);
            assert_field(&response, "Retry-After", expected);
        } else {
            assert_null(headers_find(&response.headers, "Retry-After"));
        }
        text = content_of(&response);
        assert_begins(text, "<!DOCTYPE html>");
        assert_ends(text, "</html>\n");
        (void)snprintf(expected, sizeof expected, "<title>%d %s</title>", code,
                       status_reason(code));
        assert_row_has(sentence, "the page", text, expected);
        (void)snprintf(expected, sizeof expected, "<p>%.*s",
                       (int)strcspn(sentence, "#"), sentence);
        assert_row_has(sentence, "the page", text, expected);
        assert_row_lacks(sentence, "the paragraph", strstr(text, "<p>"), "#");
        free(text);
        response_release(&response);
    }
}

static void page_fault_names_line_or_limit(void **state)
{
    static const struct {
        enum verdict verdict;
        size_t line;
        const char *expected;
    } rows[] = {
        {VERDICT_BARE_LF, 1,
         "<p>Line 1 ends in LF alone; lines end in CR LF.</p>"},
        {VERDICT_BARE_LF, 1234567,
         "<p>Line 1234567 ends in LF alone; lines end in CR LF.</p>"},
        {VERDICT_REQUEST_LINE_TOO_LONG, 1, " 65536 bytes.</p>"},
        {VERDICT_HEADER_SECTION_TOO_LONG, 9, " 1048576 bytes.</p>"},
        {VERDICT_CONTENT_TOO_LONG, 9, " 16777216 bytes.</p>"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct request request = {.line = rows[i].line};
        struct response response;
        char *text;

        response_init(&response);
        page_fault(&response, rows[i].verdict, &request);
        text = content_of(&response);
        assert_row_has(NULL, "the page", text, rows[i].expected);
        free(text);
        response_release(&response);
    }
}

static void page_fault_replaces_what_stood_there(void **state)
{
    struct response response;
    char *text;

    (void)state;
    response_init(&response);
    response.code = 12;
    headers_add(&response.headers, "Set-Cookie", "secret");
    headers_add(&response.headers, "Bad Name", "a\r\nb");
    headers_add(&response.headers, "Content-Type", "text/plain");
    response.headers.failed = true;
    buffer_append_string(&response.content, "half of a pa");
    response.content.failed = true;
    page_fault(&response, VERDICT_DELEGATE_FAILED,
               &(struct request){.line = 0});
    assert_int_equal(response.code, 500);
    assert_int_equal(count_fields(&response, "Set-Cookie"), 0);
    assert_int_equal(count_fields(&response, "Bad Name"), 0);
    assert_fields_of_a_page(&response);
    assert_true(response_is_valid(&response));
    text = content_of(&response);
    assert_begins(text, "<!DOCTYPE html>");
    assert_null(strstr(text, "half of a pa"));
    free(text);
    response_release(&response);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_begin_allows_what_the_page_needs),
        cmocka_unit_test(page_begin_writes_html5),
        cmocka_unit_test(page_form_has_two_fields_and_two_buttons),
        cmocka_unit_test(page_fault_of_every_verdict),
        cmocka_unit_test(page_fault_names_line_or_limit),
        cmocka_unit_test(page_fault_replaces_what_stood_there),
    };

    return run_all(tests);
}
