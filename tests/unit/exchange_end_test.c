/*
 * exchange_end_test.c - the end of an exchange: which verdict gets which
 * answer, what the log says, and what is drained.
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

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char get[] = "GET /p HTTP/1.1\r\nHost: a\r\n\r\n";
static const char head[] = "HEAD /p HTTP/1.1\r\nHost: a\r\n\r\n";

/* ---- Each verdict */

static void exchange_end_answers_each_verdict(void **state)
{
    (void)state;
    for (enum verdict verdict = VERDICT_INCOMPLETE + 1;
         verdict <= VERDICT_RESPONSE_INVALID; verdict++) {
        int code = verdict_code(verdict);
        char row[32];
        char line[64];

        (void)snprintf(row, sizeof row, "verdict %d", (int)verdict);
        begin_exchange(get, sizeof get - 1);
        assert_int_equal(receive_head(), VERDICT_DONE);
        append_answer("half an answer");
        headers_add(&exchange.response.headers, "X-Secret", "1");
        stub.ending = STUB_ENDS;
        end_exchange(row, verdict);
        assert_row_lacks(row, "the answer", stub_sent(), "half an");
        assert_row_lacks(row, "the answer", stub_sent(), "X-Secret");
        (void)snprintf(line, sizeof line, "HTTP/1.1 %d ", code);
        if (code == 0) {
            assert_row(row, "the number of octets that were sent",
                       stub.sent_length, 0);
            check_log(row, "\"GET /p HTTP/1.1\" - -\n");
        } else {
            assert_row_that(row, strncmp(stub_sent(), line, 13) == 0,
                            "the answer begins with %s, not with %s",
                            shown(stub_sent(), strcspn(stub_sent(), "\r")),
                            line);
            assert_row_has(row, "the answer", stub_sent(), "<h1>");
            assert_row_bool(row, "that the answer has Retry-After",
                            strstr(stub_sent(), "Retry-After: ") != NULL,
                            code == 503);
        }
        stub_close();
    }
}

static void exchange_end_answers_a_get(void **state)
{
    const char *content;

    (void)state;
    begin_exchange(get, sizeof get - 1);
    assert_int_equal(receive_head(), VERDICT_DONE);
    append_answer("hello");
    end_exchange("get", VERDICT_DONE);
    content = stub_check_answer("get", "HTTP/1.1 200 OK", true);
    assert_string_equal(content, "hello");
    check_log("get", "\"GET /p HTTP/1.1\" 200 5\n");
    stub_close();
}

static void exchange_end_answers_a_head_without_content(void **state)
{
    (void)state;
    begin_exchange(head, sizeof head - 1);
    assert_int_equal(receive_head(), VERDICT_DONE);
    append_answer("hello");
    end_exchange("head", VERDICT_DONE);
    stub_check_answer("head", "HTTP/1.1 200 OK", false);
    assert_non_null(strstr(stub_sent(), "\r\nContent-Length: 5\r\n"));
    check_log("head", "\"HEAD /p HTTP/1.1\" 200 -\n");
    stub_close();
}

/* A HEAD that is malformed is a HEAD. */
static void exchange_end_answers_a_malformed_head_without_content(void **state)
{
    static const char *const requests[] = {
        "HEAD /p\r\n\r\n",
        "HEAD / HTTP/1.1\n\n",
        "\r\nHEAD / HTTP/1.1\r\n\r\n",
        "HEAD / HTTP/1.1\r\nno colon\r\n\r\n",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(requests); i++) {
        enum verdict verdict;

        begin_exchange(requests[i], strlen(requests[i]));
        verdict = receive_head();
        assert_int_equal(verdict_code(verdict), 400);
        stub.ending = STUB_ENDS;
        end_exchange(requests[i], verdict);
        stub_check_answer(requests[i], "HTTP/1.1 400 Bad Request", false);
        stub_close();
    }
}

/* The log has the request line that was wrong, or nothing if nothing came. */
static void exchange_end_logs_what_came(void **state)
{
    static const struct {
        const char *request;
        const char *log;
    } rows[] = {
        {"nonsense\r\n\r\n", "\"nonsense\" 400 "},
        {"\r\n\r\nnonsense\r\n\r\n", "\"nonsense\" 400 "},
        {"GET / HTTP/1.1\nHost: a\n\n", "\"GET / HTTP/1.1\" 400 "},
        {"GET / HTTP/1.1\r\nHost:", "\"GET / HTTP/1.1\" - -\n"},
        {"", "\"-\" - -\n"},
        {"\r\n", "\"-\" - -\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        begin_exchange(rows[i].request, strlen(rows[i].request));
        stub.ending = STUB_ENDS;
        end_exchange(rows[i].request, receive_head());
        assert_row_has(stub.log, "the log", stub.log, rows[i].log);
        stub_close();
    }
}

/* The octets in the log are those of the content that the client took. */
static void exchange_end_logs_what_was_sent(void **state)
{
    size_t whole;

    (void)state;
    begin_exchange(get, sizeof get - 1);
    assert_int_equal(receive_head(), VERDICT_DONE);
    append_answer("hello");
    end_exchange("whole", VERDICT_DONE);
    whole = stub.sent_length;
    stub_close();
    for (size_t less = 0; less < 7; less++) {
        char ending[16];

        begin_exchange(get, sizeof get - 1);
        assert_int_equal(receive_head(), VERDICT_DONE);
        append_answer("hello");
        stub.send_error = EPIPE;
        stub.send_fails_after = whole - less;
        end_exchange("less", VERDICT_DONE);
        assert_int_equal(stub.sent_length, whole - less);
        (void)snprintf(ending, sizeof ending, "\" 200 %zu\n", 5 - less);
        check_log("less", less < 5 ? ending : "\" 200 -\n");
        stub_close();
    }
}

static void exchange_end_of_a_response_that_cannot_be_sent(void **state)
{
    (void)state;
    begin_exchange(get, sizeof get - 1);
    assert_int_equal(receive_head(), VERDICT_DONE);
    append_answer("half an answer");
    headers_add(&exchange.response.headers, "Date", "today");
    end_exchange("invalid", VERDICT_DONE);
    stub_check_answer("invalid", "HTTP/1.1 500 Internal Server Error", true);
    assert_null(strstr(stub_sent(), "today"));
    assert_null(strstr(stub_sent(), "half"));
    stub_close();
}

/* Nothing is unread: nothing is drained, and the client waits for nothing. */
static void exchange_end_closes_at_once_after_a_whole_request(void **state)
{
    static const enum verdict verdicts[] = {
        VERDICT_DONE, VERDICT_DELEGATE_FAILED, VERDICT_RESPONSE_INVALID};

    (void)state;
    for (size_t i = 0; i < COUNT(verdicts); i++) {
        begin_exchange(get, sizeof get - 1);
        assert_int_equal(receive_head(), VERDICT_DONE);
        append_answer("hello");
        end_exchange("whole", verdicts[i]);
        assert_int_equal(stub.receives, 1);
        assert_int_equal(stub.polls, 0);
        stub_close();
    }
}

static void exchange_end_drains_what_is_unread(void **state)
{
    static const char *const requests[] = {
        "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(requests); i++) {
        begin_exchange(requests[i], strlen(requests[i]));
        assert_int_equal(receive_head(), VERDICT_DONE);
        append_answer("hello");
        stub.ending = STUB_ENDS;
        end_exchange(requests[i], VERDICT_DONE);
        assert_row_times(requests[i], "recv was called", stub.receives, 2);
        stub_close();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(exchange_end_answers_each_verdict,
                               set_up_exchange),
        cmocka_unit_test_setup(exchange_end_answers_a_get, set_up_exchange),
        cmocka_unit_test_setup(exchange_end_answers_a_head_without_content,
                               set_up_exchange),
        cmocka_unit_test_setup(
            exchange_end_answers_a_malformed_head_without_content,
            set_up_exchange),
        cmocka_unit_test_setup(exchange_end_logs_what_came, set_up_exchange),
        cmocka_unit_test_setup(exchange_end_logs_what_was_sent,
                               set_up_exchange),
        cmocka_unit_test_setup(exchange_end_of_a_response_that_cannot_be_sent,
                               set_up_exchange),
        cmocka_unit_test_setup(
            exchange_end_closes_at_once_after_a_whole_request, set_up_exchange),
        cmocka_unit_test_setup(exchange_end_drains_what_is_unread,
                               set_up_exchange),
    };

    return run_all(tests);
}
