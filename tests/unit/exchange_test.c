/*
 * exchange_test.c - an exchange from its first octet to its end: which verdict
 * gets which answer, 100 Continue, the budget, and no memory.
 */
/* link: -Wl,--wrap=recv,--wrap=sendmsg,--wrap=poll,--wrap=shutdown */
/* link: -Wl,--wrap=close,--wrap=write,--wrap=clock_gettime */
/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
#include "net_support.h"

#include <netinet/in.h>

#include "exchange.h"
#include "limits.h"
#include "turns.h"

/* ---- Memory that runs out
 * ------------------------------------------------------- */

static bool memory_is_out;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_malloc(size_t size)
{
    return memory_is_out ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return memory_is_out ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return memory_is_out ? NULL : __real_realloc(memory, size);
}

/* ---- Helpers
 * ---------------------------------------------------------------------- */

static const char get[] = "GET /p HTTP/1.1\r\nHost: a\r\n\r\n";
static const char head[] = "HEAD /p HTTP/1.1\r\nHost: a\r\n\r\n";

static struct sockaddr_storage client_address;
static struct exchange exchange;

static void begin(const char *request, size_t length)
{
    client_address.ss_family = AF_INET;
    ((struct sockaddr_in *)&client_address)->sin_addr.s_addr =
        htonl(INADDR_LOOPBACK);
    stub_open(request, length);
    exchange_begin(&exchange, stub.socket, &client_address);
}

/* Receives and parses all that the client sends. */
static enum verdict receive_head(void)
{
    enum verdict verdict = VERDICT_INCOMPLETE;

    while (verdict == VERDICT_INCOMPLETE) {
        verdict = exchange_receive(&exchange, &exchange.received);
        if (verdict == VERDICT_DONE) {
            verdict = request_parse(&exchange.request, exchange.received.data,
                                    exchange.received.length);
        }
    }
    return verdict;
}

static void answer(const char *content)
{
    exchange.response.code = 200;
    buffer_append_string(&exchange.response.content, content);
}

static void end(const char *row, enum verdict verdict)
{
    exchange_end(&exchange, verdict);
    memory_is_out = false;
    stub_check(row);
    assert_row(row, stub.writes, 1);
    assert_row(row, stub.closed_before_log, true);
    assert_row(row, turns_count().held, 0);
}

/* Ends the test unless the log's line ends like this. */
static void check_log(const char *row, const char *ending)
{
    size_t length = strlen(ending);

    assert_row(row, stub.log_length > length, true);
    assert_row_octets(row, stub.log + stub.log_length - length, length, ending);
    assert_row(row, strncmp(stub.log, "127.0.0.1 - - [", 15) == 0, true);
}

/* ---- Each verdict
 * ------------------------------------------------------------------ */

static void exchange_end_answers_each_verdict(void **state)
{
    (void)state;
    for (enum verdict verdict = VERDICT_INCOMPLETE + 1;
         verdict <= VERDICT_RESPONSE_INVALID; verdict++) {
        int code = verdict_code(verdict);
        char row[32];
        char line[64];

        (void)snprintf(row, sizeof row, "verdict %d", (int)verdict);
        begin(get, sizeof get - 1);
        assert_int_equal(receive_head(), VERDICT_DONE);
        answer("half an answer");
        headers_add(&exchange.response.headers, "X-Secret", "1");
        stub.ending = STUB_ENDS;
        end(row, verdict);
        assert_row(row, strstr(stub_sent(), "half an") == NULL, true);
        assert_row(row, strstr(stub_sent(), "X-Secret") == NULL, true);
        (void)snprintf(line, sizeof line, "HTTP/1.1 %d ", code);
        if (code == 0) {
            assert_row(row, stub.sent_length, 0);
            check_log(row, "\"GET /p HTTP/1.1\" - -\n");
        } else {
            assert_row(row, strncmp(stub_sent(), line, 13) == 0, true);
            assert_row(row, strstr(stub_sent(), "<h1>") != NULL, true);
            assert_row(row, strstr(stub_sent(), "Retry-After: ") != NULL,
                       code == 503);
        }
        stub_close();
    }
}

static void exchange_end_answers_a_get(void **state)
{
    const char *content;

    (void)state;
    begin(get, sizeof get - 1);
    assert_int_equal(receive_head(), VERDICT_DONE);
    answer("hello");
    end("get", VERDICT_DONE);
    content = stub_check_answer("get", "HTTP/1.1 200 OK", true);
    assert_string_equal(content, "hello");
    check_log("get", "\"GET /p HTTP/1.1\" 200 5\n");
    stub_close();
}

static void exchange_end_answers_a_head_without_content(void **state)
{
    (void)state;
    begin(head, sizeof head - 1);
    assert_int_equal(receive_head(), VERDICT_DONE);
    answer("hello");
    end("head", VERDICT_DONE);
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

        begin(requests[i], strlen(requests[i]));
        verdict = receive_head();
        assert_int_equal(verdict_code(verdict), 400);
        stub.ending = STUB_ENDS;
        end(requests[i], verdict);
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
        begin(rows[i].request, strlen(rows[i].request));
        stub.ending = STUB_ENDS;
        end(rows[i].request, receive_head());
        assert_row(stub.log, strstr(stub.log, rows[i].log) != NULL, true);
        stub_close();
    }
}

/* The octets in the log are those of the content that the client took. */
static void exchange_end_logs_what_was_sent(void **state)
{
    size_t whole;

    (void)state;
    begin(get, sizeof get - 1);
    assert_int_equal(receive_head(), VERDICT_DONE);
    answer("hello");
    end("whole", VERDICT_DONE);
    whole = stub.sent_length;
    stub_close();
    for (size_t less = 0; less < 7; less++) {
        char ending[16];

        begin(get, sizeof get - 1);
        assert_int_equal(receive_head(), VERDICT_DONE);
        answer("hello");
        stub.send_error = EPIPE;
        stub.send_fails_after = whole - less;
        end("less", VERDICT_DONE);
        assert_int_equal(stub.sent_length, whole - less);
        (void)snprintf(ending, sizeof ending, "\" 200 %zu\n", 5 - less);
        check_log("less", less < 5 ? ending : "\" 200 -\n");
        stub_close();
    }
}

static void exchange_end_of_a_response_that_cannot_be_sent(void **state)
{
    (void)state;
    begin(get, sizeof get - 1);
    assert_int_equal(receive_head(), VERDICT_DONE);
    answer("half an answer");
    headers_add(&exchange.response.headers, "Date", "today");
    end("invalid", VERDICT_DONE);
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
        begin(get, sizeof get - 1);
        assert_int_equal(receive_head(), VERDICT_DONE);
        answer("hello");
        end("whole", verdicts[i]);
        assert_int_equal(stub.shutdowns, 0);
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
        begin(requests[i], strlen(requests[i]));
        assert_int_equal(receive_head(), VERDICT_DONE);
        answer("hello");
        stub.ending = STUB_ENDS;
        end(requests[i], VERDICT_DONE);
        assert_row(requests[i], stub.shutdowns, 1);
        stub_close();
    }
}

/* ---- Receiving
 * --------------------------------------------------------------------- */

static void exchange_receive_of_a_client_that_is_silent(void **state)
{
    (void)state;
    begin("", 0);
    stub.ending = STUB_IS_SILENT;
    assert_int_equal(receive_head(), VERDICT_SILENCE);
    end("silence", VERDICT_SILENCE);
    assert_int_equal(stub.sent_length, 0);
    stub_close();

    begin("G", 1);
    stub.ending = STUB_IS_SILENT;
    assert_int_equal(receive_head(), VERDICT_TIMEOUT);
    end("timeout", VERDICT_TIMEOUT);
    stub_check_answer("timeout", "HTTP/1.1 408 Request Timeout", true);
    stub_close();
}

/* ---- 100 Continue
 * ------------------------------------------------------------------ */

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

        begin(row, strlen(row));
        assert_row(row, receive_head(), VERDICT_DONE);
        assert_row(row, request_check(&exchange.request, POST_ACCEPTED),
                   VERDICT_DONE);
        exchange_continue(&exchange);
        assert_row_octets(row, stub_sent(), stub.sent_length,
                          rows[i].continues ? "HTTP/1.1 100 Continue\r\n\r\n"
                                            : "");
        stub.ending = STUB_ENDS;
        end(row, VERDICT_END_OF_STREAM);
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
    begin(request, sizeof request - 1);
    assert_int_equal(receive_head(), VERDICT_DONE);
    assert_int_equal(request_check(&exchange.request, POST_ACCEPTED),
                     VERDICT_DONE);
    exchange_continue(&exchange);
    answer("hello");
    end("continue", VERDICT_DONE);
    check_log("continue", "\"POST / HTTP/1.1\" 200 5\n");
    stub_close();
}

/* ---- The budget
 * -------------------------------------------------------------------- */

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

    begin(get, sizeof get - 1);
    assert_int_equal(receive_head(), VERDICT_DONE);
    answer("hello");
    exchange_end(&exchange, VERDICT_DONE);
    stub_check_answer("little", "HTTP/1.1 200 OK", true);
    stub_close();

    begin(request, much);
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
    begin(request, much);
    assert_int_equal(receive_head(), VERDICT_DONE);
    assert_in_range(turns_count().held, much, 4 * much);
    answer("hello");
    end("much", VERDICT_DONE);
    stub_check_answer("much", "HTTP/1.1 200 OK", true);
    stub_close();
    free(request);
}

/* So is a page that grows large. */
static void exchange_end_of_a_page_over_budget(void **state)
{
    (void)state;
    assert_int_equal(turns_hold(CONTENT_BUDGET), 0);
    begin(get, sizeof get - 1);
    assert_int_equal(receive_head(), VERDICT_DONE);
    for (size_t i = 0; i < HELD_FREELY; i += 16) {
        answer("0123456789abcdef");
    }
    stub.ending = STUB_ENDS;
    exchange_end(&exchange, VERDICT_DONE);
    stub_check_answer("page", "HTTP/1.1 503 Service Unavailable", true);
    assert_null(strstr(stub_sent(), "0123456789"));
    assert_int_equal(turns_count().held, CONTENT_BUDGET);
    turns_let_go(CONTENT_BUDGET);
    stub_close();
}

/* ---- No memory
 * --------------------------------------------------------------------- */

/* With no memory for anything, the client still gets a whole answer. */
static void exchange_end_without_memory(void **state)
{
    static const enum verdict verdicts[] = {
        VERDICT_DONE, VERDICT_NO_MEMORY, VERDICT_BARE_LF, VERDICT_OVER_BUDGET,
        VERDICT_TIMEOUT};

    (void)state;
    for (size_t i = 0; i < COUNT(verdicts); i++) {
        begin(get, sizeof get - 1);
        assert_int_equal(receive_head(), VERDICT_DONE);
        answer("hello");
        stub.ending = STUB_ENDS;
        memory_is_out = true;
        end("no memory", verdicts[i]);
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
    begin(get, sizeof get - 1);
    memory_is_out = true;
    assert_int_equal(receive_head(), VERDICT_NO_MEMORY);
    stub.ending = STUB_ENDS;
    end("no memory", VERDICT_NO_MEMORY);
    stub_check_answer("no memory", "HTTP/1.1 500 Internal Server Error", true);
    stub_close();
}

static void exchange_begin_allocates_nothing(void **state)
{
    (void)state;
    memory_is_out = true;
    begin("", 0);
    stub.ending = STUB_ENDS;
    end("nothing", VERDICT_END_OF_STREAM);
    assert_int_equal(stub.sent_length, 0);
    stub_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exchange_end_answers_each_verdict),
        cmocka_unit_test(exchange_end_answers_a_get),
        cmocka_unit_test(exchange_end_answers_a_head_without_content),
        cmocka_unit_test(exchange_end_answers_a_malformed_head_without_content),
        cmocka_unit_test(exchange_end_logs_what_came),
        cmocka_unit_test(exchange_end_logs_what_was_sent),
        cmocka_unit_test(exchange_end_of_a_response_that_cannot_be_sent),
        cmocka_unit_test(exchange_end_closes_at_once_after_a_whole_request),
        cmocka_unit_test(exchange_end_drains_what_is_unread),
        cmocka_unit_test(exchange_receive_of_a_client_that_is_silent),
        cmocka_unit_test(exchange_continue_only_when_it_is_waited_for),
        cmocka_unit_test(exchange_end_after_continue),
        cmocka_unit_test(exchange_receive_over_budget),
        cmocka_unit_test(exchange_receive_counts_what_is_held),
        cmocka_unit_test(exchange_end_of_a_page_over_budget),
        cmocka_unit_test(exchange_end_without_memory),
        cmocka_unit_test(exchange_receive_without_memory),
        cmocka_unit_test(exchange_begin_allocates_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
