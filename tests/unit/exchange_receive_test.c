/*
 * exchange_receive_test.c - an exchange until its request is there: how that
 * ends, and in what time; 100 Continue, and no memory.
 */
#include "support_exchange.h"

#include <errno.h>
#include <string.h>

#include "net/limits.h"

/* ---- The end */

static void exchange_received_at_an_end(void **state)
{
    static const struct {
        const char *request;
        enum stub_ending ending;
        enum verdict verdict;
    } rows[] = {
        {"", STUB_ENDS, VERDICT_END_OF_STREAM},
        {"G", STUB_ENDS, VERDICT_END_OF_STREAM},
        {"", STUB_RESETS, VERDICT_LOST},
        {"G", STUB_RESETS, VERDICT_LOST},
        {"", STUB_IS_SILENT, VERDICT_SILENCE},
        {"G", STUB_IS_SILENT, VERDICT_TIMEOUT},
        {"\r\n", STUB_IS_SILENT, VERDICT_TIMEOUT},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *row = rows[i].request;

        begin_exchange(row, strlen(row));
        stub.ending = rows[i].ending;
        stub.interrupted = 3;
        assert_row_verdict(row, receive_head(), rows[i].verdict);
        end_exchange(row, rows[i].verdict);
        if (rows[i].verdict == VERDICT_TIMEOUT) {
            stub_check_answer(row, "HTTP/1.1 408 Request Timeout", true);
        } else {
            assert_row(row, "the number of octets that were sent",
                       stub.sent_length, 0);
        }
        stub_close();
    }
}

/* ---- The time */

/* However much came at once, no time is bought in advance. */
static void exchange_received_ends_a_silence(void **state)
{
    static const size_t lengths[] = {0, 1, 290000};

    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        enum verdict verdict = VERDICT_INCOMPLETE;
        uint64_t began;

        begin_exchange(NULL, lengths[i]); /* the octets do not matter */
        began = stub.clock;
        stub.ending = STUB_IS_SILENT;
        while (verdict == VERDICT_INCOMPLETE) {
            verdict = receive_into(&exchange.received);
        }
        assert_int_equal(stub.clock - began, ALLOWANCE_MS);
        end_exchange("silence", verdict);
        stub_close();
    }
}

/* A client that sends some octets each second does not stay for ever, unless
 * they are enough. */
static void exchange_received_ends_a_trickle(void **state)
{
    static const struct {
        size_t step;
        uint64_t time;
    } rows[] = {{1, ALLOWANCE_MS},
                {250, 2 * ALLOWANCE_MS - 2000},
                {500, ALLOWANCE_MOST_MS}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        enum verdict verdict = VERDICT_INCOMPLETE;
        uint64_t began;

        begin_exchange(NULL, 1000000);
        began = stub.clock;
        stub.step = rows[i].step;
        stub.waits = true;
        stub.wait_takes = 1000;
        while (verdict == VERDICT_INCOMPLETE) {
            verdict = receive_into(&exchange.received);
        }
        assert_int_equal(verdict, VERDICT_TIMEOUT);
        assert_in_range(stub.clock - began, rows[i].time, rows[i].time + 1000);
        stub.length = stub.given;
        stub.ending = STUB_ENDS;
        end_exchange("trickle", verdict);
        stub_close();
    }
}

/* ---- 100 Continue */

static void
exchange_expect_content_continues_when_it_is_waited_for(void **state)
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

        begin_with_head(row);
        assert_row_verdict(row, request_check(&exchange.request, NULL),
                           VERDICT_DONE);
        stub.send_most = 10; /* it is sent whole all the same */
        stub.interrupted = 1;
        assert_row_verdict(row, exchange_expect_content(&exchange),
                           VERDICT_INCOMPLETE);
        stub.interrupted = 0;
        assert_row_octets(row, "what was sent", stub_sent(), stub.sent_length,
                          rows[i].continues ? "HTTP/1.1 100 Continue\r\n\r\n"
                                            : "");
        assert_row_that(row, buffer_free(&exchange.piece) > 0,
                        "there is no room for the content");
        append_answer("hello");
        end_exchange(row, VERDICT_DONE);
        /* The interim answer is not counted as content. */
        assert_row_has(row, "the log", stub.log, "\" 200 5\n");
        stub_close();
    }
}

/* Half of it would spoil the answer. */
static void exchange_expect_content_of_a_client_that_is_gone(void **state)
{
    (void)state;
    for (size_t sent = 0; sent < 26; sent += 5) {
        begin_with_head("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
                        "Expect: 100-continue\r\n\r\n");
        assert_int_equal(request_check(&exchange.request, NULL), VERDICT_DONE);
        stub.send_error = EPIPE;
        stub.send_fails_after = sent;
        assert_int_equal(exchange_expect_content(&exchange),
                         sent == 0 || sent == 25 ? VERDICT_INCOMPLETE
                                                 : VERDICT_LOST);
        end_exchange("gone", VERDICT_LOST);
        stub_close();
    }
}

/* ---- No memory */

static void exchange_without_memory_to_receive(void **state)
{
    static const char post[] =
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n";
    enum verdict verdict = VERDICT_INCOMPLETE;

    (void)state;
    stub_open("GET", 3);
    memory_lasts(0, 1); /* what was asked, perhaps a HEAD, is never known */
    assert_int_equal(exchange_begin(&exchange, stub.socket, NULL),
                     VERDICT_NO_MEMORY);
    stub.ending = STUB_ENDS;
    end_exchange("begin", VERDICT_NO_MEMORY);
    stub_check_answer("begin", "HTTP/1.1 500 Internal Server Error", false);
    stub_close();

    begin_exchange(NULL, 100000);
    memory_lasts(0, SIZE_MAX);
    while (verdict == VERDICT_INCOMPLETE) {
        verdict = receive_into(&exchange.received);
    }
    assert_int_equal(verdict, VERDICT_NO_MEMORY);
    stub.ending = STUB_ENDS;
    end_exchange("received", VERDICT_NO_MEMORY);
    stub_close();

    begin_with_head(post);
    memory_lasts(0, SIZE_MAX);
    assert_int_equal(exchange_expect_content(&exchange), VERDICT_NO_MEMORY);
    stub.ending = STUB_ENDS;
    end_exchange("content", VERDICT_NO_MEMORY);
    stub_close();
}

#define TEST(test) cmocka_unit_test_setup(test, set_up_exchange)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(exchange_received_at_an_end),
        TEST(exchange_received_ends_a_silence),
        TEST(exchange_received_ends_a_trickle),
        TEST(exchange_expect_content_continues_when_it_is_waited_for),
        TEST(exchange_expect_content_of_a_client_that_is_gone),
        TEST(exchange_without_memory_to_receive),
    };

    return run_all(tests);
}
