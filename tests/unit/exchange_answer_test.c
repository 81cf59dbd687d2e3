/*
 * exchange_answer_test.c - which verdict gets which answer, how that is sent,
 * to clients of all kinds, and what the log says.
 */
#include "support_exchange.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/budget.h"
#include "net/limits.h"

static const char get[] = "GET /p HTTP/1.1\r\nHost: a\r\n\r\n";
static const char head[] = "HEAD /p HTTP/1.1\r\nHost: a\r\n\r\n";

/* More content than fits into one send. */
static void append_much(size_t length)
{
    append_answer("<");
    while (exchange.response.content.length < length - 1) {
        append_answer("0123456789");
    }
    exchange.response.content.length = length - 1;
    append_answer(">");
}

/* ---- What is answered */

static void exchange_answer_of_each_verdict(void **state)
{
    (void)state;
    for (enum verdict verdict = VERDICT_INCOMPLETE + 1;
         verdict <= VERDICT_RESPONSE_INVALID; verdict++) {
        int code = verdict_code(verdict);
        char row[32];
        char line[64];

        (void)snprintf(row, sizeof row, "verdict %d", (int)verdict);
        begin_with_head(get);
        exchange.request.post_refusal = "no";
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

static void exchange_answer_to_a_get_and_a_head(void **state)
{
    static const size_t lengths[] = {1, 2, 8192, 8193, 100000};
    const char *content;

    (void)state;
    for (size_t i = 0; i < 2 * COUNT(lengths); i++) {
        const char *row = i % 2 == 0 ? get : head;
        size_t length = lengths[i / 2];
        char field[64];

        (void)snprintf(field, sizeof field, "\r\nContent-Length: %zu\r\n",
                       length + 1);
        begin_with_head(row);
        append_much(length + 1);
        stub.leaves_when_answered = true;
        end_exchange(row, VERDICT_DONE);
        content = stub_check_answer(row, "HTTP/1.1 200 OK", row == get);
        assert_row_has(row, "the answer", stub_sent(), field);
        assert_row_that(row, row == head || content[length] == '>',
                        "the end of the content has not come");
        (void)snprintf(field, sizeof field, "%s HTTP/1.1\" 200 %zu\n",
                       row == get ? "\"GET /p" : "\"HEAD /p", length + 1);
        check_log(row, row == get ? field : "\"HEAD /p HTTP/1.1\" 200 -\n");
        stub_close();
    }
}

/* A HEAD that is malformed is a HEAD. */
static void exchange_answer_to_a_malformed_head(void **state)
{
    static const char *const requests[] = {
        "HEAD /p\r\n\r\n",
        "HEAD / HTTP/1.1\n\n",
        "\r\nHEAD / HTTP/1.1\n",
        "HEAD / HTTP/1.1\r\nno colon\r\n\r\n",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(requests); i++) {
        enum verdict verdict;

        begin_exchange(requests[i], strlen(requests[i]));
        verdict = receive_head();
        stub.ending = STUB_ENDS;
        end_exchange(requests[i], verdict);
        stub_check_answer(requests[i], "HTTP/1.1 400 Bad Request", false);
        stub_close();
    }
}

/* A response that takes more than what was counted in advance. */
static void exchange_answer_with_a_response_over_the_budget(void **state)
{
    uint64_t others = 0;

    (void)state;
    assert_int_equal(budget_hold(&others, MEMORY_BUDGET), 0);
    for (size_t i = 0; i < 2; i++) {
        begin_with_head(get);
        append_much(i == 0 ? HELD_FREELY / 4 : HELD_FREELY);
        stub.leaves_when_answered = true;
        end_exchange("over budget", VERDICT_DONE);
        stub_check_answer("over budget",
                          i == 0 ? "HTTP/1.1 200 OK"
                                 : "HTTP/1.1 503 Service Unavailable",
                          true);
        stub_close();
    }
    assert_int_equal(budget_hold(&others, 0), 0);
}

/* With no memory for anything, or at one moment, the client still gets a whole
 * answer. */
static void exchange_answer_without_memory(void **state)
{
    static const char none[] = "\r\nContent-Length: 0\r\n\r\n";
    static const enum verdict verdicts[] = {
        VERDICT_DONE, VERDICT_NO_MEMORY, VERDICT_BARE_LF, VERDICT_OVER_BUDGET,
        VERDICT_TIMEOUT};

    (void)state;
    for (size_t i = 0; i < 6 * COUNT(verdicts); i++) {
        begin_with_head(get);
        append_answer("hello</html>");
        stub.ending = STUB_ENDS;
        memory_lasts(i % 6 % 5, i % 6 == 5 ? SIZE_MAX : 1);
        end_exchange("no memory", verdicts[i / 6]);
        if (strstr(stub_sent(), "</html>") == NULL) {
            stub_check_answer("no memory", "HTTP/1.1 500 Internal Server Error",
                              true);
            assert_row_has("no memory", "the answer", stub_sent(), none);
            check_log("no memory", "\"GET /p HTTP/1.1\" 500 -\n");
        }
        stub_close();
    }
}

/* ---- How it is sent */

/* A get, and much to answer. */
static void begin_to_answer(size_t length)
{
    begin_with_head(get);
    append_much(length);
    stub.ending = STUB_ENDS;
}

static void exchange_sent_goes_on_until_all_is_sent(void **state)
{
    (void)state;
    for (size_t most = 1; most < 30000; most += 1 + most / 3) {
        const char *content;

        begin_to_answer(20000);
        stub.send_most = most;
        stub.interrupted = most % 4;
        end_exchange("sent", VERDICT_DONE);
        content = stub_check_answer("sent", "HTTP/1.1 200 OK", true);
        assert_memory_equal(content, "<0123", 5);
        assert_int_equal(strspn(content, "<0123456789"), 19999);
        assert_int_equal(content[19999], '>');
        stub_close();
    }
}

/* The log counts the content that the client took. */
static void exchange_sent_to_a_client_that_is_gone(void **state)
{
    static const int errors[] = {EPIPE, ECONNRESET, ENOTCONN};
    size_t whole;

    (void)state;
    begin_to_answer(10000);
    end_exchange("whole", VERDICT_DONE);
    whole = stub.sent_length;
    stub_close();
    for (size_t i = 0; i < 12; i++) {
        size_t less = i * 1000;
        char ending[16];

        begin_to_answer(10000);
        stub.send_error = errors[i % COUNT(errors)];
        stub.send_fails_after = less < whole ? whole - less : 0;
        assert_int_equal(send_answer(VERDICT_DONE), less == 0 ? 0 : -1);
        close_exchange("less");
        assert_int_equal(stub.sent_length, stub.send_fails_after);
        (void)snprintf(ending, sizeof ending, "\" 200 %zu\n", 10000 - less);
        check_log("less", less < 10000 ? ending : "\" 200 -\n");
        stub_close();
    }
}

/* Whatever time the request took. One that has ended its side, which can be
 * read again and again, makes no loop. */
static void exchange_sent_to_a_client_that_takes_nothing(void **state)
{
    static const enum stub_ending endings[] = {STUB_ENDS, STUB_IS_SILENT};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        uint64_t began;

        begin_to_answer(i < 2 ? 5 : 20000);
        stub.clock += ALLOWANCE_MS - 1;
        began = stub.clock;
        stub.ending = endings[i % 2];
        stub.send_stalls = true;
        assert_int_equal(send_answer(VERDICT_DONE), -1);
        assert_int_equal(errno, ETIMEDOUT);
        assert_in_range(stub.clock - began, ALLOWANCE_MS, ALLOWANCE_MS + 100);
        assert_true(stub.receives < 500);
        close_exchange("stalls");
        stub_close();
    }
}

/* A large answer is sent for as long as the client takes some of it, and not
 * too little. */
static void exchange_sent_to_a_slow_reader(void **state)
{
    static const struct {
        size_t takes; /* in a tenth of a second */
        bool whole;
        uint64_t time;
    } rows[] = {
        {50000, true, 42000},
        {4000, true, 525000},
        {3000, false, ALLOWANCE_MOST_MS},
        {25, false, 2 * ALLOWANCE_MS - 2000},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t began;

        begin_to_answer(21000000);
        began = stub.clock;
        stub.takes_slowly = rows[i].takes;
        say_place("a client that takes %zu octets at a time", rows[i].takes);
        assert_row_bool(NULL, "whether all was sent",
                        send_answer(VERDICT_DONE) == 0, rows[i].whole);
        assert_in_range(stub.clock - began, rows[i].time, rows[i].time + 1000);
        close_exchange("slow");
        stub_close();
    }
}

/* A client that takes nothing until it has sent everything: neither waits for
 * the other. What it sends is dropped; it may end its side. */
static void exchange_sent_to_a_client_that_sends(void **state)
{
    static char data[100000];

    (void)state;
    memcpy(data, get, sizeof get - 1);
    for (size_t i = 0; i < 2; i++) {
        begin_exchange(data, sizeof data);
        stub.cuts[0] = sizeof get - 1;
        assert_int_equal(receive_head(), VERDICT_DONE);
        append_much(20000);
        stub.step = 1460;
        stub.waits = true;
        stub.wait_takes = 50;
        stub.reads_to_send = true;
        stub.ending = i == 0 ? STUB_IS_SILENT : STUB_ENDS;
        end_exchange("sends", VERDICT_DONE);
        stub_check_answer("sends", "HTTP/1.1 200 OK", true);
        stub_close();
    }
}

/* ---- A real socket */

enum {
    much = 1 << 20 /* more than the kernel keeps for a socket */
};

/* Gives its argument if it got the whole answer. */
static void *send_and_then_receive(void *client_sock)
{
    static char data[much];
    int client = *(int *)client_sock;
    size_t moved = 0;
    ssize_t octets = 1;

    memcpy(data, get, sizeof get - 1);
    while (moved < much && octets > 0) {
        octets = send(client, data + moved, much - moved, 0);
        moved += octets > 0 ? (size_t)octets : 0;
    }
    (void)shutdown(client, SHUT_WR);
    for (moved = 0; octets > 0; moved += (size_t)octets) {
        octets = recv(client, data, much, 0);
        octets = octets > 0 ? octets : 0;
    }
    return moved > (size_t)4 * much ? client_sock : NULL;
}

static atomic_bool looks;

static void *look(void *unused)
{
    while (atomic_load(&looks)) {
        deadlines_look(deadlines_clock());
        pause_a_moment();
    }
    return unused;
}

static void exchange_sent_while_the_client_sends(void **state)
{
    static struct sockaddr_storage address;
    pthread_t threads[2];
    void *result = NULL;
    int pair[2];

    (void)state;
    stub_open("", 0); /* for its handler of SIGUSR1 */
    assert_int_equal(close(stub.socket), 0);
    stub_close();
    stub.keeps_log = true;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    atomic_store(&looks, true);
    assert_int_equal(pthread_create(&threads[0], NULL, look, NULL), 0);
    assert_int_equal(
        pthread_create(&threads[1], NULL, send_and_then_receive, &pair[1]), 0);
    assert_int_equal(exchange_begin(&exchange, pair[0], &address),
                     VERDICT_INCOMPLETE);
    assert_int_equal(receive_head(), VERDICT_DONE);
    append_much((size_t)4 * much);
    assert_int_equal(send_answer(VERDICT_DONE), 0);
    exchange_drain(&exchange);
    assert_int_equal(close(pair[0]), 0);
    exchange_log(&exchange);
    atomic_store(&looks, false);
    assert_int_equal(pthread_join(threads[0], NULL), 0);
    assert_int_equal(pthread_join(threads[1], &result), 0);
    assert_non_null(result);
    assert_int_equal(close(pair[1]), 0);
}

/* ---- The log */

/* It has the request line that was wrong, or nothing if nothing came. */
static void exchange_log_of_what_came(void **state)
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
        const char *row = rows[i].request;

        begin_exchange(row, strlen(row));
        stub.ending = STUB_ENDS;
        end_exchange(row, receive_head());
        assert_row_has(row, "the log", stub.log, rows[i].log);
        stub_close();
    }
}

#define TEST(test) cmocka_unit_test_setup(test, set_up_exchange)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(exchange_answer_of_each_verdict),
        TEST(exchange_answer_to_a_get_and_a_head),
        TEST(exchange_answer_to_a_malformed_head),
        TEST(exchange_answer_with_a_response_over_the_budget),
        TEST(exchange_answer_without_memory),
        TEST(exchange_sent_goes_on_until_all_is_sent),
        TEST(exchange_sent_to_a_client_that_is_gone),
        TEST(exchange_sent_to_a_client_that_takes_nothing),
        TEST(exchange_sent_to_a_slow_reader),
        TEST(exchange_sent_to_a_client_that_sends),
        TEST(exchange_sent_while_the_client_sends),
        TEST(exchange_log_of_what_came),
    };

    return run_all(tests);
}
