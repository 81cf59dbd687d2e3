/*
 * platform_test.c - functions that work in one way on Linux, and in another
 * elsewhere, do the same.
 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "net/platform.h"

/* On BSDs, for example, an accepted socket inherits O_NONBLOCK. */
static void platform_make_blocking_of_a_client(void **state)
{
    int pair[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
#ifdef PORTABLE
    assert_int_equal(fcntl(pair[0], F_SETFL, O_NONBLOCK), 0);
#endif
    assert_int_equal(platform_make_blocking(pair[0]), 0);
    assert_int_equal(fcntl(pair[0], F_GETFL) & O_NONBLOCK, 0);
    assert_int_equal(close(pair[0]) + close(pair[1]), 0);
}

/* If there is no MSG_NOSIGNAL, main_thread_prepare blocks SIGPIPE. */
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
    (void)signal(SIGINT, SIG_DFL); /* a shell's background has it ignored */
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
                "it waits this long");
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
        cmocka_unit_test(platform_make_blocking_of_a_client),
        cmocka_unit_test(send_flags_of_a_client_that_is_gone),
        test_in_child(platform_wait_for_signal_gives_its_number),
        cmocka_unit_test(platform_program_name_is_a_name),
    };

    return run_all(tests);
}
