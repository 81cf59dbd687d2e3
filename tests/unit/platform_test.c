/*
 * platform_test.c - what is done in one way on Linux and in another elsewhere
 * does the same.
 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "platform.h"

/* Listens on a free port of 127.0.0.1. */
static int listen_somewhere(struct sockaddr_in *address)
{
    socklen_t length = sizeof *address;
    int listening = socket(AF_INET, SOCK_STREAM, 0);

    *address = (struct sockaddr_in){.sin_family = AF_INET};
    address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(
        bind(listening, (struct sockaddr *)address, sizeof *address), 0);
    assert_int_equal(listen(listening, 16), 0);
    assert_int_equal(
        getsockname(listening, (struct sockaddr *)address, &length), 0);
    return listening;
}

static int connect_to(const struct sockaddr_in *address)
{
    int client = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(
        connect(client, (const struct sockaddr *)address, sizeof *address), 0);
    return client;
}

static void platform_accept_gives_socket_and_address(void **state)
{
    struct sockaddr_in address;
    struct sockaddr_in own;
    struct sockaddr_storage seen;
    socklen_t length = sizeof own;
    int listening = listen_somewhere(&address);
    int client = connect_to(&address);
    int accepted = platform_accept(listening, &seen);

    (void)state;
    assert_int_not_equal(accepted, -1);
    assert_int_equal(getsockname(client, (struct sockaddr *)&own, &length), 0);
    assert_int_equal(seen.ss_family, AF_INET);
    assert_int_equal(((struct sockaddr_in *)&seen)->sin_port, own.sin_port);
    assert_int_equal(fcntl(accepted, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    assert_int_equal(close(accepted), 0);
    assert_int_equal(close(client), 0);
    assert_int_equal(close(listening), 0);
}

static void platform_accept_of_no_client(void **state)
{
    struct sockaddr_in address;
    struct sockaddr_storage seen;
    int listening = listen_somewhere(&address);

    (void)state;
    assert_int_equal(fcntl(listening, F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(platform_accept(listening, &seen), -1);
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(close(listening), 0);
    assert_int_equal(platform_accept(listening, &seen), -1);
    assert_int_equal(errno, EBADF);
}

/* A client that speaks is accepted as soon as it has; one that has ended its
 * side is, too. */
static void platform_defer_accept_loses_no_client(void **state)
{
    struct sockaddr_in address;
    struct sockaddr_storage seen;
    int listening = listen_somewhere(&address);

    (void)state;
    platform_defer_accept(listening);
    for (int i = 0; i < 3; i++) {
        char octet = '?';
        int client = connect_to(&address);
        int accepted;

        assert_int_equal(send(client, "x", 1, 0), 1);
        assert_int_equal(shutdown(client, i == 0 ? SHUT_WR : SHUT_RD), 0);
        accepted = platform_accept(listening, &seen);
        assert_int_not_equal(accepted, -1);
        assert_int_equal(recv(accepted, &octet, 1, 0), 1);
        assert_int_equal(octet, 'x');
        assert_int_equal(close(accepted), 0);
        assert_int_equal(close(client), 0);
    }
    assert_int_equal(close(listening), 0);
}

static void platform_receive_does_not_block(void **state)
{
    char data[8];
    int pair[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    platform_prepare(pair[0]);
    assert_int_equal(platform_receive(pair[0], data, sizeof data), -1);
    assert_true(errno == EAGAIN || errno == EWOULDBLOCK);
    assert_int_equal(send(pair[1], "abc", 3, 0), 3);
    assert_int_equal(platform_receive(pair[0], data, 2), 2);
    assert_memory_equal(data, "ab", 2);
    assert_int_equal(platform_receive(pair[0], data, sizeof data), 1);
    assert_int_equal(close(pair[1]), 0);
    assert_int_equal(platform_receive(pair[0], data, sizeof data), 0);
    assert_int_equal(close(pair[0]), 0);
}

static void platform_send_does_not_block(void **state)
{
    enum {
        much = 65536
    };
    char *data = test_malloc_or_fail(much);
    struct iovec parts[] = {{data, much / 2}, {data, much / 2}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    ssize_t sent = 1;
    int calls = 0;
    int pair[2];

    (void)state;
    memset(data, 'x', much);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    platform_prepare(pair[0]);
    while (sent > 0 && calls++ < 1000) {
        sent = platform_send(pair[0], &message, true);
    }
    assert_int_equal(sent, -1);
    assert_true(errno == EAGAIN || errno == EWOULDBLOCK);
    assert_true(calls > 1);
    assert_int_equal(close(pair[0]), 0);
    assert_int_equal(close(pair[1]), 0);
    free(data);
}

/* Where there is no MSG_NOSIGNAL, SIGPIPE is blocked by turns_start. */
static void platform_send_to_a_client_that_is_gone(void **state)
{
    struct iovec part = {"x", 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    int pair[2];

    (void)state;
#ifdef PORTABLE
    (void)signal(SIGPIPE, SIG_IGN);
#endif
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    platform_prepare(pair[0]);
    assert_int_equal(close(pair[1]), 0);
    assert_int_equal(platform_send(pair[0], &message, true), -1);
    assert_int_equal(errno, EPIPE);
    assert_int_equal(close(pair[0]), 0);
}

static void platform_program_name_is_a_name(void **state)
{
    (void)state;
    assert_non_null(platform_program_name());
    assert_true(strlen(platform_program_name()) > 0);
#ifndef PORTABLE
    assert_non_null(strstr(platform_program_name(), "platform_test"));
#endif
}

static void platform_trim_memory_keeps_what_is_in_use(void **state)
{
    char *kept = test_malloc_or_fail(100000);
    char *freed = test_malloc_or_fail(100000);

    (void)state;
    memset(kept, 'x', 100000);
    free(freed);
    platform_trim_memory();
    assert_int_equal(kept[99999], 'x');
    free(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(platform_accept_gives_socket_and_address),
        cmocka_unit_test(platform_accept_of_no_client),
        cmocka_unit_test(platform_defer_accept_loses_no_client),
        cmocka_unit_test(platform_receive_does_not_block),
        cmocka_unit_test(platform_send_does_not_block),
        cmocka_unit_test(platform_send_to_a_client_that_is_gone),
        cmocka_unit_test(platform_program_name_is_a_name),
        cmocka_unit_test(platform_trim_memory_keeps_what_is_in_use),
    };

    return run_all(tests);
}
