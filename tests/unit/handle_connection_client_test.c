/*
 * handle_connection_client_test.c - requests that delegate does not see, and
 * clients that leave, fall silent, or do not read.
 */
/* stages: 3 4 5 6 */
/* tags: contract, handle_connection */
/* hint: A client may leave, reset, or fall silent after any octet: what does
 * each call return then, and is it looked at? */
#include "request_rows.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "webserve.h"

/* hint: Is delegate called although the request is refused, or the answer
 * sent twice? */
static void handle_connection_refuses(void **state)
{
    static const struct {
        const char *request;
        const char *status;
    } rows[] = {
        {"GET / HTTP/1.1\n\n", "400 Bad Request"},
        {"GET /\r\n\r\n", "400 Bad Request"},
        {"GET / HTTP/1.1\r\n\r\n", "400 Bad Request"},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400 Bad Request"},
        {"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", "400 Bad Request"},
        {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
         "400 Bad Request"},
        {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505 HTTP Version Not Supported"},
        {"PUT / HTTP/1.1\r\nHost: a\r\n\r\n", "501 Not Implemented"},
        {"GET / HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\n\r\n",
         "417 Expectation Failed"},
#if STAGE < 6
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na=1",
         "501 Not Implemented"},
        {"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
         "Content-Length: 3\r\n\r\n",
         "501 Not Implemented"},
#else
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n",
         "413 Content Too Large"},
        {"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
         "Content-Length: 99999999\r\n\r\n",
         "413 Content Too Large"},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n"
         "Content-Length: 3\r\n\r\na=1",
         "415 Unsupported Media Type"},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx",
         "400 Bad Request"},
#endif
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *row = rows[i].request;

        for (size_t step = 0; step < 2; step++) {
            char line[64];

            (void)snprintf(line, sizeof line, "HTTP/1.1 %s", rows[i].status);
            open_client(row, strlen(row));
            stub.step = step;
            stub.ending = STUB_ENDS; /* part of it may be unread: it drains */
            handle();
            stub_check(row);
            assert_row_times(row, "delegate was called", delegate_calls, 0);
            stub_check_answer(row, line, true);
            assert_row(row, "the number of octets that were received",
                       stub.given, stub.length);
            stub_close();
        }
    }
}

/* The answer is not lost: what is unread is drained, and then the socket is
 * closed. */
/* tags: ours */
/* hint: Content that a GET carries is unread when the socket is closed; the
 * end of an exchange in common/ drains it. */
static void handle_connection_drains_what_follows_a_get(void **state)
{
    static const char row[] = "GET / HTTP/1.1\r\nHost: a\r\n"
                              "Content-Length: 5\r\n\r\nhello";

    (void)state;
    for (size_t cut = 1; cut < sizeof row - 1; cut++) {
        open_client(row, sizeof row - 1);
        stub.cuts[0] = cut;
        say_place("cut after octet %zu", cut);
        stub.waits = true;
        stub.ending = STUB_ENDS;
        handle();
        stub_check(row);
        assert_row_times(row, "delegate was called", delegate_calls, 1);
        stub_check_answer(row, "HTTP/1.1 200 OK", true);
        assert_row(row, "the number of octets that were received", stub.given,
                   stub.length);
        stub_close();
    }
}

static void check_left(const struct request_row *row, size_t length,
                       enum stub_ending ending)
{
    open_client(row->request, length);
    stub.ending = ending;
    stub.waits = length % 2 == 0;
    say_place("the client %s after octet %zu",
              ending == STUB_ENDS ? "ends its side" : "resets", length);
    handle();
    stub_check(row->request);
    assert_row_times(row->request, "delegate was called", delegate_calls, 0);
    assert_row(row->request, "the number of octets that were sent",
               stub.sent_length, 0);
    stub_close();
}

/* hint: recv gives 0 at the end, -1 upon a reset: neither may be taken for
 * data, nor tried again. The socket is closed all the same. */
static void handle_connection_of_a_client_that_leaves(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_rows); i++) {
        const struct request_row *row = &request_rows[i];

        for (size_t cut = 0; cut < strlen(row->request); cut++) {
            check_left(row, cut, STUB_ENDS);
            check_left(row, cut, STUB_RESETS);
        }
    }
}

/* A client may end its side and still wait for its answer. */
/* hint: The end of the stream behind a whole request is no fault: the client
 * waits for its answer. */
static void handle_connection_of_a_client_that_half_closes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_rows); i++) {
        const struct request_row *row = &request_rows[i];

        open_client(row->request, strlen(row->request));
        stub.ending = STUB_ENDS;
        check_request(row);
    }
}

/* hint: When nothing comes for too long, the client gets 408 if any of the
 * request had come. */
static void handle_connection_of_a_client_that_falls_silent(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_rows); i++) {
        const char *row = request_rows[i].request;

        for (size_t cut = 0; cut < strlen(row); cut += 1 + cut % 5) {
            open_client(row, cut);
            stub.ending = STUB_IS_SILENT;
            say_place("the client falls silent after octet %zu", cut);
            handle();
            stub_check(row);
            assert_row_times(row, "delegate was called", delegate_calls, 0);
            if (cut == 0) {
                assert_row(row, "the number of octets that were sent",
                           stub.sent_length, 0);
            } else {
                stub_check_answer(row, "HTTP/1.1 408 Request Timeout",
                                  cut < 5 || !request_rows[i].head);
            }
            stub_close();
        }
    }
}

/* hint: send may fail, at any octet: no signal may end the program, and the
 * socket is closed. */
static void handle_connection_of_a_client_that_does_not_read(void **state)
{
    static const int errors[] = {EPIPE, ECONNRESET, 0}; /* 0: it stalls */
    const struct request_row *row = &request_rows[0];

    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        for (size_t after = 0; after < 150; after += 30) {
            open_client(row->request, strlen(row->request));
            stub.send_error = errors[i];
            stub.send_fails_after = after;
            stub.send_stalls = errors[i] == 0;
            handle();
            stub_check(row->request);
            assert_row_times("large", "delegate was called", delegate_calls, 1);
            assert_row(row->request, "the number of octets that were sent",
                       stub.sent_length, errors[i] == 0 ? 0 : after);
            stub_close();
        }
    }
}

/* hint: send may take less than it is given: what becomes of the rest? */
static void handle_connection_sends_the_whole_answer_in_parts(void **state)
{
    const struct request_row *row = &request_rows[0];

    (void)state;
    for (size_t most = 1; most < 200; most += 1 + most / 4) {
        open_client(row->request, strlen(row->request));
        stub.send_most = most;
        stub.send_waits = most % 2 == 0;
        check_request(row);
    }
}

/* A real socket whose other side is gone: nothing here is the stub's. SIGPIPE
 * does not come, as in the server (main_thread.h). */
/* hint: Writing to a socket whose other side is gone fails: is the socket
 * closed all the same, and everything released? */
static void handle_connection_of_a_client_that_is_gone(void **state)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    size_t descriptors = count_descriptors();

    (void)state;
    for (size_t length = 0; length < sizeof request; length++) {
        int pair[2];

        say_place("the client leaves after octet %zu", length);
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
        assert_int_equal(__real_write(pair[1], request, length), length);
        assert_int_equal(close(pair[1]), 0);
        stub.closes = 0;
        stub.keeps_log = true;
        handle_socket(pair[0]);
        stub.keeps_log = false;
        assert_row(NULL, "the number of open descriptors", count_descriptors(),
                   descriptors);
    }
}

static void check_logged(const char *row)
{
    handle();
    memory_is_back();
    assert_row_times(row, "a line was written to the log", stub.writes, 1);
    assert_row_that(row, stub.closed_before_log,
                    "the log was written before the socket was closed");
    stub_close();
}

static int fail_early(struct response *response)
{
    (void)response;
    return -1;
}

/* A solution without a log is as good. */
/* tags: ours */
/* hint: The end of an exchange in common/ writes the log: is it reached on each
 * way out, once, and the socket closed before? */
static void handle_connection_logs_each_exchange(void **state)
{
    const char *row = request_rows[COUNT(request_rows) - 1].request;

    (void)state;
    for (size_t cut = 0; cut <= strlen(row); cut++) {
        for (enum stub_ending i = STUB_ENDS; i <= STUB_IS_SILENT; i++) {
            open_client(row, cut);
            stub.ending = i;
            say_place("the client sends %zu octets", cut);
            check_logged(row);
        }
    }
    for (size_t most = 0; most == 0 || memory_tried() > most - 1; most++) {
        open_client(row, strlen(row));
        stub.ending = STUB_ENDS;
        say_place("with memory for %zu allocations", most);
        memory_lasts(most, SIZE_MAX);
        check_logged(row);
    }
    delegate_answers = fail_early;
    open_client(row, strlen(row));
    check_logged(row);
    assert_row_has(row, "the log", stub.log, " 500 ");
}

#define TEST(test) cmocka_unit_test_setup(test, set_up_delegate)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(handle_connection_refuses),
        TEST(handle_connection_drains_what_follows_a_get),
        TEST(handle_connection_of_a_client_that_leaves),
        TEST(handle_connection_of_a_client_that_half_closes),
        TEST(handle_connection_of_a_client_that_falls_silent),
        TEST(handle_connection_of_a_client_that_does_not_read),
        TEST(handle_connection_sends_the_whole_answer_in_parts),
        TEST(handle_connection_of_a_client_that_is_gone),
        TEST(handle_connection_logs_each_exchange),
    };

    (void)signal(SIGPIPE, SIG_IGN); /* the server does not get it either */
    return run_all(tests);
}
