/*
 * connection_receive_test.c - receiving in pieces, with errors, from a client
 * that is slow or gone; draining before the close.
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
#include "support_stub.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connection.h"
#include "limits.h"

static struct connection connection;

static void open_connection(const char *data, size_t length)
{
    stub_open(data, length);
    connection_init(&connection, stub.socket);
}

/* ---- Receiving */

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

/* 10,000 clients that have sent a little each are held in little memory; a
 * buffer that is used again asks for as much as one that grows. */
static void connection_receive_keeps_room_in_proportion(void **state)
{
    struct buffer into;

    (void)state;
    buffer_init(&into);
    open_connection(NULL, 600000); /* the octets do not matter */
    stub.step = 100;
    for (size_t piece = 1; piece <= 10; piece++) {
        assert_int_equal(connection_receive(&connection, &into), VERDICT_DONE);
    }
    assert_in_range(into.capacity, 1000, 1024);
    stub.step = 0;
    for (size_t piece = 1; piece <= 8; piece++) {
        into.length = 0;
        assert_int_equal(connection_receive(&connection, &into), VERDICT_DONE);
    }
    assert_in_range(into.length, 65536, 131072);
    connection_close(&connection, false);
    stub_check("room");
    stub_close();
    buffer_release(&into);
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

/* ---- Closing */

static void connection_close_without_draining(void **state)
{
    (void)state;
    open_connection("unread", 6);
    connection_close(&connection, false);
    stub_check("closed");
    assert_int_equal(stub.receives, 0);
    assert_int_equal(stub.shutdowns, 1); /* what is unsent is not dropped */
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

/* Receives a request from a real client, answers it so many milliseconds later,
 * and tells whether the client is known to have said more since. */
static bool has_more_behind(size_t request, uint64_t milliseconds, bool more)
{
    static char octets[2048];
    struct iovec answer = {.iov_base = octets, .iov_len = 1};
    struct buffer into;
    int sockets[2];
    bool has_more;

    buffer_init(&into);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
    assert_int_equal(write(sockets[1], octets, request), request);
    connection_init(&connection, sockets[0]);
    assert_int_equal(connection_receive(&connection, &into), VERDICT_DONE);
    connection.began -= milliseconds;
    if (more) {
        assert_int_equal(write(sockets[1], octets, 1), 1);
    }
    assert_int_equal(connection_send(&connection, &answer, 1), 0);
    has_more = connection_has_more(&connection);
    connection_close(&connection, false);
    assert_int_equal(close(sockets[1]), 0);
    buffer_release(&into);
    return has_more;
}

static void connection_has_more_once_it_may(void **state)
{
    (void)state;
    assert_true(has_more_behind(10, 5, true));
    assert_false(has_more_behind(10, 5, false));
    assert_true(has_more_behind(2048, 0, false));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connection_receive_appends_what_has_come),
        cmocka_unit_test(connection_receive_of_much),
        cmocka_unit_test(connection_receive_keeps_room_in_proportion),
        cmocka_unit_test(connection_receive_at_an_end),
        cmocka_unit_test(connection_receive_in_its_time),
        cmocka_unit_test(connection_receive_of_a_trickle),
        cmocka_unit_test(connection_receive_without_memory),
        cmocka_unit_test(connection_has_more_once_it_may),
        cmocka_unit_test(connection_close_without_draining),
        cmocka_unit_test(connection_close_drains_to_the_end),
        cmocka_unit_test(connection_close_drains_until_silence),
        cmocka_unit_test(connection_close_drains_for_a_limited_time),
        cmocka_unit_test(connection_close_drains_a_limited_number_of_octets),
    };

#ifdef PORTABLE
    (void)signal(SIGPIPE, SIG_IGN); /* there, turns_start blocks it */
#endif
    return run_all(tests);
}
