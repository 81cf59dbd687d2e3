/*
 * delegate_test.c - delegate alone, without a socket. In stages 1 to 4 it makes
 * constant data; from stage 5 on, a page of what it is given.
 */
/* stages: 1 2 3 4 5 6 */
/* tags: assignment, delegate */
/* hint: In your head, call delegate with the arguments that the test names.
 * What does it do with each of them, and what if one is NULL? */
#include "support.h"
#include "support_by_hand.h"
#include "support_memory.h"
#include "support_page.h"

#include <stdlib.h>
#include <string.h>

#include "webserve.h"

/* ---- Calling it */

/* What delegate is called with. */
struct call {
    const char *request_type;
    const char *path;
    const char *query;   /* NULL: none */
    const char *content; /* NULL: none */
};

/* Calls delegate with an empty response, and with memory for that many
 * allocations. Then the page is a string, if there is no NUL in it. */
static int call_delegate(const struct call *call, struct response *response,
                         size_t memory)
{
    struct form forms[2];
    const char *const data[] = {call->query, call->content};
    struct headers received = {.fields = NULL};
    int result;

    for (size_t i = 0; i < 2; i++) {
        form_init(&forms[i]);
        if (data[i] != NULL) {
            assert_int_equal(form_parse(&forms[i], data[i], strlen(data[i])),
                             VERDICT_DONE);
        }
    }
    headers_add(&received, "Host", "example");
    headers_add(&received, "X", "<i>");
    response_init(response);
    memory_lasts(memory, SIZE_MAX);
    result = delegate(call->request_type, call->path, &received,
                      call->query == NULL ? NULL : &forms[0],
                      call->content == NULL ? NULL : &forms[1], response);
    memory_is_back();
    form_release(&forms[0]);
    form_release(&forms[1]);
    headers_release(&received);
    return result;
}

/* A query or content, in messages. */
static const char *shown_form(const char *text)
{
    return text == NULL ? "NULL" : shown_string(text);
}

/* Calls it, and checks that the response can be sent as a page. Returns the
 * page, which the caller frees. */
static char *page_of(const struct call *call)
{
    struct response response;
    char *page;
    int result;

    say_place("delegate(\"%s\", %s, ..., %s, %s, ...)", call->request_type,
              shown_string(call->path), shown_form(call->query),
              shown_form(call->content));
    if (STAGE > 1) { /* in stage 1, nothing calls it */
        say_by_hand("curl -i -g '%s%s%s%s%s'%s%s%s", "http://127.0.0.1:8080",
                    /* a quote would end the word in the shell */
                    strchr(call->path, '\'') == NULL ? call->path : "/<b>&\"",
                    strchr(call->path, '\'') == NULL ? "" : "'\\''",
                    call->query == NULL ? "" : "?",
                    call->query == NULL ? "" : call->query,
                    call->content == NULL ? "" : " -d '",
                    call->content == NULL ? "" : call->content,
                    call->content == NULL ? "" : "'");
    }
    result = call_delegate(call, &response, SIZE_MAX);
    assert_row_that(NULL, result == 0, "it returns %d, not 0", result);
    assert_row_that(NULL, response.code == 200,
                    "the response's code is %d, not 200", response.code);
    assert_row_that(NULL, response_is_valid(&response),
                    "the response cannot be sent: response_is_valid says no");
    page = test_malloc_or_fail(response.content.length + 1);
    memcpy(page, response.content.data, response.content.length);
    page[response.content.length] = '\0';
    assert_row_that(NULL, strlen(page) == response.content.length,
                    "there is a NUL in the page");
    response_release(&response);
    return page;
}

/* How the calls below differ. */
static const struct call calls[] = {
    {"GET", "/", NULL, NULL},
    {"GET", "/some/random/url", "name=test&name=test2&blah=foo", NULL},
    {"GET", "/%3Ci%3E<script>&\"'", "", NULL},
    {"POST", "/p", NULL, ""},
    {"POST", "/p", "a=1", "b=%C3%A9&c=<&c=%3c"},
};

/* hint: Does delegate set the status code, and is there any content? */
static void delegate_answers_with_a_valid_page(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(calls); i++) {
        char *page = page_of(&calls[i]);

        assert_row_that(NULL, page[0] != '\0', "the page is empty");
        assert_row_lacks(NULL, "the page", page, "<script");
        free(page);
    }
}

/* tags: ours */
/* hint: Which functions in common/http/page.h make the frame and the header
 * fields? */
static void delegate_makes_the_whole_frame(void **state)
{
    static const char *const once[] = {
        "Content-Type", "Content-Security-Policy", "X-Content-Type-Options"};

    (void)state;
    for (size_t i = 0; i < COUNT(calls); i++) {
        struct response response;
        char *page = page_of(&calls[i]);

        assert_row_octets(NULL, "the beginning of the page", page,
                          strnlen(page, 16), "<!DOCTYPE html>\n");
        assert_row_has(NULL, "the page", page, "</html>\n");
        free(page);
        (void)call_delegate(&calls[i], &response, SIZE_MAX);
        for (size_t j = 0; j < COUNT(once); j++) {
            size_t found = 0;

            for (size_t k = 0; k < response.headers.count; k++) {
                found += header_is(&response.headers.fields[k], once[j]);
            }
            assert_row_times(once[j], "the response has this field", found, 1);
        }
        response_release(&response);
    }
}

/* hint: Do you keep anything from one call to the next, in a static or a
 * global variable? */
static void delegate_keeps_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(calls); i++) {
        for (size_t j = 0; j < COUNT(calls); j++) {
            char *first = page_of(&calls[i]);
            char *between = page_of(&calls[j]);
            char *second = page_of(&calls[i]);

            assert_row_octets(NULL, "after another call in between, the page",
                              second, strlen(second), first);
            free(first);
            free(between);
            free(second);
        }
    }
}

/* tags: ours */
/* hint: Any allocation may fail. Then delegate returns something other than
 * 0, or leaves a response that says so. Do you look at each result? */
static void delegate_without_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(calls); i++) {
        bool enough = false;

        for (size_t most = 0; !enough; most++) {
            struct response response;

            assert_row_that(
                NULL, most < 1000,
                "with memory for 1000 allocations, delegate still fails");
            enough = call_delegate(&calls[i], &response, most) == 0 &&
                     response_is_valid(&response);
            assert_row_that(NULL, most > 0 || !enough,
                            "without any memory, delegate gives 0 and a page");
            response_release(&response);
        }
    }
}

#if STAGE < 5

/* hint: Which argument does your page depend on? In this step, on none. */
static void delegate_is_constant(void **state)
{
    char *constant = page_of(&calls[0]);

    (void)state;
    for (size_t i = 1; i < COUNT(calls); i++) {
        char *page = page_of(&calls[i]);

        assert_row_octets(NULL, "the page, which should be constant,", page,
                          strlen(page), constant);
        free(page);
    }
    free(constant);
}

#else

/* Ends the test unless the text is in the page exactly once. */
static void assert_once(const char *page, const char *text)
{
    const char *near = strstr(page, "<h1>");
    const char *found = strstr(page, text);

    if (found == NULL) {
        assert_row_has(NULL, "the page", near == NULL ? page : near, text);
        return;
    }
    assert_row_that(NULL, strstr(found + 1, text) == NULL,
                    "the page has %s twice", shown_string(text));
}

/* Ends the test unless the page lists exactly this: ITEMs, with HEADING where a
 * list begins. */
static void assert_lists(const char *page, const char *expected)
{
    char *lines = page_lines(page);

    assert_row_octets(NULL, "what the page lists", lines, strlen(lines),
                      expected);
    free(lines);
}

/* hint: Do you show the path as it was received, not decoded, but escaped? */
static void delegate_says_hello_to_the_path(void **state)
{
    static const struct {
        const char *path;
        const char *shown;
    } rows[] = {
        {"/", "/"},
        {"/some/random/url", "/some/random/url"},
        {"/a%20b%3Ci%3E", "/a%20b%3Ci%3E"},
        {"/<b>&\"'", "/&lt;b&gt;&amp;&quot;&#39;"},
        {"/\xC3\xA9\xF0\x9F\x98\x80", "/\xC3\xA9\xF0\x9F\x98\x80"},
        {"/+", "/+"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *page = page_of(&(struct call){"GET", rows[i].path, NULL, NULL});

        assert_says_hello(page, rows[i].shown);
        assert_row_lacks(NULL, "the page", page, "key=");
        free(page);
    }
}

#define ITEM(key, value) "key=" key "; value=" value "; \n"
#define HEADING "heading\n"

static const struct {
    const char *data;
    const char *list;
} lists[] = {
    {"name=test&name=test2&blah=foo",
     ITEM("name", "test") ITEM("name", "test2") ITEM("blah", "foo")},
    {"b=2&a=1&b=2", ITEM("b", "2") ITEM("a", "1") ITEM("b", "2")},
    {"a&b=&=c&=", ITEM("a", "") ITEM("b", "") ITEM("", "c") ITEM("", "")},
    {"%26+x=%3Ci%3E%22%27", ITEM("&amp; x", "&lt;i&gt;&quot;&#39;")},
};

/* Bytes that are not text. */
static const struct {
    const char *data;
    const char *list;
} odd_lists[] = {
    {"a=%00b&%FF=%C3%A9%80",
     ITEM("a", "\xEF\xBF\xBD"
               "b") ITEM("\xEF\xBF\xBD", "\xC3\xA9\xEF\xBF\xBD")},
    {"a=%01%0A%09", ITEM("a", "\xEF\xBF\xBD\n\t")},
};

/* hint: The pairs in get_data are already decoded. Do you show them in their
 * order, escaped, with their lengths, each as `key=KEY; value=VALUE; `? */
static void delegate_shows_the_query(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++) {
        char *page = page_of(&(struct call){"GET", "/", lists[i].data, NULL});
        char *lines = page_lines(page);
        bool headed = strncmp(lines, HEADING, strlen(HEADING)) == 0;

        assert_row_octets(
            NULL, "what the page lists", lines + (headed ? strlen(HEADING) : 0),
            strlen(lines) - (headed ? strlen(HEADING) : 0), lists[i].list);
        free(lines);
        free(page);
    }
}

/* tags: ours */
/* hint: Which function in common/http/html.h shows NUL, controls and invalid
 * UTF-8 as U+FFFD? */
static void delegate_shows_what_is_not_text(void **state)
{
    char *page = page_of(&(struct call){"GET", "/\xFF", NULL, NULL});

    (void)state;
    assert_says_hello(page, "/\xEF\xBF\xBD");
    free(page);
    for (size_t i = 0; i < COUNT(odd_lists); i++) {
        page = page_of(&(struct call){"GET", "/", odd_lists[i].data, NULL});
        assert_lists(page, odd_lists[i].list);
        free(page);
    }
}

/* hint: What does your loop do with a form that has no pairs? */
static void delegate_shows_an_empty_query_as_no_pairs(void **state)
{
    char *page = page_of(&(struct call){"GET", "/", "", NULL});

    (void)state;
    assert_lists(page, "");
    free(page);
}

/* tags: ours */
/* hint: Which function in common/http/page.h puts the form on the page? */
static void delegate_has_the_form_to_try(void **state)
{
    char *page = page_of(&calls[0]);

    (void)state;
    assert_once(page, "<form");
    assert_once(page, ">GET</button>");
    assert_once(page, ">POST</button>");
    free(page);
}

#if STAGE == 5

/* tags: ours */
/* hint: Do you already show POST data? That is step 6. */
static void delegate_shows_no_post_data_yet(void **state)
{
    char *page = page_of(&(struct call){"GET", "/", "a=1", NULL});
    char *other = page_of(&(struct call){"POST", "/", "a=1", "b=2"});

    (void)state;
    assert_row_octets(NULL, "the page, which should not show POST data yet,",
                      other, strlen(other), page);
    free(page);
    free(other);
}

#else

/* hint: Do you show the POST data after the query, in the same form, under a
 * heading of its own? */
static void delegate_shows_post_data_under_a_heading(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++) {
        struct call call = {"POST", "/p", NULL, lists[i].data};
        char *page = page_of(&call);
        char expected[256] = HEADING;

        assert_says_hello(page, "/p");
        (void)strcat(expected, lists[i].list);
        assert_lists(page, expected);
        free(page);
    }
}

/* hint: Do you show both, first the query and then the POST data? */
static void delegate_shows_the_query_before_post_data(void **state)
{
    char *page = page_of(&(struct call){"POST", "/p", "a=1&b=2", "b=3&a=4"});
    char *lines = page_lines(page);
    bool headed = strncmp(lines, HEADING, strlen(HEADING)) == 0;
    char *from = lines + (headed ? strlen(HEADING) : 0);

    (void)state;
    assert_row_octets(NULL, "what the page lists", from, strlen(from),
                      ITEM("a", "1") ITEM("b", "2") HEADING ITEM("b", "3")
                          ITEM("a", "4"));
    free(lines);
    free(page);
}

static void delegate_shows_empty_post_data_as_no_pairs(void **state)
{
    char *page = page_of(&(struct call){"POST", "/p", NULL, ""});

    (void)state;
    assert_lists(page, "");
    free(page);
}

#endif
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delegate_answers_with_a_valid_page),
        cmocka_unit_test(delegate_makes_the_whole_frame),
        cmocka_unit_test(delegate_keeps_nothing),
        cmocka_unit_test(delegate_without_memory),
#if STAGE < 5
        cmocka_unit_test(delegate_is_constant),
#else
        cmocka_unit_test(delegate_says_hello_to_the_path),
        cmocka_unit_test(delegate_shows_the_query),
        cmocka_unit_test(delegate_shows_an_empty_query_as_no_pairs),
        cmocka_unit_test(delegate_shows_what_is_not_text),
        cmocka_unit_test(delegate_has_the_form_to_try),
#endif
#if STAGE == 5
        cmocka_unit_test(delegate_shows_no_post_data_yet),
#elif STAGE > 5
        cmocka_unit_test(delegate_shows_post_data_under_a_heading),
        cmocka_unit_test(delegate_shows_the_query_before_post_data),
        cmocka_unit_test(delegate_shows_empty_post_data_as_no_pairs),
#endif
    };

    return run_all(tests);
}
