/*
 * platform_test.c - what is done in one way on Linux and in another elsewhere
 * does the same.
 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "net/platform.h"

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

/* A client that speaks is accepted as soon as it has; one that has ended its
 * side is, too. */
static void platform_defer_accept_loses_no_client(void **state)
{
    struct sockaddr_in address;
    int listening = listen_somewhere(&address);

    (void)state;
    platform_defer_accept(listening);
    for (int i = 0; i < 3; i++) {
        char octet = '?';
        int client = connect_to(&address);
        int accepted;

        assert_int_equal(send(client, "x", 1, 0), 1);
        assert_int_equal(shutdown(client, i == 0 ? SHUT_WR : SHUT_RD), 0);
        accepted = accept(listening, NULL, NULL);
        assert_int_not_equal(accepted, -1);
        assert_int_equal(recv(accepted, &octet, 1, 0), 1);
        assert_int_equal(octet, 'x');
        assert_int_equal(close(accepted), 0);
        assert_int_equal(close(client), 0);
    }
    assert_int_equal(close(listening), 0);
}

/* Also where it inherits O_NONBLOCK, as on BSDs, which is set here by hand. */
static void platform_make_blocking_of_a_client(void **state)
{
    struct sockaddr_in address;
    int listening = listen_somewhere(&address);
    int client = connect_to(&address);
    int accepted;

    (void)state;
    assert_int_equal(fcntl(listening, F_SETFL, O_NONBLOCK), 0);
    accepted = accept(listening, NULL, NULL);
    assert_int_not_equal(accepted, -1);
#ifdef PORTABLE
    assert_int_equal(fcntl(accepted, F_SETFL, O_NONBLOCK), 0);
#endif
    assert_int_equal(platform_make_blocking(accepted), 0);
    assert_int_equal(fcntl(accepted, F_GETFL) & O_NONBLOCK, 0);
    assert_int_equal(close(accepted), 0);
    assert_int_equal(close(client), 0);
    assert_int_equal(close(listening), 0);
}

/* Where there is no MSG_NOSIGNAL, main_thread_prepare blocks SIGPIPE. */
static void send_flags_of_a_client_that_is_gone(void **state)
{
    static const int flags[] = {SEND_FLAGS, SEND_INTERIM_FLAGS};
    int pair[2];

    (void)state;
#ifdef PORTABLE
    (void)signal(SIGPIPE, SIG_IGN);
#endif
    for (size_t i = 0; i < COUNT(flags); i++) {
        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
        assert_int_equal(close(pair[1]), 0);
        assert_int_equal(send(pair[0], "x", 1, flags[i]), -1);
        assert_int_equal(errno, EPIPE);
        assert_int_equal(close(pair[0]), 0);
    }
}

static void platform_wait_for_signal_gives_its_number(void **state)
{
    sigset_t signals;
    struct timespec began;
    struct timespec ended;

    (void)state;
    (void)signal(SIGINT, SIG_DFL); /* a shell's background ignores it */
    (void)sigemptyset(&signals);
    (void)sigaddset(&signals, SIGTERM);
    (void)sigaddset(&signals, SIGINT);
    child_check(pthread_sigmask(SIG_BLOCK, &signals, NULL) == 0, "blocked");
    (void)clock_gettime(CLOCK_MONOTONIC, &began);
    child_check(platform_wait_for_signal(&signals, 50) == 0, "none comes");
    (void)clock_gettime(CLOCK_MONOTONIC, &ended);
    child_check((ended.tv_sec - began.tv_sec) * 1000000000 + ended.tv_nsec -
                        began.tv_nsec >=
                    50000000,
                "it waits for so long");
    child_check(kill(getpid(), SIGINT) == 0, "signalled");
    child_check(platform_wait_for_signal(&signals, 50) == SIGINT, "it comes");
    child_check(kill(getpid(), SIGTERM) == 0, "signalled");
    child_check(platform_wait_for_signal(&signals, 50) == SIGTERM, "it comes");
    child_check(platform_wait_for_signal(&signals, 1) == 0, "it comes once");
    (void)sigdelset(&signals, SIGINT);
    child_check(kill(getpid(), SIGINT) == 0, "signalled");
    child_check(platform_wait_for_signal(&signals, 1) == 0, "not waited for");
}

static void platform_program_name_is_a_name(void **state)
{
    (void)state;
#ifdef PORTABLE
    assert_string_equal(platform_program_name(), "webserve");
#else
    assert_non_null(strstr(platform_program_name(), "platform_test"));
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(platform_defer_accept_loses_no_client),
        cmocka_unit_test(platform_make_blocking_of_a_client),
        cmocka_unit_test(send_flags_of_a_client_that_is_gone),
        test_in_child(platform_wait_for_signal_gives_its_number),
        cmocka_unit_test(platform_program_name_is_a_name),
    };

    return run_all(tests);
}
