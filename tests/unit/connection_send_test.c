/*
 * connection_send_test.c - sending in pieces, with errors, to a client that is
 * slow or gone, or sends itself.
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

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "connection.h"
#include "limits.h"

static struct connection connection;

static void open_connection(const char *data, size_t length)
{
    stub_open(data, length);
    connection_init(&connection, stub.socket);
}

/* ---- Sending */

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

/* The time for the answer begins with the answer; what was received adds
 * nothing to it. */
static void connection_send_has_a_time_of_its_own(void **state)
{
    static const char data[10 * ALLOWANCE_OCTETS_PER_SECOND];
    struct buffer into;
    uint64_t began;

    (void)state;
    buffer_init(&into);
    open_connection(data, sizeof data);
    while (into.length < sizeof data) {
        assert_int_equal(connection_receive(&connection, &into), VERDICT_DONE);
    }
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

/* ---- Real sockets */

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
        cmocka_unit_test(connection_send_sends_all_in_order),
        cmocka_unit_test(connection_send_of_nothing),
        cmocka_unit_test(connection_send_to_a_client_that_is_gone),
        cmocka_unit_test(connection_send_to_a_client_that_takes_nothing),
        cmocka_unit_test(connection_send_has_a_time_of_its_own),
        cmocka_unit_test(connection_send_to_a_client_that_sends),
        cmocka_unit_test(connection_send_to_a_client_that_has_ended_its_side),
        cmocka_unit_test(connection_send_while_the_client_sends),
        cmocka_unit_test(connection_send_to_a_closed_socket),
    };

#ifdef PORTABLE
    (void)signal(SIGPIPE, SIG_IGN); /* there, turns_start blocks it */
#endif
    return run_all(tests);
}
