/*
 * handle_connection_delegate_test.c - what the client gets, whatever delegate
 * does, and when memory runs out.
 */
/* stages: 3 4 5 6 */
/* tags: assignment, handle_connection */
/* hint: Before you send anything, do you look at what delegate returns, and
 * at what it leaves in the response? */
#include "request_rows.h"

#include <signal.h>
#include <stdio.h>

#include "net/deadlines.h"
#include "support_clock.h"

#define WITH_FIELD(name_of, value_of)                                          \
    {                                                                          \
        .name = "leaves " name_of ": " value_of, .code = 200,                  \
        .field = {OCTETS(name_of), OCTETS(value_of), NULL},                    \
    }

/* A delegate that leaves half an answer, with a secret, and something that must
 * not be sent. */
static const struct fault {
    const char *name;
    int result;
    int code;
    struct header field; /* one more, if it has a value */
    bool content_failed, headers_failed;
} faults[] = {
    {.name = "fails with -1", .result = -1, .code = 200},
    {.name = "fails with 1", .result = 1, .code = 200},
    {.name = "leaves no code"},
    {.name = "leaves the code 100", .code = 100},
    {.name = "leaves the code 600", .code = 600},
    {.name = "leaves a code below zero", .code = -200},
    WITH_FIELD("X", "a\r\nSet-Cookie: secret=1"),
    WITH_FIELD("X", "a\nb"),
    WITH_FIELD("X", "a\rb"),
    WITH_FIELD("X", "a\0b"),
    WITH_FIELD("X Y", "a"),
    WITH_FIELD("X:", "a"),
    WITH_FIELD("", "a"),
    WITH_FIELD("content-length", "6"),
    WITH_FIELD("Transfer-encoding", "chunked"),
    WITH_FIELD("CONNECTION", "keep-alive"),
    WITH_FIELD("Date", "today"),
    {.name = "lacks memory", .code = 200, .content_failed = true},
    {.name = "lacks a field", .code = 200, .headers_failed = true},
};

static const struct fault *fault;

static int leave_fault(struct response *response)
{
    response->code = fault->code;
    headers_add(&response->headers, "X-Secret", "1");
    buffer_append_string(&response->content, "secret");
    if (fault->field.value != NULL) {
        headers_add_field(&response->headers, fault->field);
    }
    response->content.failed |= fault->content_failed;
    response->headers.failed |= fault->headers_failed;
    return fault->result;
}

static int leave_nothing(struct response *response)
{
    (void)response;
    return 0;
}

static void check_fault(const char *name, const struct request_row *row)
{
    open_request(row->request);
    handle();
    check_handled(name);
    assert_row_times(name, "delegate was called", delegate_calls, 1);
    check_answer(name, "HTTP/1.1 500 Internal Server Error", !row->head);
    assert_row_lacks(name, "the answer", client.answer, "ecret");
}

/* hint: Do you look at the result of delegate? If it is not 0, the client
 * gets a clean 500, and nothing that was in the response. */
static void handle_connection_of_a_delegate_that_fails(void **state)
{
    static const size_t requests[] = {0, 4}; /* a GET and a HEAD */

    (void)state;
    for (size_t i = 0; i < COUNT(requests); i++) {
        const struct request_row *row = &request_rows[requests[i]];

        delegate_answers = leave_nothing;
        check_fault("leaves nothing", row);
        delegate_answers = leave_fault;
        for (fault = faults; fault < faults + COUNT(faults); fault++) {
            check_fault(fault->name, row);
        }
    }
}

/* tags: http, handle_connection */
/* hint: Do you send content, or Content-Length, with 204 or 304? Neither has
 * any. */
static void handle_connection_of_an_answer_without_content(void **state)
{
    static const struct fault answers[] = {
        {.name = "HTTP/1.1 204 No Content", .code = 204},
        {.name = "HTTP/1.1 304 Not Modified", .code = 304},
    };

    (void)state;
    delegate_answers = leave_fault;
    for (fault = answers; fault < answers + COUNT(answers); fault++) {
        open_request(request_rows[0].request);
        handle();
        check_handled(fault->name);
        check_answer(fault->name, fault->name, false);
        assert_row_lacks(fault->name, "the answer", client.answer,
                         "Content-Length");
    }
}

static int leave_404(struct response *response)
{
    response->code = 404;
    headers_add(&response->headers, "X-Two", "1");
    headers_add(&response->headers, "X-Two", "");
    buffer_append(&response->content, OCTETS("a\0b"));
    return 0;
}

static int leave_599(struct response *response)
{
    response->code = 599;
    return 0;
}

/* hint: Do the code, the fields and the content come from delegate, and in
 * their order? */
static void handle_connection_sends_what_delegate_leaves(void **state)
{
    const char *content;

    (void)state;
    delegate_answers = leave_404;
    open_request(request_rows[0].request);
    handle();
    check_handled("404");
    content = check_answer("404", "HTTP/1.1 404 Not Found", true);
    assert_memory_equal(content, "a\0b", 4);
    assert_row_has("404", "the answer", client.answer,
                   "\r\nX-Two: 1\r\nX-Two: \r\n");

    delegate_answers = leave_599;
    open_request(request_rows[0].request);
    handle();
    check_handled("599");
    content = check_answer("599", "HTTP/1.1 599 ", true);
    assert_row_octets("599", "the content of the answer", content,
                      strlen(content), "");
}

static size_t content_length;

static int leave_octets(struct response *response)
{
    response->code = 200;
    for (size_t i = 0; i < content_length; i++) {
        buffer_append(&response->content, i + 1 == content_length ? ">" : "x",
                      1);
    }
    return 0;
}

/* hint: Do you send all of the content, however long it is, and none of it
 * to HEAD? Content-Length is the same for both. */
static void handle_connection_sends_content_of_any_length(void **state)
{
    static const size_t lengths[] = {0, 1, 8192, 8193, 100000};
    static const size_t requests[] = {0, 4}; /* a GET and a HEAD */

    (void)state;
    delegate_answers = leave_octets;
    for (size_t i = 0; i < 2 * COUNT(lengths); i++) {
        const struct request_row *row = &request_rows[requests[i % 2]];
        char field[64];
        const char *content;

        content_length = lengths[i / 2];
        (void)snprintf(field, sizeof field, "\r\nContent-Length: %zu\r\n",
                       content_length);
        open_request(row->request);
        say_place("with %zu bytes of content", content_length);
        handle();
        check_handled(row->request);
        content = check_answer(row->request, "HTTP/1.1 200 OK", !row->head);
        assert_row_has(row->request, "the answer", client.answer, field);
        assert_row_that(row->request,
                        row->head || content_length == 0 ||
                            content[content_length - 1] == '>',
                        "the end of the content has not come");
    }
}

static int take_half_an_hour(struct response *response)
{
    pass_time(1800000);
    deadlines_look(deadlines_clock());
    return leave_404(response);
}

/* tags: ours */
/* hint: Only a call that waits for the client may be interrupted. Do you
 * note the end of the wait before you call delegate? */
static void handle_connection_never_interrupts_delegate(void **state)
{
    sig_atomic_t signals = client_signals;

    (void)state;
    delegate_answers = take_half_an_hour;
    for (size_t i = 0; i < COUNT(request_rows); i++) {
        const char *row = request_rows[i].request;

        open_request(row);
        handle();
        check_handled(row);
        assert_row(row, "the number of signals", client_signals - signals, 0);
        check_answer(row, "HTTP/1.1 404 Not Found", !request_rows[i].head);
    }
}

/* True if the answer should have content. The answer to HEAD has none, unless
 * memory ran out before the server could know that it was HEAD. */
static bool has_content(const struct request_row *row, size_t most)
{
    const char *end = strstr(client.answer, "\r\n\r\n");

    return !row->head || (most == 0 && end != NULL && end[4] != '\0');
}

/* Returns how many allocations were tried. */
static size_t check_without_memory(const struct request_row *row, size_t most,
                                   size_t failures)
{
    bool answered;

    open_request(row->request);
    client.step = 20;
    client.ending = CLIENT_ENDS;
    say_place("with memory for %zu allocations, then none for %s", most,
              failures == 1 ? "one" : "any");
    memory_lasts(most, failures);
    handle();
    memory_is_back();
    answered = strstr(client.answer, "HTTP/1.1 200 ") != NULL;
    check_handled(row->request);
    check_answer(row->request,
                 answered ? "HTTP/1.1 200 OK"
                          : "HTTP/1.1 500 Internal Server Error",
                 has_content(row, most));
    assert_row_that(row->request, memory_tried() > most || answered,
                    "with enough memory, the answer is not a 200");
    if (answered) {
        assert_row_octets(row->request, "what delegate was given", delegate_got,
                          delegate_got_length, row->got);
    }
    return memory_tried();
}

/* Memory runs out at the first allocation, the second, and so on, for good or
 * just once. The client gets a clean 500, or a 200 if there was enough memory;
 * never half an answer. */

/* tags: ours */
/* hint: Each allocation may fail. Do you look at what it returns, and
 * release everything on that way out? If even the error page does not fit in
 * memory, a constant 500 without one does. */
static void handle_connection_without_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_rows); i++) {
        size_t tried = SIZE_MAX;

        for (size_t most = 0; tried > most; most++) {
            (void)check_without_memory(&request_rows[i], most, 1);
            tried = check_without_memory(&request_rows[i], most, SIZE_MAX);
        }
    }
}

#define TEST(test) cmocka_unit_test_setup(test, set_up_delegate)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(handle_connection_of_a_delegate_that_fails),
        TEST(handle_connection_of_an_answer_without_content),
        TEST(handle_connection_sends_what_delegate_leaves),
        TEST(handle_connection_sends_content_of_any_length),
        TEST(handle_connection_never_interrupts_delegate),
        TEST(handle_connection_without_memory),
    };

    (void)signal(SIGPIPE, SIG_IGN); /* the server does not get it, either */
    return run_all(tests);
}
