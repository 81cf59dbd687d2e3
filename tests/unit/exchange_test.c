/*
 * exchange_test.c - the bookkeeping of an exchange, whatever recv, send and
 * poll return, and whenever. The test replaces these calls and the clock, so
 * nothing waits. The tests of handle_connection have real clients.
 */
/* link: -Wl,--wrap=recv,--wrap=send,--wrap=poll,--wrap=shutdown */
/* link: -Wl,--wrap=clock_gettime,--wrap=access_log_add,--wrap=free */
/* link: -Wl,--wrap=pthread_mutex_lock */
#include "support.h"
#include "support_memory.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "net/access_log.h"
#include "net/budget.h"
#include "net/exchange.h"
#include "net/limits.h"

/* ---- The calls ---- */

static struct exchange exchange;

static struct {
    uint64_t clock;
    /* What recv returns: -1 with EINTR for a wait without an end; otherwise,
     * after this long, this many of the bytes that are left, and 0 at the end.
     */
    uint64_t left;
    size_t step;
    uint64_t takes;
    bool silent;
    size_t receives;
    ssize_t sends[4]; /* what send returns; after that, -1 with EPIPE */
    size_t sent;
    bool more;    /* what poll finds */
    size_t locks; /* taken so far */
    size_t held_most;
    int code; /* in the log, with the bytes and the request line */
    uint64_t octets;
    char line[64];
} calls;

int __wrap_clock_gettime(clockid_t clock, struct timespec *time);
ssize_t __wrap_recv(int socket, void *data, size_t length, int flags);
ssize_t __wrap_send(int socket, const void *data, size_t length, int flags);
int __wrap_poll(struct pollfd *descriptors, nfds_t count, int timeout);
int __wrap_shutdown(int socket, int how);
void __wrap_access_log_add(const struct access_log_entry *entry);
int __wrap_pthread_mutex_lock(pthread_mutex_t *lock);
int __real_pthread_mutex_lock(pthread_mutex_t *lock);

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
    (void)clock;
    time->tv_sec = (time_t)(calls.clock / 1000);
    time->tv_nsec = (long)(calls.clock % 1000) * 1000000;
    return 0;
}

ssize_t __wrap_recv(int socket, void *data, size_t length, int flags)
{
    size_t octets = calls.left < calls.step ? (size_t)calls.left : calls.step;

    (void)socket;
    (void)data;
    assert_int_equal(flags, 0);
    calls.receives++;
    calls.clock += calls.takes;
    if (memory_held() > calls.held_most) {
        calls.held_most = memory_held();
    }
    if (calls.silent) {
        errno = EINTR;
        return -1;
    }
    octets = octets < length ? octets : length;
    calls.left -= octets;
    return (ssize_t)octets;
}

ssize_t __wrap_send(int socket, const void *data, size_t length, int flags)
{
    ssize_t count =
        calls.sent < COUNT(calls.sends) ? calls.sends[calls.sent++] : 0;

    (void)socket;
    (void)data;
    (void)flags;
    errno = count < 0 ? EINTR : EPIPE;
    assert_true(count <= (ssize_t)length);
    return count > 0 ? count : -1;
}

int __wrap_poll(struct pollfd *descriptors, nfds_t count, int timeout)
{
    (void)descriptors;
    assert_int_equal(count, 1);
    assert_int_equal(timeout, 0);
    return calls.more;
}

int __wrap_shutdown(int socket, int how)
{
    (void)socket;
    assert_int_equal(how, SHUT_WR);
    return 0;
}

void __wrap_access_log_add(const struct access_log_entry *entry)
{
    calls.code = entry->code;
    calls.octets = entry->bytes;
    (void)snprintf(calls.line, sizeof calls.line, "%.*s",
                   (int)entry->request_line_length, entry->request_line);
}

int __wrap_pthread_mutex_lock(pthread_mutex_t *lock)
{
    calls.locks++;
    return __real_pthread_mutex_lock(lock);
}

/* ---- An exchange ---- */

static const char get[] = "GET /p HTTP/1.1\r\nHost: a\r\n\r\n";

static int set_up(void **state)
{
    (void)state;
    memset(&calls, 0, sizeof calls);
    calls.clock = 1000000;
    return 0;
}

/* Begins an exchange, and receives these bytes, in one piece, or in several if
 * there is too little room. */
static enum verdict receive(const char *request, size_t length)
{
    enum verdict verdict = VERDICT_INCOMPLETE;

    (void)set_up(NULL);
    assert_int_equal(exchange_begin(&exchange, 0, NULL), VERDICT_INCOMPLETE);
    for (size_t done = 0; done < length && verdict == VERDICT_INCOMPLETE;) {
        char *room = exchange_room(&exchange, &exchange.received);
        size_t octets = buffer_free(&exchange.received);

        octets = octets < length - done ? octets : length - done;
        memcpy(room, request + done, octets);
        done += octets;
        verdict =
            exchange_received(&exchange, &exchange.received, (ssize_t)octets);
        if (verdict == VERDICT_INCOMPLETE) {
            verdict = request_parse(&exchange.request, exchange.received.data,
                                    exchange.received.length);
        }
    }
    return verdict;
}

static void answer(size_t octets)
{
    exchange.response.code = 200;
    for (size_t i = 0; i < octets; i++) {
        buffer_append_string(&exchange.response.content, "x");
    }
}

/* Sends the whole answer at once, drains and logs. */
static void finish(void)
{
    while (exchange_left(&exchange) > 0) {
        assert_int_equal(
            exchange_sent(&exchange, (ssize_t)exchange_left(&exchange)), 0);
    }
    calls.receives = 0;
    calls.held_most = 0;
    exchange_drain(&exchange);
    assert_int_equal(budget_held(), 0);
    exchange_log(&exchange);
}

static void end(enum verdict verdict)
{
    exchange_answer(&exchange, verdict);
    finish();
}

/* All threads share these locks, so each one counts on many processors. */
static void exchange_takes_two_locks(void **state)
{
    static const size_t asked_here = 1; /* finish asks what is held */

    (void)state;
    assert_int_equal(receive(get, sizeof get - 1), VERDICT_DONE);
    answer(1000);
    end(VERDICT_DONE);
    assert_int_equal(calls.locks, 2 + asked_here);
}

/* ---- Receiving ---- */

static void exchange_received_says_why_no_more_comes(void **state)
{
    static const struct {
        const char *request;
        ssize_t count;
        int error;
        uint64_t after;
        enum verdict verdict;
    } rows[] = {
        {"", 0, 0, 0, VERDICT_END_OF_STREAM},
        {"G", 0, 0, 0, VERDICT_END_OF_STREAM},
        {"", -1, ECONNRESET, 0, VERDICT_LOST},
        {"G", -1, ECONNRESET, ALLOWANCE_MS, VERDICT_LOST},
        {"", -1, EINTR, ALLOWANCE_MS - 1, VERDICT_INCOMPLETE},
        {"", -1, EINTR, ALLOWANCE_MS, VERDICT_SILENCE},
        {"G", -1, EINTR, ALLOWANCE_MS - 1, VERDICT_INCOMPLETE},
        {"\r\n", -1, EINTR, ALLOWANCE_MS, VERDICT_TIMEOUT},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        enum verdict verdict;

        (void)receive(rows[i].request, strlen(rows[i].request));
        calls.clock += rows[i].after;
        errno = rows[i].error;
        verdict =
            exchange_received(&exchange, &exchange.received, rows[i].count);
        assert_row_verdict(rows[i].request, verdict, rows[i].verdict);
        end(VERDICT_LOST);
    }
}

/* Half of an interim answer would spoil the answer that follows. */
static void exchange_expect_content_continues_or_gives_up(void **state)
{
    static const struct {
        ssize_t sends[4];
        enum verdict verdict;
    } rows[] = {
        {{25}, VERDICT_INCOMPLETE},
        {{10, -1, 15}, VERDICT_INCOMPLETE},
        {{0}, VERDICT_INCOMPLETE},
        {{10, 14, 0}, VERDICT_LOST},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        say_place("row %zu", i);
        (void)receive(OCTETS("POST / HTTP/1.1\r\nHost: a\r\nExpect: "
                             "100-continue\r\nContent-Length: 1\r\n\r\n"));
        assert_int_equal(request_check(&exchange.request, NULL), VERDICT_DONE);
        memcpy(calls.sends, rows[i].sends, sizeof calls.sends);
        assert_row_verdict(NULL, exchange_expect_content(&exchange),
                           rows[i].verdict);
        assert_true(buffer_free(&exchange.piece) > 0);
        answer(5);
        end(VERDICT_DONE);
        /* The interim answer is not counted as content. */
        assert_row(NULL, "the number of bytes in the log", calls.octets, 5);
    }
}

/* ---- Answering ---- */

static void exchange_answer_of_each_verdict(void **state)
{
    (void)state;
    for (enum verdict verdict = VERDICT_INCOMPLETE + 1;
         verdict <= VERDICT_RESPONSE_INVALID; verdict++) {
        int code = verdict_code(verdict);
        char line[64];

        say_place("verdict %d", (int)verdict);
        (void)snprintf(line, sizeof line, "HTTP/1.1 %d ", code);
        assert_int_equal(receive(OCTETS(get)), VERDICT_DONE);
        exchange.request.post_refusal = "no";
        answer(1);
        buffer_append_string(&exchange.response.content, "half an answer");
        exchange_answer(&exchange, verdict);
        assert_row_bool(NULL, "that there is an answer",
                        exchange_left(&exchange) > 0, code != 0);
        if (code != 0) {
            assert_row_octets(NULL, "its beginning", exchange_next(&exchange),
                              13, line);
            assert_null(memmem(exchange_next(&exchange),
                               exchange_left(&exchange), "half an", 7));
        }
        finish();
        assert_row(NULL, "the code in the log", calls.code, code);
        assert_row_octets(NULL, "the request line in the log", calls.line,
                          strlen(calls.line), "GET /p HTTP/1.1");
    }
}

/* A response that takes more memory than was counted in advance. */
static void exchange_answer_with_a_response_over_the_budget(void **state)
{
    static const size_t contents[] = {HELD_FREELY / 4, HELD_FREELY};
    static const int codes[] = {200, 503};

    (void)state;
    for (size_t i = 0; i < COUNT(contents); i++) {
        uint64_t others = 0;

        assert_int_equal(receive(OCTETS(get)), VERDICT_DONE);
        assert_int_equal(budget_hold(&others, MEMORY_BUDGET), 0);
        answer(contents[i]);
        exchange_answer(&exchange, VERDICT_DONE);
        assert_int_equal(budget_hold(&others, 0), 0);
        finish();
        assert_int_equal(calls.code, codes[i]);
    }
}

/* The log counts the content that the client took. */
static void exchange_sent_to_a_client_that_is_gone(void **state)
{
    static const size_t contents[] = {100, 10000};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        size_t content = contents[i % 2];
        size_t taken = i < 2 ? 0 : content - 7;
        size_t head;

        assert_int_equal(receive(OCTETS(get)), VERDICT_DONE);
        answer(content);
        exchange_answer(&exchange, VERDICT_DONE);
        head = exchange_left(&exchange) - (i % 2 == 0 ? content : 0);
        assert_int_equal(exchange_sent(&exchange, (ssize_t)(head - 1)), 0);
        assert_int_equal(exchange_sent(&exchange, 1), 0);
        if (taken > 0) {
            assert_int_equal(exchange_sent(&exchange, (ssize_t)taken), 0);
        }
        errno = i < 2 ? EPIPE : ECONNRESET;
        assert_int_equal(exchange_sent(&exchange, -1), -1);
        exchange_drain(&exchange);
        exchange_log(&exchange);
        assert_int_equal(calls.octets, taken);
    }
}

static volatile sig_atomic_t signals;

static void count_signal(int number)
{
    (void)number;
    signals++;
}

/* The main thread knows at once of a call that will probably block. */
static void exchange_next_is_interrupted_often(void **state)
{
    (void)state;
    assert_int_equal(receive(OCTETS(get)), VERDICT_DONE);
    answer(20000);
    exchange_answer(&exchange, VERDICT_DONE);
    assert_non_null(exchange_next(&exchange));
    signals = 0;
    deadlines_look(calls.clock + SEND_LOOK_MS);
    assert_int_equal(signals, 1);
    finish();
}

/* Two sides that only want to send do not wait for each other: what the client
 * sends is dropped, up to a limit. When time runs out, the exchange ends. */
static void exchange_sent_is_interrupted(void **state)
{
    (void)state;
    assert_int_equal(receive(OCTETS(get)), VERDICT_DONE);
    calls.clock += ALLOWANCE_MS - 1; /* of the time to receive */
    answer(20000);
    exchange_answer(&exchange, VERDICT_DONE);
    errno = EINTR;
    assert_int_equal(exchange_sent(&exchange, -1), 0);
    assert_int_equal(calls.receives, 0);
    for (size_t i = 0; i < 2; i++) {
        calls.more = true;
        calls.step = 4096;
        calls.left = i == 0 ? 10000 : 2 * (uint64_t)DRAIN_BYTES_MOST;
        errno = EINTR;
        assert_int_equal(exchange_sent(&exchange, -1), 0);
        assert_in_range(calls.left, 0, DRAIN_BYTES_MOST);
    }
    calls.clock += ALLOWANCE_MS;
    errno = EINTR;
    assert_int_equal(exchange_sent(&exchange, -1), -1);
    assert_int_equal(errno, ETIMEDOUT);
    finish();
}

/* ---- Draining ---- */

/* A request, how it is answered, and whether it is drained then. */
static void check_drained(const char *request, enum verdict verdict,
                          size_t octets, bool drains)
{
    assert_row_verdict(request, receive(request, strlen(request)),
                       VERDICT_DONE);
    if (exchange.request.method == METHOD_POST) {
        (void)content_begin(&exchange.content, &exchange.request);
        (void)content_add(&exchange.content,
                          exchange.received.data + exchange.request.length,
                          exchange.received.length - exchange.request.length);
    }
    answer(octets);
    end(verdict);
    assert_row_times(request, "recv was called", calls.receives, drains);
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
        /* The client of a long request has more time to send more. */
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

/* The server notices what comes while it makes the answer, if that takes 2 ms
 * or more. */
static void exchange_drain_of_what_came_since(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(receive(OCTETS(get)), VERDICT_DONE);
        calls.clock += i < 2 ? 2 : 1;
        calls.more = i != 1;
        answer(5);
        end(VERDICT_DONE);
        assert_int_equal(calls.receives, i == 0);
    }
}

/* Silence ends it, and so do too many bytes. (The main thread limits how long
 * it takes in all: see deadlines_test.c.) */
static void exchange_drain_ends_with_a_limit(void **state)
{
    const uint64_t all = 2 * (uint64_t)DRAIN_BYTES_MOST;

    (void)state;
    assert_int_equal(receive(OCTETS(get)), VERDICT_DONE);
    calls.silent = true;
    calls.takes = 100;
    end(VERDICT_NAME_EMPTY);
    assert_int_equal(calls.receives, DRAIN_SILENCE_MS / 100);

    assert_int_equal(receive(OCTETS(get)), VERDICT_DONE);
    calls.left = all;
    calls.step = 4096;
    end(VERDICT_NAME_EMPTY);
    assert_in_range(all - calls.left, DRAIN_BYTES_MOST,
                    DRAIN_BYTES_MOST + 4096);
}

/* While it drains, it holds at most the bytes that the log needs. */
static size_t held_while_draining(const char *request, size_t length)
{
    enum verdict verdict;

    memory_count();
    verdict = receive(request, length);
    if (verdict == VERDICT_DONE && exchange.request.query != NULL) {
        verdict = exchange_decode(&exchange, &exchange.get_data,
                                  exchange.request.query,
                                  exchange.request.query_length);
    }
    answer(100000);
    for (int i = 0; i < 10000; i++) {
        headers_add(&exchange.response.headers, "X", "");
    }
    calls.left = 100000;
    calls.step = 1000;
    end(verdict == VERDICT_INCOMPLETE ? VERDICT_TIMEOUT : verdict);
    assert_int_equal(memory_held(), 0);
    return calls.held_most;
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

#define TEST(test) cmocka_unit_test_setup(test, set_up)

int main(void)
{
    const struct sigaction counts = {.sa_handler = count_signal};
    const struct CMUnitTest tests[] = {
        TEST(exchange_takes_two_locks),
        TEST(exchange_received_says_why_no_more_comes),
        TEST(exchange_expect_content_continues_or_gives_up),
        TEST(exchange_answer_of_each_verdict),
        TEST(exchange_answer_with_a_response_over_the_budget),
        TEST(exchange_sent_to_a_client_that_is_gone),
        TEST(exchange_next_is_interrupted_often),
        TEST(exchange_sent_is_interrupted),
        TEST(exchange_drain_of_a_request_that_is_read),
        TEST(exchange_drain_of_what_is_unread),
        TEST(exchange_drain_of_what_came_since),
        TEST(exchange_drain_ends_with_a_limit),
        TEST(exchange_drain_holds_what_the_log_needs),
    };

    return sigaction(SIGUSR1, &counts, NULL) == 0 ? run_all(tests) : 1;
}
