/*
 * exchange_drain_test.c - after the answer: when what the client still sends is
 * drained, for how long, and how little is held meanwhile.
 */
/* link: -Wl,--wrap=free */
#include "support_exchange.h"

#include <stdlib.h>
#include <string.h>

#include "net/limits.h"

/* ---- When it drains */

/* Such a request, and how it is answered: then it is drained, or not. */
static void check_drained(const char *request, enum verdict verdict,
                          size_t answer, bool drains)
{
    begin_exchange(request, strlen(request));
    assert_row_verdict(request, receive_head(), VERDICT_DONE);
    if (exchange.request.method == METHOD_POST) {
        (void)content_begin(&exchange.content, &exchange.request);
        (void)content_add(&exchange.content,
                          exchange.received.data + exchange.request.length,
                          exchange.received.length - exchange.request.length);
    }
    for (size_t i = 0; i < answer; i++) {
        append_answer("x");
    }
    stub.ending = drains ? STUB_ENDS : STUB_MUST_NOT_BE_ASKED;
    stub.receives = 0;
    end_exchange(request, verdict);
    assert_row_times(request, "recv was called", stub.receives, drains);
    assert_row_times(request, "the server's side was ended", stub.shutdowns, 1);
    stub_close();
}

#define GET_AND(rest) "GET / HTTP/1.1\r\nHost: a\r\n" rest
#define POST_AND(rest) "POST / HTTP/1.1\r\nHost: a\r\n" rest

static void exchange_drain_of_a_request_that_is_read(void **state)
{
    static const char *const requests[] = {
        GET_AND("\r\n"),
        GET_AND("Content-Length: 2\r\n\r\nab"),
        POST_AND("\r\n"),
        POST_AND("Content-Length: 2\r\n\r\nab"),
        POST_AND("Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"),
    };

    (void)state;
    for (size_t i = 0; i < COUNT(requests); i++) {
        check_drained(requests[i], VERDICT_DONE, 5, false);
        check_drained(requests[i], VERDICT_DELEGATE_FAILED, 5, false);
        check_drained(requests[i], VERDICT_RESPONSE_INVALID, 5, false);
        /* Its client has more time to say more than that of a short one. */
        check_drained(requests[i], VERDICT_DONE, 100000, true);
    }
}

static void exchange_drain_of_what_is_unread(void **state)
{
    static const char *const requests[] = {
        GET_AND("Content-Length: 5\r\n\r\n"),
        GET_AND("Content-Length: 5\r\n\r\nabcd"),
        GET_AND("Transfer-Encoding: chunked\r\n\r\n"),
        GET_AND("\r\nGET / HTTP/1.1\r\n"),
        POST_AND("Content-Length: 2\r\n\r\nabc"),
        POST_AND("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n!"),
    };

    (void)state;
    for (size_t i = 0; i < COUNT(requests); i++) {
        check_drained(requests[i], VERDICT_DONE, 5, true);
    }
    check_drained(GET_AND("\r\n"), VERDICT_TIMEOUT, 0, true);
    check_drained(GET_AND("\r\n"), VERDICT_NAME_EMPTY, 0, true);
    check_drained(GET_AND("\r\n"), VERDICT_LOST, 0, false);
}

/* What comes while the answer is made is noticed, if it took 2 ms or more. */
static void exchange_drain_of_what_came_since(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        begin_exchange(GET_AND("\r\n!"), 28);
        stub.cuts[0] = 27;
        assert_int_equal(receive_head(), VERDICT_DONE);
        append_answer("hello");
        stub.clock += 2;
        stub.length -= i;
        stub.leaves_when_answered = true;
        end_exchange("more", VERDICT_DONE);
        assert_int_equal(stub.receives, i == 0 ? 3 : 1);
        stub_close();
    }
}

/* ---- For how long */

/* A request with a fault; the client goes on to send so many octets. */
static void begin_to_drain(size_t octets)
{
    begin_with_head("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(send_answer(VERDICT_NAME_EMPTY), 0);
    stub.data = NULL;
    stub.length += octets;
    stub.ending = STUB_ENDS;
}

static void exchange_drain_goes_on_to_the_end(void **state)
{
    static const enum stub_ending endings[] = {STUB_ENDS, STUB_RESETS};

    (void)state;
    for (size_t i = 0; i < COUNT(endings); i++) {
        begin_to_drain(300000);
        stub.ending = endings[i];
        stub.step = 1460;
        stub.waits = true;
        stub.interrupted = 5;
        close_exchange("drained");
        assert_false(stub.left_unread);
        stub_close();
    }
}

static void exchange_drain_ends_with_a_limit(void **state)
{
    static const struct {
        size_t step;
        uint64_t wait_takes;
        uint64_t time;
        size_t octets;
    } rows[] = {
        {0, 3600000, DRAIN_SILENCE_MS, 0},
        {1, DRAIN_SILENCE_MS - 100, DRAIN_MOST_MS, 5},
        {0, 0, 0, DRAIN_BYTES_MOST},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t began;

        begin_to_drain((size_t)DRAIN_BYTES_MOST + 1000000);
        began = stub.clock;
        stub.given = 0;
        stub.step = rows[i].step;
        stub.waits = true;
        stub.wait_takes = rows[i].wait_takes;
        close_exchange("drained");
        assert_in_range(stub.clock - began, rows[i].time, rows[i].time + 100);
        assert_in_range(stub.given, rows[i].octets, rows[i].octets + 4096);
        stub_close();
    }
}

/* A client that is too slow, and does not notice that it has been answered
 * until it has sent everything: if the socket were closed with its octets
 * unread, the 408 would be lost. */
static void exchange_drain_keeps_the_408_of_a_client_that_goes_on(void **state)
{
    (void)state;
    begin_exchange(NULL, 27); /* the octets do not matter */
    stub.step = 1;
    stub.waits = true;
    stub.wait_takes = 1000;
    while (receive_into(&exchange.received) == VERDICT_INCOMPLETE) {
        continue;
    }
    stub.ending = STUB_ENDS;
    end_exchange("slow", VERDICT_TIMEOUT);
    stub_check_answer("slow", "HTTP/1.1 408 Request Timeout", true);
    assert_false(stub.left_unread);
    stub_close();
}

/* ---- What is held meanwhile */

static size_t held_most;

static void note_held(void)
{
    held_most = memory_held() > held_most ? memory_held() : held_most;
}

/* Octets held while it drains, at most: those that the log needs. */
static size_t held_while_draining(const char *request, size_t length)
{
    enum verdict verdict;

    memory_count();
    begin_exchange(request, length);
    stub.ending = STUB_IS_SILENT;
    verdict = receive_head();
    if (verdict == VERDICT_DONE && exchange.request.query != NULL) {
        verdict = exchange_decode(&exchange, &exchange.get_data,
                                  exchange.request.query,
                                  exchange.request.query_length);
    }
    for (int i = 0; i < 10000; i++) {
        append_answer("an answer\n");
        headers_add(&exchange.response.headers, "X", "");
    }
    stub.ending = STUB_ENDS;
    (void)send_answer(verdict);
    held_most = 0;
    stub.on_call = note_held;
    stub.length += 100000; /* it goes on, wherever that is read from */
    stub.data = NULL;
    close_exchange("held");
    stub_close();
    assert_int_equal(memory_held(), 0);
    return held_most;
}

static void exchange_drain_holds_what_the_log_needs(void **state)
{
    enum {
        length = 200000,
        line = 60000
    };
    char *request = test_malloc_or_fail(length);

    (void)state;
    memset(request, 'x', length); /* an endless request line */
    assert_in_range(held_while_draining(request, length), 1, 4096);
    memcpy(request, GET_AND("X: "), 28); /* an endless field line */
    assert_in_range(held_while_draining(request, length), 1, 4096);
    memcpy(request + length - 4, "\r\n\r\n", 4); /* it ends */
    assert_in_range(held_while_draining(request, length), 1, 4096);
    for (size_t i = 6; i < line; i += 2) {
        memcpy(request + i, "&x", 2);
    }
    memcpy(request, "GET /?", 6);
    memcpy(request + line, " HTTP/1.1\r\nHost: a\r\nX: ", 23);
    assert_in_range(held_while_draining(request, length), 1, 4096);
    for (size_t i = 0; i < length; i += 2) {
        memcpy(request + i, "\r\n", 2);
    }
    assert_int_equal(held_while_draining(request, length), 0);
    free(request);
}

#define TEST(test) cmocka_unit_test_setup(test, set_up_exchange)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(exchange_drain_of_a_request_that_is_read),
        TEST(exchange_drain_of_what_is_unread),
        TEST(exchange_drain_of_what_came_since),
        TEST(exchange_drain_goes_on_to_the_end),
        TEST(exchange_drain_ends_with_a_limit),
        TEST(exchange_drain_keeps_the_408_of_a_client_that_goes_on),
        TEST(exchange_drain_holds_what_the_log_needs),
    };

    return run_all(tests);
}
