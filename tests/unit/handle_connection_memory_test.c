/*
 * handle_connection_memory_test.c - the memory that a client makes the server
 * hold. It is counted before each wait, there is room for all of it before
 * delegate is called, and it is in proportion to what the client sent. That is
 * how our design counts: a solution that counts in another way is just as good.
 */
/* stages: 3 4 5 6 */
/* tags: ours */
/* hint: Between which two waits do you allocate the memory, and is it
 * counted before the second one? */
/* link: -Wl,--wrap=free,--wrap=recv,--wrap=send */
#include "support_delegate.h"

#include <malloc.h>
#include <stdio.h>

#include "net/budget.h"
#include "net/limits.h"

#if STAGE >= 6
static char much_content[300000] = "\r\na=";
#endif

/* A request: a beginning, something that is repeated, and an end. */
static const struct costly {
    const char *start, *repeated, *end;
    size_t most; /* bytes of what is repeated */
} requests[] = {
    {"GET / HTTP/1.1\r\nHost: a\r\n", "a:\r\n", "\r\n", 1000000},
    {"GET / HTTP/1.1\r\nHost: a\r\nX: ", "x", "\r\n\r\n", 1000000},
    {"GET /", "\"", " HTTP/1.1\r\nHost: a\r\n\r\n", 60000},
    {"GET /", "\x80", " HTTP/1.1\r\nHost: a\r\n\r\n", 60000},
    {"GET /?", "&a", " HTTP/1.1\r\nHost: a\r\n\r\n", 60000},
    {"GET /?", "&\"", " HTTP/1.1\r\nHost: a\r\n\r\n", 60000},
    {"GET /?", "%22", " HTTP/1.1\r\nHost: a\r\n\r\n", 60000},
#if STAGE >= 6
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n", "a:\r\n",
     "\r\na=", 1000000},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 299997\r\n", "a:\r\n",
     much_content, 1000000},
    {"POST /", "\"",
     " HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na=", 60000},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n", "&a", "",
     400000},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n", "&\"", "",
     400000},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n", "\"", "",
     400000},
    {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n", "a&%22=", "",
     400000},
    {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
     "2\r\n&\"\r\n", "0\r\n\r\n", 400000},
#endif
};

static char request[1300256];

/* Makes the request, with this many bytes of what is repeated. Returns its
 * length. */
static size_t make(const struct costly *costly, size_t repeated)
{
    size_t one = strlen(costly->repeated);
    size_t times = repeated / one;
    char *end = request + sprintf(request, costly->start, times * one);

    for (size_t i = 0; i < times; i++, end += one) {
        memcpy(end, costly->repeated, one);
    }
    memcpy(end, costly->end, strlen(costly->end));
    return (size_t)(end - request) + strlen(costly->end);
}

/* What may be held without being counted, in addition to HELD_FREELY: the head
 * of an answer, with a short page. */
static const size_t little = 9216;

STANDS_IN_FOR(ssize_t, recv, int socket, void *data, size_t length, int flags);
STANDS_IN_FOR(ssize_t, send, int socket, const void *data, size_t length,
              int flags);

static void (*on_call)(void); /* of the server's own thread, or NULL */
static size_t received;       /* bytes */

ssize_t __wrap_recv(int socket, void *data, size_t length, int flags)
{
    ssize_t count;

    if (on_call == NULL || !in_server_thread()) {
        return __real_recv(socket, data, length, flags);
    }
    on_call();
    count = __real_recv(socket, data, length, flags);
    received += count > 0 ? (size_t)count : 0;
    return count;
}

ssize_t __wrap_send(int socket, const void *data, size_t length, int flags)
{
    if (on_call != NULL && in_server_thread()) {
        on_call();
    }
    return __real_send(socket, data, length, flags);
}

static size_t uncounted; /* the most, at any call that may wait */
static uint64_t others;  /* bytes that other clients hold */
static bool others_grow; /* before the last piece, they take all the rest */

static void look(void)
{
    uint64_t counted = budget_held() - others;
    size_t known = (size_t)(counted > 0 ? counted : HELD_FREELY);

    if (memory_held() > known + uncounted) {
        uncounted = memory_held() - known;
    }
    if (others_grow && received == client.cuts[0]) {
        assert_int_equal(budget_hold(&others, MEMORY_BUDGET - counted), 0);
    }
}

/* Handles such a request, with the stage's own delegate. Returns its length. */
static size_t handle_costly(const struct costly *costly, size_t repeated)
{
    size_t length = make(costly, repeated);

    delegate_answers = NULL;
    open_octets(request, length);
    client.cuts[0] = length - 2;
    on_call = look;
    received = 0;
    uncounted = 0;
    memory_count();
    say_place("%zu bytes like that", repeated);
    handle();
    check_handled(costly->start);
    assert_row(costly->start, "the number of bytes that are held in the end",
               memory_held(), 0);
    assert_row(costly->start, "the number of those that are still counted",
               budget_held() - others, 0);
    return length;
}

static bool is_answered(const char *code)
{
    return strncmp(client.answer + strlen("HTTP/1.1 "), code, 3) == 0;
}

static void check_costly(const struct costly *costly, size_t repeated,
                         size_t fixed)
{
    size_t length = handle_costly(costly, repeated);

    assert_row_that(costly->start, is_answered("200"),
                    "the answer is not a 200");
    assert_row_that(costly->start, uncounted <= little,
                    "%zu bytes were not counted when it waited", uncounted);
    assert_row_that(
        costly->start, memory_peak() <= fixed + HELD_PER_BYTE_MOST * length,
        "%zu bytes were held, for %zu that came", memory_peak(), length);
}

static void
handle_connection_counts_what_it_holds_and_holds_little(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(requests); i++) {
        size_t fixed;

        (void)handle_costly(&requests[i], 0);
        fixed = memory_peak();
        for (size_t k = 1000; k < requests[i].most; k += k / 2) {
            check_costly(&requests[i], k, fixed);
        }
    }
}

/* Checks that delegate is called only if there is room for what it will add.
 * True if it was called. */
static bool has_room(const struct costly *costly, size_t repeated,
                     uint64_t room)
{
    bool answered;

    assert_int_equal(budget_hold(&others, MEMORY_BUDGET - room), 0);
    (void)handle_costly(costly, repeated);
    answered = is_answered("200");
    assert_row_that(costly->start, answered || is_answered("503"),
                    "the answer is neither 200 nor 503");
    assert_row_times(costly->start, "delegate was called", delegate_calls,
                     answered);
    assert_row_that(costly->start, memory_peak() <= room + HELD_FREELY + little,
                    "%zu bytes were held, with room for %zu", memory_peak(),
                    (size_t)room);
    assert_int_equal(budget_hold(&others, 0), 0);
    return answered;
}

static void handle_connection_over_budget(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(requests); i++) {
        for (size_t k = 15000; k < 60000; k *= 2) {
            for (uint64_t room = 30000; !has_room(&requests[i], k, room);) {
                room += room / 4;
            }
            others_grow = true;
            (void)has_room(&requests[i], k, MEMORY_BUDGET);
            others_grow = false;
        }
    }
}

#if STAGE >= 6
/* The final answer is already decided, so no 100 comes before it (RFC 9110,
 * section 10.1.1). */
static void handle_connection_over_budget_sends_no_100(void **state)
{
    static const char post[] = "POST / HTTP/1.1\r\nHost: a\r\nExpect: "
                               "100-continue\r\nContent-Length: 10\r\n\r\n";

    (void)state;
    assert_int_equal(budget_hold(&others, MEMORY_BUDGET - 100), 0);
    open_request(post);
    client.ending = CLIENT_ENDS;
    handle();
    assert_row_that(post, is_answered("503"), "the answer is not a 503");
}

/* A 413 needs no memory for the query. */
static void handle_connection_of_too_much_content_over_budget(void **state)
{
    static const char end[] =
        " HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n";
    char *out = request + sprintf(request, "POST /?");

    (void)state;
    for (int i = 0; i < 8000; i++) {
        out += sprintf(out, "&a");
    }
    memcpy(out, end, sizeof end);
    assert_int_equal(budget_hold(&others, MEMORY_BUDGET - 420000), 0);
    open_request(request);
    client.ending = CLIENT_ENDS;
    handle();
    assert_row_that("POST /?&a&a...", is_answered("413"),
                    "the answer is not a 413");
}
#endif

static size_t held_most;

static void note_held(void)
{
    held_most = memory_held() > held_most ? memory_held() : held_most;
}

/* So ten thousand clients that have sent half of a request take little memory.
 */
static void handle_connection_holds_little_of_half_a_request(void **state)
{
    (void)state;
    memset(request, 'x', 1000);
    memcpy(request, "GET / HTTP/1.1\r\nX: ", 19);
    open_octets(request, 1000);
    client.step = 10;
    client.ending = CLIENT_ENDS;
    on_call = note_held;
    memory_count();
    handle();
    assert_int_in_range(held_most, 1000, 2048);
}

/* Only the page is so large that all threads wait for its memory at one lock
 * (docs/performance.md). */
static void handle_connection_takes_large_memory_once(void **state)
{
    (void)state;
    delegate_answers = NULL;
    open_request("GET /a?b=c HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n");
    memory_count();
    handle();
    assert_row_that("GET /a?b=c", is_answered("200"),
                    "the answer is not a 200");
    assert_int_equal(memory_large(), 1);
}

static int set_up(void **state)
{
#if STAGE >= 6
    memset(much_content + 4, 'a', sizeof much_content - 5);
#endif
    others_grow = false;
    on_call = NULL;
    (void)budget_hold(&others, 0);
    return set_up_delegate(state);
}

#define TEST(test) cmocka_unit_test_setup(test, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(handle_connection_counts_what_it_holds_and_holds_little),
        TEST(handle_connection_over_budget),
        TEST(handle_connection_holds_little_of_half_a_request),
        TEST(handle_connection_takes_large_memory_once),
#if STAGE >= 6
        TEST(handle_connection_over_budget_sends_no_100),
        TEST(handle_connection_of_too_much_content_over_budget),
#endif
    };

#ifdef M_MMAP_MAX
    /* Don't take memory in whole pages: they are rounded up, and that would be
     * counted, too. */
    (void)mallopt(M_MMAP_MAX, 0);
#endif
    return run_all(tests);
}
