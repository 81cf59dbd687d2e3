/*
 * exchange_receive_test.c - silence, 100 Continue, the budget, and no memory.
 */
/* link: -Wl,--wrap=read,--wrap=readv,--wrap=recv,--wrap=recvfrom */
/* link: -Wl,--wrap=recvmsg,--wrap=write,--wrap=writev,--wrap=send */
/* link: -Wl,--wrap=sendto,--wrap=sendmsg,--wrap=dprintf,--wrap=vdprintf */
/* link: -Wl,--wrap=poll,--wrap=ppoll,--wrap=select,--wrap=pselect */
/* link: -Wl,--wrap=epoll_ctl,--wrap=ioctl,--wrap=close,--wrap=shutdown */
/* link: -Wl,--wrap=dup,--wrap=fdopen,--wrap=fileno,--wrap=setsockopt */
/* link: -Wl,--wrap=getpeername,--wrap=getsockname,--wrap=clock_gettime */
/* link: -Wl,--wrap=gettimeofday,--wrap=time,--wrap=sleep,--wrap=usleep */
/* link: -Wl,--wrap=nanosleep,--wrap=clock_nanosleep */
/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
#include "support_exchange.h"

#include <stdlib.h>
#include <string.h>

#include "limits.h"
#include "turns.h"

static const char get[] = "GET /p HTTP/1.1\r\nHost: a\r\n\r\n";

/* ---- Receiving */

static void exchange_receive_of_a_client_that_is_silent(void **state)
{
    (void)state;
    begin_exchange("", 0);
    stub.ending = STUB_IS_SILENT;
    assert_int_equal(receive_head(), VERDICT_SILENCE);
    end_exchange("silence", VERDICT_SILENCE);
    assert_int_equal(stub.sent_length, 0);
    stub_close();

    begin_exchange("G", 1);
    stub.ending = STUB_IS_SILENT;
    assert_int_equal(receive_head(), VERDICT_TIMEOUT);
    end_exchange("timeout", VERDICT_TIMEOUT);
    stub_check_answer("timeout", "HTTP/1.1 408 Request Timeout", true);
    stub_close();
}

/* ---- 100 Continue */

static void exchange_continue_only_when_it_is_waited_for(void **state)
{
    static const struct {
        const char *request;
        bool continues;
    } rows[] = {
        {"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
         "Content-Length: 1\r\n\r\n",
         true},
        {"POST / HTTP/1.1\r\nHost: a\r\nexpect: , 100-CONTINUE\r\n"
         "Content-Length: 1\r\n\r\n",
         true},
        {"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
         "Content-Length: 2\r\n\r\na",
         false},
        {"POST / HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\n"
         "Content-Length: 1\r\n\r\n",
         false},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *row = rows[i].request;

        begin_exchange(row, strlen(row));
        assert_row_verdict(row, receive_head(), VERDICT_DONE);
        assert_row_verdict(row, request_check(&exchange.request, POST_ACCEPTED),
                           VERDICT_DONE);
        exchange_continue(&exchange);
        assert_row_octets(row, "what was sent", stub_sent(), stub.sent_length,
                          rows[i].continues ? "HTTP/1.1 100 Continue\r\n\r\n"
                                            : "");
        stub.ending = STUB_ENDS;
        end_exchange(row, VERDICT_END_OF_STREAM);
        stub_close();
    }
}

/* The interim answer is not counted as content in the log. */
static void exchange_end_after_continue(void **state)
{
    static const char request[] =
        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
        "Content-Length: 1\r\n\r\n";

    (void)state;
    begin_exchange(request, sizeof request - 1);
    assert_int_equal(receive_head(), VERDICT_DONE);
    assert_int_equal(request_check(&exchange.request, POST_ACCEPTED),
                     VERDICT_DONE);
    exchange_continue(&exchange);
    append_answer("hello");
    end_exchange("continue", VERDICT_DONE);
    check_log("continue", "\"POST / HTTP/1.1\" 200 5\n");
    stub_close();
}

/* ---- The budget */

/* A client may make the server hold a little without being counted. */
static void exchange_receive_over_budget(void **state)
{
    enum {
        much = 4 * HELD_FREELY
    };
    static const char start[] = "POST / HTTP/1.1\r\nHost: a\r\nX: ";
    char *request = test_malloc_or_fail(much);

    (void)state;
    memset(request, 'x', much);
    memcpy(request, start, sizeof start - 1);
    assert_int_equal(turns_hold(CONTENT_BUDGET), 0);

    begin_exchange(get, sizeof get - 1);
    assert_int_equal(receive_head(), VERDICT_DONE);
    append_answer("hello");
    exchange_end(&exchange, VERDICT_DONE);
    stub_check_answer("little", "HTTP/1.1 200 OK", true);
    stub_close();

    begin_exchange(request, much);
    assert_int_equal(receive_head(), VERDICT_OVER_BUDGET);
    stub.ending = STUB_ENDS;
    exchange_end(&exchange, VERDICT_OVER_BUDGET);
    stub_check_answer("much", "HTTP/1.1 503 Service Unavailable", true);
    assert_non_null(strstr(stub_sent(), "\r\nRetry-After: "));
    stub_close();
    assert_int_equal(turns_count().held, CONTENT_BUDGET);
    turns_let_go(CONTENT_BUDGET);
    free(request);
}

/* What was counted is let go at the end. */
static void exchange_receive_counts_what_is_held(void **state)
{
    enum {
        much = 4 * HELD_FREELY
    };
    static const char start[] = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
    char *request = test_malloc_or_fail(much);

    (void)state;
    memset(request, 'x', much);
    memcpy(request, start, sizeof start - 1);
    memcpy(request + much - 4, "\r\n\r\n", 4);
    begin_exchange(request, much);
    assert_int_equal(receive_head(), VERDICT_DONE);
    assert_in_range(turns_count().held, much, 4 * much);
    append_answer("hello");
    end_exchange("much", VERDICT_DONE);
    stub_check_answer("much", "HTTP/1.1 200 OK", true);
    stub_close();
    free(request);
}

/* So is the page that a form will make: it may be many times as long. */
static void exchange_decode_over_budget(void **state)
{
    enum {
        pairs = HELD_FREELY / 16
    };
    char *form = test_malloc_or_fail(2 * pairs);

    (void)state;
    for (size_t i = 0; i < pairs; i++) {
        memcpy(form + 2 * i, "a&", 2);
    }
    assert_int_equal(turns_hold(CONTENT_BUDGET), 0);
    begin_exchange(get, sizeof get - 1);
    assert_int_equal(receive_head(), VERDICT_DONE);
    assert_int_equal(exchange_decode(&exchange, &exchange.get_data, form, 2),
                     VERDICT_DONE);
    form_release(&exchange.get_data);
    assert_int_equal(
        exchange_decode(&exchange, &exchange.get_data, form, 2 * pairs),
        VERDICT_OVER_BUDGET);
    stub.ending = STUB_ENDS;
    exchange_end(&exchange, VERDICT_OVER_BUDGET);
    stub_close();
    assert_int_equal(turns_count().held, CONTENT_BUDGET);
    turns_let_go(CONTENT_BUDGET);

    begin_exchange(get, sizeof get - 1);
    assert_int_equal(receive_head(), VERDICT_DONE);
    assert_int_equal(
        exchange_decode(&exchange, &exchange.get_data, form, 2 * pairs),
        VERDICT_DONE);
    assert_int_equal(exchange.get_data.count, pairs);
    assert_in_range(turns_count().held, 24 * pairs, 80 * pairs);
    /* An array that has just grown is twice as long as what stands in it. */
    assert_true(exchange.decoded >= 2 * pairs * sizeof(struct form_entry));
    append_answer("hello");
    end_exchange("form", VERDICT_DONE);
    stub_close();
    free(form);
}

/* What was decoded does not pay for what is received behind it. */
static void exchange_receive_counts_beside_what_was_decoded(void **state)
{
    enum {
        much = 4 * HELD_FREELY
    };
    char *request = test_malloc_or_fail(sizeof get - 1 + much);
    struct buffer *content = &exchange.content.octets;
    uint64_t decoded;

    (void)state;
    memset(request, 'x', sizeof get - 1 + much);
    memcpy(request, get, sizeof get - 1);
    begin_exchange(request, sizeof get - 1 + much);
    assert_int_equal(receive_head(), VERDICT_DONE);
    assert_int_equal(
        exchange_decode(&exchange, &exchange.get_data, request, much),
        VERDICT_DONE);
    decoded = turns_count().held;
    while (exchange.received.length + content->length < sizeof get - 1 + much) {
        assert_int_equal(exchange_receive(&exchange, content), VERDICT_DONE);
    }
    assert_int_equal(turns_count().held, decoded + content->capacity);
    append_answer("hello");
    stub.ending = STUB_ENDS;
    end_exchange("both", VERDICT_DONE);
    stub_close();
    free(request);
}

/* A page may be longer than the form that it shows, and so may an array of
 * fields than their octets. */
static void exchange_end_over_budget(void **state)
{
    enum {
        much = 4 * HELD_FREELY
    };
    char *text = test_malloc_or_fail(much + 1);

    (void)state;
    memset(text, 'x', much);
    text[much] = '\0';
    assert_int_equal(turns_hold(CONTENT_BUDGET), 0);
    for (int row = 0; row < 2; row++) {
        begin_exchange(get, sizeof get - 1);
        assert_int_equal(receive_head(), VERDICT_DONE);
        for (int i = 0; row == 1 && i < HELD_FREELY / 16; i++) {
            headers_add_field(&exchange.request.headers, (struct header){0});
        }
        append_answer(row == 0 ? text : "hello");
        stub.ending = STUB_ENDS;
        exchange_end(&exchange, VERDICT_DONE);
        stub_check_answer("much", "HTTP/1.1 503 Service Unavailable", true);
        stub_close();
    }
    assert_int_equal(turns_count().held, CONTENT_BUDGET);
    turns_let_go(CONTENT_BUDGET);
    free(text);
}

/* ---- No memory */

/* With no memory for anything, the client still gets a whole answer. */
static void exchange_end_without_memory(void **state)
{
    static const enum verdict verdicts[] = {
        VERDICT_DONE, VERDICT_NO_MEMORY, VERDICT_BARE_LF, VERDICT_OVER_BUDGET,
        VERDICT_TIMEOUT};

    (void)state;
    for (size_t i = 0; i < COUNT(verdicts); i++) {
        begin_exchange(get, sizeof get - 1);
        assert_int_equal(receive_head(), VERDICT_DONE);
        append_answer("hello");
        stub.ending = STUB_ENDS;
        memory_lasts(0, SIZE_MAX);
        end_exchange("no memory", verdicts[i]);
        stub_check_answer("no memory", "HTTP/1.1 500 Internal Server Error",
                          true);
        assert_non_null(strstr(stub_sent(), "\r\nContent-Length: 0\r\n\r\n"));
        check_log("no memory", "\"GET /p HTTP/1.1\" 500 -\n");
        stub_close();
    }
}

static void exchange_receive_without_memory(void **state)
{
    (void)state;
    begin_exchange(get, sizeof get - 1);
    memory_lasts(0, SIZE_MAX);
    assert_int_equal(receive_head(), VERDICT_NO_MEMORY);
    stub.ending = STUB_ENDS;
    end_exchange("no memory", VERDICT_NO_MEMORY);
    stub_check_answer("no memory", "HTTP/1.1 500 Internal Server Error", true);
    stub_close();
}

static void exchange_begin_allocates_nothing(void **state)
{
    (void)state;
    memory_lasts(0, SIZE_MAX);
    begin_exchange("", 0);
    stub.ending = STUB_ENDS;
    end_exchange("nothing", VERDICT_END_OF_STREAM);
    assert_int_equal(stub.sent_length, 0);
    stub_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(exchange_receive_of_a_client_that_is_silent,
                               set_up_exchange),
        cmocka_unit_test_setup(exchange_continue_only_when_it_is_waited_for,
                               set_up_exchange),
        cmocka_unit_test_setup(exchange_end_after_continue, set_up_exchange),
        cmocka_unit_test_setup(exchange_receive_over_budget, set_up_exchange),
        cmocka_unit_test_setup(exchange_receive_counts_what_is_held,
                               set_up_exchange),
        cmocka_unit_test_setup(exchange_decode_over_budget, set_up_exchange),
        cmocka_unit_test_setup(exchange_receive_counts_beside_what_was_decoded,
                               set_up_exchange),
        cmocka_unit_test_setup(exchange_end_over_budget, set_up_exchange),
        cmocka_unit_test_setup(exchange_end_without_memory, set_up_exchange),
        cmocka_unit_test_setup(exchange_receive_without_memory,
                               set_up_exchange),
        cmocka_unit_test_setup(exchange_begin_allocates_nothing,
                               set_up_exchange),
    };

    return run_all(tests);
}
