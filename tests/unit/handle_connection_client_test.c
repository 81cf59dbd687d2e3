/*
 * handle_connection_client_test.c - requests that do not reach delegate, and
 * clients that leave, fall silent, or do not read.
 */
/* stages: 3 4 5 6 */
/* tags: assignment, handle_connection */
/* hint: A client may leave, reset, or fall silent after any byte. What does
 * each call return then, and do you look at it? */
#include "request_rows.h"

#include <signal.h>
#include <stdio.h>

/* tags: http, handle_connection */
/* hint: Do you call delegate although the request is refused, or send the
 * answer twice? */
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
            open_request(row);
            client.step = step;
            client.ending = CLIENT_ENDS; /* then the server stops draining */
            handle();
            check_handled(row);
            assert_row_times(row, "delegate was called", delegate_calls, 0);
            check_answer(row, line, true);
        }
    }
}

/* The answer is not lost: the server drains what is unread, and then closes the
 * socket. */
/* tags: ours */
/* hint: What is still unread when you close the socket? exchange_drain in
 * common/net reads what a GET has as content. */
static void handle_connection_drains_what_follows_a_get(void **state)
{
    static const char row[] = "GET / HTTP/1.1\r\nHost: a\r\n"
                              "Content-Length: 5\r\n\r\nhello";

    (void)state;
    for (size_t cut = 1; cut < sizeof row - 1; cut++) {
        open_octets(row, sizeof row - 1);
        client.cuts[0] = cut;
        say_place("cut after byte %zu", cut);
        client.ending = CLIENT_ENDS;
        handle();
        check_handled(row);
        assert_row_times(row, "delegate was called", delegate_calls, 1);
        check_answer(row, "HTTP/1.1 200 OK", true);
    }
}

static void check_left(const struct request_row *row, size_t length,
                       enum client_ending ending)
{
    open_octets(row->request, length);
    client.ending = ending;
    say_place("the client %s after byte %zu",
              ending == CLIENT_ENDS ? "ends its side" : "resets", length);
    handle();
    check_handled(row->request);
    assert_row_times(row->request, "delegate was called", delegate_calls, 0);
    check_no_answer(row->request);
}

/* hint: recv returns 0 at the end of the stream, and -1 after a reset. Do
 * you take either for data, or try again? The socket must still be closed. */
static void handle_connection_of_a_client_that_leaves(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_rows); i++) {
        const struct request_row *row = &request_rows[i];

        for (size_t cut = 0; cut < strlen(row->request); cut++) {
            check_left(row, cut, CLIENT_ENDS);
            if (cut % 4 == 0) {
                check_left(row, cut, CLIENT_RESETS);
            }
        }
    }
}

/* A client may end its side and still wait for its answer. */
/* hint: What do you do at the end of the stream after a whole request? The
 * client still waits for its answer. */
static void handle_connection_of_a_client_that_half_closes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_rows); i++) {
        const struct request_row *row = &request_rows[i];

        open_request(row->request);
        client.ending = CLIENT_ENDS;
        check_request(row);
    }
}

/* tags: ours */
/* hint: What happens when nothing comes for too long? The client gets 408 if
 * any of the request has come. */
static void handle_connection_of_a_client_that_falls_silent(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_rows); i++) {
        const char *row = request_rows[i].request;

        for (size_t cut = 0; cut < strlen(row); cut += 4 + cut % 5) {
            open_octets(row, cut);
            client.ending = CLIENT_IS_SILENT;
            say_place("the client falls silent after byte %zu", cut);
            handle();
            check_handled(row);
            assert_row_times(row, "delegate was called", delegate_calls, 0);
            if (cut == 0) {
                check_no_answer(row);
            } else {
                check_answer(row, "HTTP/1.1 408 Request Timeout",
                             cut < 5 || !request_rows[i].head);
            }
        }
    }
}

enum {
    much = 500000 /* more than the kernel keeps for the client */
};

static int answer_much(struct response *response)
{
    static char data[much];

    memset(data, 'x', much);
    response->code = 200;
    buffer_append(&response->content, data, much);
    return 0;
}

/* It leaves at once, in the middle of the answer, or it never reads. */
/* hint: send may fail at any byte. Can a signal end the program then, and do
 * you close the socket? */
static void handle_connection_of_a_client_that_does_not_read(void **state)
{
    static const size_t leaves[] = {0, 1, 100000, 0};

    (void)state;
    delegate_answers = answer_much;
    for (size_t i = 0; i < COUNT(leaves); i++) {
        open_request(request_rows[0].request);
        client.reads_nothing = leaves[i] == 0;
        client.leaves_after = leaves[i];
        client.ending = i == 3 ? CLIENT_IS_SILENT : CLIENT_WAITS;
        handle();
        check_handled("large");
        assert_row_times("large", "delegate was called", delegate_calls, 1);
        assert_row_that("large", client.answer_length < much,
                        "all of the answer was sent, although the client reads "
                        "none or little of it");
    }
}

/* A call that is interrupted returns how many bytes it has sent so far. */
/* hint: send may take less than you give it. Who sends the rest? */
static void handle_connection_sends_the_whole_answer_in_parts(void **state)
{
    const char *head;

    (void)state;
    delegate_answers = answer_much;
    open_request(request_rows[0].request);
    client.interrupts = true;
    handle();
    check_handled("large");
    head = strstr(client.answer, "\r\n\r\n");
    assert_row_that("large",
                    head != NULL &&
                        client.answer_length ==
                            (size_t)(head + 4 - client.answer) + much,
                    "%zu bytes came; there should be a head and %d",
                    client.answer_length, (int)much);
}

/* SIGPIPE does not come here, as it does not in the server (main_thread.h). */
/* hint: Writing to a socket fails if its other side is gone. Do you still
 * close the socket and release everything? */
static void handle_connection_of_a_client_that_is_gone(void **state)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    (void)state;
    for (size_t length = 0; length < sizeof request; length++) {
        open_octets(request, length);
        client.ending = CLIENT_IS_GONE;
        say_place("the client leaves after byte %zu", length);
        handle();
        check_handled(request);
    }
}

static void check_logged(const char *row)
{
    handle();
    memory_is_back();
    assert_row_that(
        row,
        client.log_length > 0 &&
            strchr(client.log, '\n') == client.log + client.log_length - 1,
        "the log should have one line; it has %s", shown_string(client.log));
    assert_row_that(row, client.closed_before_log,
                    "the log was written before the socket was closed");
}

static int fail_early(struct response *response)
{
    (void)response;
    return -1;
}

/* A solution without a log is just as good. */
/* tags: ours */
/* hint: exchange_log in common/net writes the log. Does each way out call it
 * once, after the socket is closed? */
static void handle_connection_logs_each_exchange(void **state)
{
    const char *row = request_rows[COUNT(request_rows) - 1].request;

    (void)state;
    for (size_t cut = 0; cut <= strlen(row); cut++) {
        for (enum client_ending i = CLIENT_ENDS; i <= CLIENT_IS_SILENT; i++) {
            open_octets(row, cut);
            client.ending = i;
            say_place("the client sends %zu bytes", cut);
            check_logged(row);
        }
    }
    for (size_t most = 0; most == 0 || memory_tried() > most - 1; most++) {
        open_request(row);
        client.ending = CLIENT_ENDS;
        say_place("with memory for %zu allocations", most);
        memory_lasts(most, SIZE_MAX);
        check_logged(row);
    }
    delegate_answers = fail_early;
    open_request(row);
    check_logged(row);
    assert_row_has(row, "the log", client.log, " 500 ");
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

    (void)signal(SIGPIPE, SIG_IGN); /* the server does not get it, either */
    return run_all(tests);
}
