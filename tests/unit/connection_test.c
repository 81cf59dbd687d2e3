/*
 * connection_test.c - receiving and sending in pieces, with errors, with a
 * client that is slow or gone; draining before the close.
 */
/* link: -Wl,--wrap=recv,--wrap=sendmsg,--wrap=poll,--wrap=shutdown */
/* link: -Wl,--wrap=close,--wrap=write,--wrap=clock_gettime */
#include "net_support.h"

#include <pthread.h>
#include <signal.h>

#include "connection.h"
#include "limits.h"

static struct connection connection;

static void open_connection(const char *data, size_t length)
{
    stub_open(data, length);
    connection_init(&connection, stub.socket);
}

/* ---- Receiving
 * ------------------------------------------------------------------ */

static void connection_receive_appends_what_has_come(void **state)
{
    static const char data[] = "one two\0three";
    struct buffer into;

    (void)state;
    for (size_t step = 1; step < sizeof data; step++) {
        for (size_t waits = 0; waits < 2; waits++) {
            buffer_init(&into);
            buffer_append_string(&into, "zero ");
            open_connection(data, sizeof data);
            stub.step = step;
            stub.waits = waits == 1;
            stub.interrupted = step;
            while (into.length < 5 + sizeof data) {
                size_t before = into.length;

                assert_int_equal(connection_receive(&connection, &into),
                                 VERDICT_DONE);
                assert_in_range(into.length, before + 1, before + step);
            }
            assert_memory_equal(into.data, "zero one two\0three", 19);
            connection_close(&connection, false);
            stub_check("received");
            stub_close();
            buffer_release(&into);
        }
    }
}

/* It asks for more at a time when more is there, so that a large request takes
 * few calls. */
static void connection_receive_of_much(void **state)
{
    enum {
        much = 2000000
    };
    char *data = test_malloc_or_fail(much);
    struct buffer into;

    (void)state;
    memset(data, 'x', much);
    buffer_init(&into);
    open_connection(data, much);
    while (into.length < much) {
        assert_int_equal(connection_receive(&connection, &into), VERDICT_DONE);
    }
    assert_true(stub.receives < 100);
    connection_close(&connection, false);
    stub_check("much");
    stub_close();
    buffer_release(&into);
    free(data);
}

static void connection_receive_at_an_end(void **state)
{
    static const struct {
        enum stub_ending ending;
        enum verdict verdict;
    } rows[] = {
        {STUB_ENDS, VERDICT_END_OF_STREAM},
        {STUB_RESETS, VERDICT_LOST},
        {STUB_IS_SILENT, VERDICT_TIMEOUT},
    };
    struct buffer into;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        buffer_init(&into);
        open_connection("abc", 3);
        stub.ending = rows[i].ending;
        stub.interrupted = 3;
        assert_int_equal(connection_receive(&connection, &into), VERDICT_DONE);
        assert_int_equal(connection_receive(&connection, &into),
                         rows[i].verdict);
        assert_int_equal(into.length, 3);
        connection_close(&connection, false);
        stub_check("end");
        stub_close();
        buffer_release(&into);
    }
}

/* 20 s and a second for each 500 octets, ten minutes at the very most. */
static void connection_receive_in_its_time(void **state)
{
    static const struct {
        size_t octets;
        uint64_t milliseconds;
    } rows[] = {
        {0, ALLOWANCE_MS},           {1, ALLOWANCE_MS},
        {499, ALLOWANCE_MS},         {500, ALLOWANCE_MS + 1000},
        {1999, ALLOWANCE_MS + 3000}, {20000, ALLOWANCE_MS + 40000},
        {400000, ALLOWANCE_MOST_MS},
    };
    static char data[400000];
    struct buffer into;

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t began;

        buffer_init(&into);
        open_connection(data, rows[i].octets);
        began = stub.clock;
        stub.ending = STUB_IS_SILENT;
        while (into.length < rows[i].octets) {
            assert_int_equal(connection_receive(&connection, &into),
                             VERDICT_DONE);
        }
        assert_int_equal(connection_receive(&connection, &into),
                         VERDICT_TIMEOUT);
        assert_int_equal(stub.clock - began, rows[i].milliseconds);
        assert_true(stub.polls < 5);
        connection_close(&connection, false);
        stub_close();
        buffer_release(&into);
    }
}

/* One that sends an octet now and then does not stay for ever. */
static void connection_receive_of_a_trickle(void **state)
{
    static char data[100];
    struct buffer into;
    enum verdict verdict = VERDICT_DONE;
    uint64_t began;

    (void)state;
    buffer_init(&into);
    open_connection(data, sizeof data);
    stub.step = 1;
    stub.waits = true;
    began = stub.clock;
    while (verdict == VERDICT_DONE) {
        stub.clock += 999;
        verdict = connection_receive(&connection, &into);
    }
    assert_int_equal(verdict, VERDICT_TIMEOUT);
    assert_in_range(into.length, 15, 21);
    assert_in_range(stub.clock - began, ALLOWANCE_MS, ALLOWANCE_MS + 1000);
    connection_close(&connection, false);
    stub_close();
    buffer_release(&into);
}

static void connection_receive_without_memory(void **state)
{
    struct buffer into = {.failed = true};

    (void)state;
    open_connection("abc", 3);
    assert_int_equal(connection_receive(&connection, &into), VERDICT_NO_MEMORY);
    connection_close(&connection, false);
    stub_check("no memory");
    stub_close();
}

/* ---- Sending
 * --------------------------------------------------------------------- */

/* Sends "head", nothing, and "content" of many octets; gives what
 * connection_send gave. */
static int send_parts(void)
{
    static char head[] = "head";
    static char content[5000];
    struct iovec parts[] = {
        {head, 4}, {NULL, 0}, {content, sizeof content}, {NULL, 0}};

    memset(content, 'x', sizeof content);
    content[sizeof content - 1] = '\n';
    return connection_send(&connection, parts, COUNT(parts));
}

static void check_sent(void)
{
    assert_int_equal(stub.sent_length, 5004);
    assert_int_equal(connection.sent, 5004);
    assert_memory_equal(stub.sent, "headxxxx", 8);
    assert_int_equal(strspn(stub_sent() + 4, "x"), 4999);
    assert_int_equal(stub.sent[5003], '\n');
}

static void connection_send_sends_all_in_order(void **state)
{
    (void)state;
    for (size_t most = 1; most < 6000; most += 1 + most / 3) {
        for (size_t waits = 0; waits < 2; waits++) {
            open_connection("", 0);
            stub.send_most = most;
            stub.send_waits = waits == 1;
            stub.interrupted = most % 4;
            assert_int_equal(send_parts(), 0);
            check_sent();
            connection_close(&connection, false);
            stub_check("sent");
            stub_close();
        }
    }
}

static void connection_send_of_nothing(void **state)
{
    (void)state;
    open_connection("", 0);
    assert_int_equal(connection_send(&connection, NULL, 0), 0);
    assert_int_equal(connection_send(&connection, &(struct iovec){NULL, 0}, 1),
                     0);
    assert_int_equal(stub.sends, 0);
    connection_close(&connection, false);
    stub_close();
}

static void connection_send_to_a_client_that_is_gone(void **state)
{
    static const int errors[] = {EPIPE, ECONNRESET, ENOTCONN};

    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        for (size_t after = 0; after < 5004; after += 1000) {
            open_connection("", 0);
            stub.send_error = errors[i];
            stub.send_fails_after = after;
            errno = 0;
            assert_int_equal(send_parts(), -1);
            assert_int_equal(errno, errors[i]);
            assert_int_equal(connection.sent, after);
            connection_close(&connection, false);
            stub_close();
        }
    }
}

static void connection_send_to_a_client_that_takes_nothing(void **state)
{
    uint64_t began;

    (void)state;
    open_connection("", 0);
    began = stub.clock;
    stub.send_stalls = true;
    assert_int_equal(send_parts(), -1);
    assert_int_equal(errno, ETIMEDOUT);
    assert_int_equal(stub.clock - began, ALLOWANCE_MS);
    assert_true(stub.polls < 5);
    connection_close(&connection, false);
    stub_close();
}

/* The time for the answer begins with the answer. */
static void connection_send_has_a_time_of_its_own(void **state)
{
    struct buffer into;
    uint64_t began;

    (void)state;
    buffer_init(&into);
    open_connection("abc", 3);
    assert_int_equal(connection_receive(&connection, &into), VERDICT_DONE);
    stub.clock += ALLOWANCE_MS - 1;
    began = stub.clock;
    stub.send_stalls = true;
    assert_int_equal(send_parts(), -1);
    assert_int_equal(stub.clock - began, ALLOWANCE_MS);
    connection_close(&connection, false);
    stub_close();
    buffer_release(&into);
}

/* A client that sends and takes nothing until it has sent all: neither waits
 * for the other. What it sends is dropped; it may end its side. */
static void connection_send_to_a_client_that_sends(void **state)
{
    static char data[100000];

    (void)state;
    for (size_t ends = 0; ends < 2; ends++) {
        open_connection(data, sizeof data);
        stub.reads_to_send = true;
        stub.ending = ends == 0 ? STUB_IS_SILENT : STUB_ENDS;
        stub.waits = true;
        assert_int_equal(send_parts(), 0);
        check_sent();
        connection_close(&connection, false);
        stub_close();
    }
}

/* One that has ended its side and takes its answer slowly: that its end can be
 * read again and again makes no loop. */
static void connection_send_to_a_client_that_has_ended_its_side(void **state)
{
    (void)state;
    open_connection("", 0);
    stub.ending = STUB_ENDS;
    stub.send_stalls = true;
    assert_int_equal(send_parts(), -1);
    assert_int_equal(errno, ETIMEDOUT);
    assert_true(stub.polls < 5);
    connection_close(&connection, false);
    stub_close();
}

/* ---- Closing
 * ---------------------------------------------------------------------- */

static void connection_close_without_draining(void **state)
{
    (void)state;
    open_connection("unread", 6);
    connection_close(&connection, false);
    stub_check("closed");
    assert_int_equal(stub.receives, 0);
    assert_int_equal(stub.shutdowns, 0);
    assert_int_equal(connection.socket, -1);
    stub_close();
}

static void connection_close_drains_to_the_end(void **state)
{
    static char data[300000];
    static const enum stub_ending endings[] = {STUB_ENDS, STUB_RESETS};

    (void)state;
    for (size_t i = 0; i < COUNT(endings); i++) {
        open_connection(data, sizeof data);
        stub.ending = endings[i];
        stub.step = 1460;
        stub.waits = true;
        stub.interrupted = 5;
        connection_close(&connection, true);
        stub_check("drained");
        assert_int_equal(stub.given, sizeof data);
        assert_int_equal(stub.shutdowns, 1);
        stub_close();
    }
}

static void connection_close_drains_until_silence(void **state)
{
    uint64_t began;

    (void)state;
    open_connection("unread", 6);
    stub.ending = STUB_IS_SILENT;
    began = stub.clock;
    connection_close(&connection, true);
    stub_check("drained");
    assert_int_equal(stub.given, 6);
    assert_int_equal(stub.clock - began, DRAIN_SILENCE_MS);
    stub_close();
}

/* A client that sends an octet at a time, with nearly as much silence between
 * as there may be. */
static void connection_close_drains_for_a_limited_time(void **state)
{
    static char data[1000];
    uint64_t began;

    (void)state;
    open_connection(data, sizeof data);
    stub.ending = STUB_ENDS;
    stub.step = 1;
    stub.waits = true;
    stub.wait_takes = DRAIN_SILENCE_MS - 100;
    began = stub.clock;
    connection_close(&connection, true);
    stub_check("drained");
    assert_in_range(stub.clock - began, DRAIN_MOST_MS - DRAIN_SILENCE_MS,
                    DRAIN_MOST_MS);
    stub_close();
}

static void connection_close_drains_a_limited_number_of_octets(void **state)
{
    size_t much = (size_t)DRAIN_OCTETS_MOST + 1000000;

    (void)state;
    open_connection(NULL, much); /* the octets do not matter */
    stub.ending = STUB_ENDS;
    connection_close(&connection, true);
    stub_check("drained");
    assert_in_range(stub.given, DRAIN_OCTETS_MOST, DRAIN_OCTETS_MOST + 65536);
    stub_close();
}

/* ---- Real sockets
 * ------------------------------------------------------------------ */

static void *send_and_then_receive(void *argument)
{
    static char data[1 << 20];
    int client = *(int *)argument;
    size_t sent = 0;
    size_t received = 0;
    ssize_t octets = 1;

    while (sent < sizeof data && octets > 0) {
        octets = send(client, data, sizeof data - sent, 0);
        sent += octets > 0 ? (size_t)octets : 0;
    }
    while (octets > 0) {
        octets = recv(client, data, sizeof data, 0);
        received += octets > 0 ? (size_t)octets : 0;
    }
    (void)shutdown(client, SHUT_WR); /* nobody waits for more of it */
    return received == 4 * sizeof data ? argument : NULL;
}

/* Both send more than the kernel holds before either receives. */
static void connection_send_while_the_client_sends(void **state)
{
    enum {
        much = 4 << 20
    };
    char *data = test_malloc_or_fail(much);
    struct iovec part = {data, much};
    void *result = NULL;
    pthread_t client;
    int pair[2];

    (void)state;
    memset(data, 'x', much);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(
        pthread_create(&client, NULL, send_and_then_receive, &pair[1]), 0);
    connection_init(&connection, pair[0]);
    assert_int_equal(connection_send(&connection, &part, 1), 0);
    assert_int_equal(connection.sent, much);
    connection_close(&connection, true);
    assert_int_equal(fcntl(pair[0], F_GETFD), -1);
    assert_int_equal(pthread_join(client, &result), 0);
    assert_non_null(result);
    assert_int_equal(close(pair[1]), 0);
    free(data);
}

/* No SIGPIPE. */
static void connection_send_to_a_closed_socket(void **state)
{
    int pair[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(close(pair[1]), 0);
    connection_init(&connection, pair[0]);
    assert_int_equal(send_parts(), -1);
    assert_int_equal(errno, EPIPE);
    connection_close(&connection, true);
    assert_int_equal(fcntl(pair[0], F_GETFD), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connection_receive_appends_what_has_come),
        cmocka_unit_test(connection_receive_of_much),
        cmocka_unit_test(connection_receive_at_an_end),
        cmocka_unit_test(connection_receive_in_its_time),
        cmocka_unit_test(connection_receive_of_a_trickle),
        cmocka_unit_test(connection_receive_without_memory),
        cmocka_unit_test(connection_send_sends_all_in_order),
        cmocka_unit_test(connection_send_of_nothing),
        cmocka_unit_test(connection_send_to_a_client_that_is_gone),
        cmocka_unit_test(connection_send_to_a_client_that_takes_nothing),
        cmocka_unit_test(connection_send_has_a_time_of_its_own),
        cmocka_unit_test(connection_send_to_a_client_that_sends),
        cmocka_unit_test(connection_send_to_a_client_that_has_ended_its_side),
        cmocka_unit_test(connection_close_without_draining),
        cmocka_unit_test(connection_close_drains_to_the_end),
        cmocka_unit_test(connection_close_drains_until_silence),
        cmocka_unit_test(connection_close_drains_for_a_limited_time),
        cmocka_unit_test(connection_close_drains_a_limited_number_of_octets),
        cmocka_unit_test(connection_send_while_the_client_sends),
        cmocka_unit_test(connection_send_to_a_closed_socket),
    };

#ifdef PORTABLE
    (void)signal(SIGPIPE, SIG_IGN); /* there, turns_start blocks it */
#endif
    return cmocka_run_group_tests(tests, NULL, NULL);
}
