/*
 * handle_connection_request_test.c - what delegate is given, however the
 * request is cut, and what the client gets. The delegate and the client belong
 * to the test.
 */
/* stages: 3 4 5 6 */
/* tags: assignment, handle_connection */
/* hint: The client sends the request in the pieces above, each when you have
 * taken the one before it. Then it waits for the answer. Follow your loop:
 * after each piece, what has come, and what is missing? */
#include "request_rows.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>

/* hint: Print what delegate gets. What differs from the request? */
static void handle_connection_gives_delegate_the_request(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_rows); i++) {
        const struct request_row *row = &request_rows[i];

        open_request(row->request);
        check_request(row);
    }
}

static void handle_connection_of_a_request_cut_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_rows); i++) {
        const struct request_row *row = &request_rows[i];

        for (size_t cut = 1; cut < strlen(row->request); cut++) {
            open_request(row->request);
            client.cuts[0] = cut;
            say_place("cut after byte %zu", cut);
            check_request(row);
        }
    }
}

static void handle_connection_of_a_request_cut_in_three(void **state)
{
    const struct request_row *row = &request_rows[COUNT(request_rows) - 1];
    size_t length = strlen(row->request);

    (void)state;
    for (size_t cut = 1; cut < length; cut++) {
        for (size_t next = cut + 1; next < length; next += 4 + next % 3) {
            open_octets(row->request, length);
            client.cuts[0] = cut;
            client.cuts[1] = next;
            say_place("cut after bytes %zu and %zu", cut, next);
            check_request(row);
        }
    }
}

static void handle_connection_of_a_request_octet_by_octet(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_rows); i++) {
        const struct request_row *row = &request_rows[i];

        for (size_t step = 1; step < 4; step++) {
            open_request(row->request);
            client.step = step;
            say_place("in pieces of %zu", step);
            client.interrupts = step == 2;
            check_request(row);
        }
    }
}

/* Sizes for which nobody makes a buffer in advance. */
/* hint: Do you use a buffer of a fixed size, or a loop that looks at
 * everything again with each piece? */
static void handle_connection_of_a_large_header_section(void **state)
{
    enum {
        start = 25,
        fields = 300000
    };
    char *request = test_malloc_or_fail(start + fields + 4);

    (void)state;
    memcpy(request, "GET / HTTP/1.1\r\nHost: a\r\n", start);
    memset(request + start, 'x', fields);
    request[start + 1000] = ':';
    memcpy(request + start + fields, "\r\n\r\n", 4);
    for (size_t step = 997; step < 200000; step *= 13) {
        open_octets(request, start + fields + 4);
        client.step = step;
        say_place("in pieces of %zu", step);
        handle();
        check_handled("large");
        assert_row_times("large", "delegate was called", delegate_calls, 1);
        check_answer("large", "HTTP/1.1 200 OK", true);
    }
    free(request);
}

/* This thread's own time, in microseconds. */
static long processor_time(void)
{
    struct timespec time = {0};

    assert_int_equal(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time), 0);
    return (long)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

/* The processor time for a head of this many lines that comes in small pieces.
 */
static long time_of_lines(size_t lines)
{
    static const char line[] = "name: a line of forty octets and more\r\n";
    enum {
        start = 25
    };
    size_t length = start + lines * (sizeof line - 1) + 2;
    char *request = test_malloc_or_fail(length);
    long began;

    memcpy(request, "GET / HTTP/1.1\r\nHost: a\r\n", start);
    for (size_t i = 0; i < lines; i++) {
        memcpy(request + start + i * (sizeof line - 1), line, sizeof line - 1);
    }
    memcpy(request + length - 2, "\r\n", 2);
    open_octets(request, length);
    client.step = 20;
    say_place("a head of %zu bytes, in pieces of 20", length);
    began = processor_time();
    handle();
    began = processor_time() - began;
    check_handled("lines");
    check_answer("lines", "HTTP/1.1 200 OK", true);
    free(request);
    return began;
}

/* tags: ours */
/* hint: When a piece has come, where does your search for the end begin: at
 * the very first byte, or where the last search ended? */
static void handle_connection_takes_time_in_proportion(void **state)
{
    long shorter;
    long longer;

    (void)state;
    shorter = time_of_lines(1200) + 1;
    longer = time_of_lines(9600);
    /* 8 times the bytes: 8 times the time, not 64 times. */
    assert_row_that(NULL, longer < 16 * shorter + 30000,
                    "8 times the bytes take %ld times as long: the time "
                    "grows with the square of the length",
                    longer / shorter);
}

#if STAGE >= 6
/* hint: How do you compute what is missing? Do you subtract only the new
 * piece, or everything that has come so far? */
static void handle_connection_of_a_large_post(void **state)
{
    static const char head[] = "POST / HTTP/1.1\r\nHost: a\r\n"
                               "Content-Length: 3000000\r\n\r\n";
    size_t length = sizeof head - 1 + 3000000;
    char *request = test_malloc_or_fail(length);

    (void)state;
    memcpy(request, head, sizeof head - 1);
    memset(request + sizeof head - 1, '&', 3000000);
    memcpy(request + length - 4, "&b=9", 4);
    for (size_t step = 1460; step < 200000; step *= 11) {
        open_octets(request, length);
        client.step = step;
        say_place("in pieces of %zu", step);
        handle();
        check_handled("large");
        assert_row_has("large", "what delegate was given", delegate_got,
                       "post:b=9\n");
        check_answer("large", "HTTP/1.1 200 OK", true);
    }
    free(request);
}

/* tags: http, handle_connection */
/* 100 Continue is sent if none of the content has come with the head, but never
 * to HTTP/1.0, and never without content. */
/* hint: When do you send the 100? It is sent once, before you wait for
 * content, and only if the client asked and none of it has come. */
static void handle_connection_continues_when_it_is_waited_for(void **state)
{
    static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";
    static const char ok[] = "HTTP/1.1 200 OK\r\n";
    static const struct {
        const char *request;
        bool continues; /* if the pieces are the head and the content */
    } rows[] = {
        {"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
         "Content-Length: 3\r\n\r\na=1",
         true},
        {"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n"
         "Transfer-Encoding: chunked\r\n\r\n3\r\na=1\r\n0\r\n\r\n",
         true},
        {"POST / HTTP/1.0\r\nExpect: 100-continue\r\n"
         "Content-Length: 3\r\n\r\na=1",
         false},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na=1", false},
        {"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
         "Content-Length: 0\r\n\r\n",
         false},
        {"GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *row = rows[i].request;
        size_t head = (size_t)(strstr(row, "\r\n\r\n") + 4 - row);

        for (size_t cut = 1; cut < strlen(row); cut++) {
            bool continues = rows[i].continues && cut == head;

            open_request(row);
            client.cuts[0] = cut;
            say_place("cut after byte %zu", cut);
            handle();
            check_handled(row);
            assert_row_times(row, "delegate was called", delegate_calls, 1);
            assert_row_bool(row, "that the client got its 100 Continue",
                            strncmp(client.answer, interim, 25) == 0,
                            continues);
            assert_row_that(row,
                            strstr(client.answer, ok) ==
                                client.answer + (continues ? 25 : 0),
                            "what was sent is not a 200 OK of its own: %s",
                            shown_string(client.answer));
        }
    }
}
#endif

#define TEST(test) cmocka_unit_test_setup(test, set_up_delegate)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(handle_connection_gives_delegate_the_request),
        TEST(handle_connection_of_a_request_cut_anywhere),
        TEST(handle_connection_of_a_request_cut_in_three),
        TEST(handle_connection_of_a_request_octet_by_octet),
        TEST(handle_connection_of_a_large_header_section),
        TEST(handle_connection_takes_time_in_proportion),
#if STAGE >= 6
        TEST(handle_connection_of_a_large_post),
        TEST(handle_connection_continues_when_it_is_waited_for),
#endif
    };

    (void)signal(SIGPIPE, SIG_IGN); /* the server does not get it, either */
    return run_all(tests);
}
