/* memory_http_test.c - no memory at the k-th allocation, for every k: each
 * step says so, loses nothing, and leaks nothing. */
#include "support.h"
#include "support_memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "http/content.h"
#include "http/form.h"
#include "http/html.h"
#include "http/page.h"
#include "http/request.h"

/* Runs `step` with 0, 1, 2 ... allocations, until it has enough. It returns
 * true if it had, and checks by itself that it failed cleanly if not. */
static void starve(bool (*step)(void), size_t failures_least)
{
    size_t failures = 0;

    for (;;) {
        bool enough;

        memory_lasts(failures, SIZE_MAX);
        enough = step();
        memory_is_back();
        if (enough) {
            break;
        }
        failures++;
        assert_true(failures < 1000);
    }
    assert_true(failures >= failures_least);
}

static bool append_to_a_buffer(void)
{
    struct buffer buffer;
    size_t length = 0;
    bool enough;

    buffer_init(&buffer);
    while (length < 5000) {
        buffer_append(&buffer, "0123456789", 10);
        if (buffer.failed) {
            break;
        }
        length += 10;
    }
    enough = !buffer.failed;
    assert_int_equal(buffer.length, length);
    for (size_t i = 0; i < length; i += 10) {
        assert_memory_equal(buffer.data + i, "0123456789", 10);
    }
    memory_is_back();
    buffer_append_string(&buffer, "more");
    assert_int_equal(buffer.failed, !enough); /* it sticks */
    assert_int_equal(buffer.length, enough ? length + 4 : length);
    buffer_release(&buffer);
    return enough;
}

static void buffer_append_without_memory(void **state)
{
    (void)state;
    starve(append_to_a_buffer, 5);
}

static void buffer_reserve_without_memory(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer);
    memory_lasts(0, SIZE_MAX);
    errno = 0;
    assert_int_equal(buffer_reserve(&buffer, 1), -1);
    assert_int_equal(errno, ENOMEM);
    assert_true(buffer.failed);
    memory_is_back();
    buffer_release(&buffer);
}

/* What is kept is there, even if the rest cannot be given back. */
static void buffer_keep_without_memory(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer);
    assert_int_equal(buffer_reserve(&buffer, 100000), 0);
    buffer_append_string(&buffer, "a line and more");
    memory_lasts(0, SIZE_MAX);
    buffer_keep(&buffer, 2, 4);
    memory_is_back();
    assert_row_octets(NULL, "the buffer", buffer.data, buffer.length, "line");
    assert_false(buffer.failed);
    buffer_release(&buffer);
}

static bool add_headers(void)
{
    struct headers headers;
    bool enough;

    headers_init(&headers);
    for (int i = 0; i < 40; i++) {
        headers_add(&headers, "Name", "value");
    }
    enough = !headers.failed;
    assert_true(enough ? headers.count == 40 : headers.count < 40);
    memory_is_back();
    headers_release(&headers);
    return enough;
}

static void headers_add_without_memory(void **state)
{
    (void)state;
    starve(add_headers, 42);
}

/* What is owned is the list's, even if there is no room for it. */
static void headers_add_field_without_memory(void **state)
{
    struct headers headers;
    char *owned = exact_copy(OCTETS("ab"));

    (void)state;
    headers_init(&headers);
    memory_lasts(0, SIZE_MAX);
    headers_add_field(&headers, (struct header){owned, 1, owned + 1, 1, owned});
    assert_true(headers.failed);
    assert_int_equal(headers.count, 0);
    memory_is_back();
    headers_add(&headers, "A", "b"); /* it sticks */
    assert_int_equal(headers.count, 0);
    assert_true(headers.failed);
    headers_release(&headers);
}

static bool parse_a_request(void)
{
    static char data[1024];
    struct request request;
    enum verdict verdict;

    strcpy(data, "GET /path?query HTTP/1.1\r\nHost: a\r\n");
    for (int i = 0; i < 40; i++) {
        strcat(data, "A: b\r\n");
    }
    strcat(data, "\r\n");
    request_init(&request);
    verdict = request_parse(&request, data, strlen(data));
    assert_true(verdict == VERDICT_DONE || verdict == VERDICT_NO_MEMORY);
    request_release(&request);
    return verdict == VERDICT_DONE;
}

static void request_parse_without_memory(void **state)
{
    (void)state;
    starve(parse_a_request, 4);
}

static bool add_content(void)
{
    static const char octets[4096];
    struct request request;
    struct content content;
    enum verdict verdict;

    request_init(&request);
    request.framing.length = sizeof octets + 1;
    content_init(&content);
    verdict = content_begin(&content, &request);
    assert_int_equal(verdict, VERDICT_INCOMPLETE);
    verdict = content_add(&content, octets, sizeof octets);
    if (verdict == VERDICT_INCOMPLETE) {
        verdict = content_add(&content, octets, 1);
    }
    assert_true(verdict == VERDICT_DONE || verdict == VERDICT_NO_MEMORY);
    content_release(&content);
    return verdict == VERDICT_DONE;
}

static void content_add_without_memory(void **state)
{
    (void)state;
    starve(add_content, 2);
}

static bool add_chunks(void)
{
    static const char chunks[] = "5\r\nhello\r\n0\r\n\r\n";
    struct request request;
    struct content content;
    enum verdict verdict;

    request_init(&request);
    request.framing.chunked = true;
    content_init(&content);
    assert_int_equal(content_begin(&content, &request), VERDICT_INCOMPLETE);
    verdict = content_add(&content, OCTETS(chunks));
    assert_true(verdict == VERDICT_DONE || verdict == VERDICT_NO_MEMORY);
    content_release(&content);
    return verdict == VERDICT_DONE;
}

static void content_add_of_chunks_without_memory(void **state)
{
    (void)state;
    starve(add_chunks, 1);
}

static bool parse_a_form(void)
{
    struct form form;
    enum verdict verdict;

    form_init(&form);
    verdict = form_parse(&form, OCTETS("a=1&b=2"));
    if (verdict != VERDICT_DONE) {
        assert_int_equal(verdict, VERDICT_NO_MEMORY);
        assert_int_equal(form.count, 0);
        assert_null(form.text);
        assert_null(form.entries);
    }
    form_release(&form);
    return verdict == VERDICT_DONE;
}

static void form_parse_without_memory(void **state)
{
    (void)state;
    starve(parse_a_form, 2);
}

static bool append_html(void)
{
    struct buffer page;
    bool enough;

    buffer_init(&page);
    for (int i = 0; i < 100; i++) {
        html_append(&page, OCTETS("a<b\xFF"));
    }
    enough = !page.failed;
    buffer_release(&page);
    return enough;
}

static void html_append_without_memory(void **state)
{
    (void)state;
    starve(append_html, 2);
}

/* A page that is not whole is not sent. */
static bool make_a_page(void)
{
    struct response response;
    bool valid;

    response_init(&response);
    page_begin(&response, 200, "hello");
    page_form(&response);
    page_end(&response);
    valid = response_is_valid(&response);
    assert_int_equal(valid,
                     !response.content.failed && !response.headers.failed);
    if (valid) {
        assert_int_equal(response.headers.count, 3);
        assert_memory_equal(response.content.data + response.content.length - 8,
                            "</html>\n", 8);
    }
    response_release(&response);
    return valid;
}

static void page_begin_without_memory(void **state)
{
    (void)state;
    starve(make_a_page, 2);
}

static bool make_a_fault(void)
{
    struct response response;
    bool valid;

    response_init(&response);
    page_fault(&response, VERDICT_OVER_BUDGET, &(struct request){.line = 1});
    valid = response_is_valid(&response);
    if (valid) {
        assert_int_equal(response.headers.count, 4);
    }
    response_release(&response);
    return valid;
}

static void page_fault_without_memory(void **state)
{
    (void)state;
    starve(make_a_fault, 3);
}

static bool write_a_head(void)
{
    struct response response;
    struct buffer head;
    bool enough;

    response_init(&response);
    response.code = 200;
    buffer_init(&head);
    response_write_head(&response, 0, &head, 0);
    enough = !head.failed;
    buffer_release(&head);
    response_release(&response);
    return enough;
}

static void response_write_head_without_memory(void **state)
{
    (void)state;
    starve(write_a_head, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buffer_append_without_memory),
        cmocka_unit_test(buffer_reserve_without_memory),
        cmocka_unit_test(buffer_keep_without_memory),
        cmocka_unit_test(headers_add_without_memory),
        cmocka_unit_test(headers_add_field_without_memory),
        cmocka_unit_test(request_parse_without_memory),
        cmocka_unit_test(content_add_without_memory),
        cmocka_unit_test(content_add_of_chunks_without_memory),
        cmocka_unit_test(form_parse_without_memory),
        cmocka_unit_test(html_append_without_memory),
        cmocka_unit_test(page_begin_without_memory),
        cmocka_unit_test(page_fault_without_memory),
        cmocka_unit_test(response_write_head_without_memory),
    };

    return run_all(tests);
}
