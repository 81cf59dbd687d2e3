/*
 * stub_test.c - the stub of support_stub.h behaves as a socket does: what a
 * call gives, and how long it waits by the stub's clock.
 */
#include "support_stub.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "net/deadlines.h"
#include "net/limits.h"

static uint64_t began; /* by the stub's clock */

static int forget(void **state)
{
    (void)state;
    stub_forget();
    return 0;
}

/* A client that sends "abcdef" in two pieces, each after a second. */
static void open_slow_client(void)
{
    stub_open("abcdef", 6);
    stub.cuts[0] = 4;
    stub.waits = true;
    stub.wait_takes = 1000;
    began = stub.clock;
}

static void set_time(int option, long milliseconds)
{
    struct timeval time = {.tv_sec = milliseconds / 1000,
                           .tv_usec = milliseconds % 1000 * 1000};

    assert_int_equal(
        setsockopt(stub.socket, SOL_SOCKET, option, &time, sizeof time), 0);
}

/* It has given so many octets, after so long by its clock; then it closes. */
static void end(size_t given, uint64_t milliseconds)
{
    assert_int_equal(stub.given, given);
    assert_int_equal(stub.clock - began, milliseconds);
    assert_int_equal(close(stub.socket), 0);
    stub_close();
}

/* ---- Receiving ---- */

static ssize_t by_read(char *data, size_t length)
{
    return read(stub.socket, data, length);
}

static ssize_t by_recv(char *data, size_t length)
{
    return recv(stub.socket, data, length, 0);
}

static ssize_t by_recvfrom(char *data, size_t length)
{
    struct sockaddr_storage address;
    socklen_t address_length = sizeof address;

    return recvfrom(stub.socket, data, length, 0, (struct sockaddr *)&address,
                    &address_length);
}

static ssize_t by_readv(char *data, size_t length)
{
    struct iovec parts[3] = {{data, 1}, {NULL, 0}, {data + 1, length - 1}};

    return readv(stub.socket, parts, 3);
}

static ssize_t by_recvmsg(char *data, size_t length)
{
    struct iovec parts[2] = {{data, 2}, {data + 2, length - 2}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

    return recvmsg(stub.socket, &message, 0);
}

static ssize_t (*const receivers[])(char *data, size_t length) = {
    by_read, by_recv, by_recvfrom, by_readv, by_recvmsg};

static void stub_waits_where_a_socket_blocks(void **state)
{
    char data[100];

    (void)state;
    for (size_t i = 0; i < COUNT(receivers); i++) {
        open_slow_client();
        stub.ending = STUB_ENDS;
        assert_int_equal(receivers[i](data, sizeof data), 4);
        assert_memory_equal(data, "abcd", 4);
        assert_int_equal(receivers[i](data, sizeof data), 2);
        assert_memory_equal(data, "ef", 2);
        assert_int_equal(receivers[i](data, sizeof data), 0);
        end(6, 2000);
    }
}

static void stub_waits_for_no_longer_than_the_socket_is_told(void **state)
{
    char data[100];

    (void)state;
    for (size_t i = 0; i < COUNT(receivers); i++) {
        open_slow_client();
        set_time(SO_RCVTIMEO, 300);
        errno = 0;
        assert_int_equal(receivers[i](data, sizeof data), -1);
        assert_int_equal(errno, EAGAIN);
        end(0, 300);
    }
}

static void stub_does_not_wait_where_a_socket_does_not(void **state)
{
    char data[100];
    int yes = 1;

    (void)state;
    open_slow_client();
    assert_int_equal(recv(stub.socket, data, sizeof data, MSG_DONTWAIT), -1);
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(ioctl(stub.socket, FIONBIO, &yes), 0);
    for (size_t i = 0; i < COUNT(receivers); i++) {
        errno = 0;
        assert_int_equal(receivers[i](data, sizeof data), -1);
        assert_int_equal(errno, EAGAIN);
    }
    end(0, 0);
    open_slow_client();
    assert_int_equal(fcntl(stub.socket, F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(read(stub.socket, data, sizeof data), -1);
    assert_int_equal(usleep(1000000), 0);
    assert_int_equal(read(stub.socket, data, sizeof data), 4);
    end(4, 1000);
}

static void stub_knows_the_flags_of_recv(void **state)
{
    char data[100];

    (void)state;
    open_slow_client();
    assert_int_equal(recv(stub.socket, data, 3, MSG_PEEK), 3);
    assert_int_equal(recv(stub.socket, data, 3, MSG_PEEK), 3);
    assert_memory_equal(data, "abc", 3);
    assert_int_equal(recv(stub.socket, data, 6, MSG_WAITALL), 6);
    assert_memory_equal(data, "abcdef", 6);
    end(6, 2000);
    open_slow_client();
    set_time(SO_RCVTIMEO, 1500);
    stub.ending = STUB_IS_SILENT;
    assert_int_equal(recv(stub.socket, data, 7, MSG_WAITALL), 6);
    end(6, 3500);
}

/* ---- Waiting ---- */

static bool by_poll(int milliseconds)
{
    struct pollfd client = {.fd = stub.socket, .events = POLLIN};

    return poll(&client, 1, milliseconds) == 1 && client.revents == POLLIN;
}

/* Beside another descriptor, which is never ready. */
static bool by_ppoll(int milliseconds)
{
    struct pollfd both[2] = {{.fd = stub.peer, .events = POLLIN},
                             {.fd = stub.socket, .events = POLLIN}};
    struct timespec time = {.tv_sec = milliseconds / 1000,
                            .tv_nsec = milliseconds % 1000 * 1000000L};

    return ppoll(both, 2, &time, NULL) == 1 && both[0].revents == 0 &&
           both[1].revents == POLLIN;
}

static bool by_select(int milliseconds)
{
    struct timeval time = {.tv_sec = milliseconds / 1000,
                           .tv_usec = milliseconds % 1000 * 1000L};
    uint64_t before = stub.clock;
    fd_set in;
    int ready;

    FD_ZERO(&in);
    FD_SET(stub.socket, &in);
    FD_SET(stub.peer, &in);
    ready = select((stub.socket > stub.peer ? stub.socket : stub.peer) + 1, &in,
                   NULL, NULL, &time);
    assert_int_equal(time.tv_sec * 1000 + time.tv_usec / 1000,
                     (uint64_t)milliseconds - (stub.clock - before));
    return ready == 1 && FD_ISSET(stub.socket, &in) &&
           !FD_ISSET(stub.peer, &in);
}

static bool by_pselect(int milliseconds)
{
    struct timespec time = {.tv_sec = milliseconds / 1000,
                            .tv_nsec = milliseconds % 1000 * 1000000L};
    fd_set in;

    FD_ZERO(&in);
    FD_SET(stub.socket, &in);
    return pselect(stub.socket + 1, &in, NULL, NULL, &time, NULL) == 1;
}

static void stub_tells_when_something_has_come(void **state)
{
    static bool (*const waits[])(int) = {by_poll, by_ppoll, by_select,
                                         by_pselect};
    char data[100];

    (void)state;
    for (size_t i = 0; i < COUNT(waits); i++) {
        open_slow_client();
        assert_false(waits[i](0));
        assert_false(waits[i](999));
        assert_true(waits[i](1));
        assert_true(waits[i](0));
        assert_int_equal(read(stub.socket, data, 3), 3);
        assert_true(waits[i](0));
        assert_int_equal(read(stub.socket, data, 3), 1);
        assert_false(waits[i](0));
        end(4, 1000);
    }
}

static void stub_tells_the_time(void **state)
{
    struct timespec monotonic[2];
    time_t dates[2];

    (void)state;
    open_slow_client();
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &monotonic[0]), 0);
    dates[0] = time(NULL);
    assert_int_equal(sleep(7), 0);
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &monotonic[1]), 0);
    dates[1] = time(NULL);
    assert_int_equal(monotonic[1].tv_sec - monotonic[0].tv_sec, 7);
    assert_int_equal(dates[1] - dates[0], 7);
    end(0, 7000);
}

/* ---- Sending ---- */

static void stub_keeps_what_is_sent(void **state)
{
    char text[] = "writev";
    struct iovec parts[2] = {{text, 5}, {text + 5, 1}};
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    FILE *out;

    (void)state;
    open_slow_client();
    assert_int_equal(write(stub.socket, "write ", 6), 6);
    assert_int_equal(send(stub.socket, "send ", 5, MSG_NOSIGNAL), 5);
    assert_int_equal(sendto(stub.socket, "sendto ", 7, 0, NULL, 0), 7);
    assert_int_equal(writev(stub.socket, parts, 2), 6);
    assert_int_equal(sendmsg(stub.socket, &message, 0), 6);
    assert_int_equal(dprintf(stub.socket, " %d", 12), 3);
    out = fdopen(dup(stub.socket), "w");
    stub.send_most = 2; /* stdio goes on by itself */
    assert_int_equal(fprintf(out, " stdio"), 6);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(stub_sent(), "write send sendto writevwritev 12 stdio");
    end(0, 0);
    assert_int_equal(stub.closes, 2);
}

static void stub_reads_by_stdio(void **state)
{
    char line[10];
    FILE *in;

    (void)state;
    stub_open("one\ntwo", 7);
    stub.step = 2;
    stub.ending = STUB_ENDS;
    in = fdopen(stub.socket, "r");
    assert_int_equal(fileno(in), stub.socket);
    assert_non_null(fgets(line, sizeof line, in));
    assert_string_equal(line, "one\n");
    assert_non_null(fgets(line, sizeof line, in));
    assert_string_equal(line, "two");
    assert_int_equal(fgetc(in), EOF);
    assert_int_equal(fclose(in), 0);
    stub_check("stdio");
    stub_close();
}

static void stub_sends_for_no_longer_than_the_socket_is_told(void **state)
{
    (void)state;
    open_slow_client();
    stub.send_stalls = true;
    set_time(SO_SNDTIMEO, 500);
    assert_int_equal(write(stub.socket, "x", 1), -1);
    assert_int_equal(errno, EAGAIN);
    end(0, 500);
}

/* A call that the client does not end is interrupted when the time is up. */
static void stub_is_interrupted_when_the_time_is_up(void **state)
{
    static const size_t takes[] = {0, 3};
    struct pollfd client = {.events = POLLIN};
    static struct deadline deadline;
    char data[100];

    (void)state;
    for (size_t i = 0; i < COUNT(receivers) + 1; i++) {
        open_slow_client();
        stub.wait_takes = ALLOWANCE_MS * 3 / 4;
        client.fd = stub.socket;
        deadline_begin(&deadline);
        deadline_wait(&deadline);
        assert_int_equal(recv(stub.socket, data, sizeof data, 0), 4);
        errno = 0;
        assert_int_equal(i < COUNT(receivers) ? receivers[i](data, sizeof data)
                                              : poll(&client, 1, -1),
                         -1);
        assert_int_equal(errno, EINTR);
        end(4, ALLOWANCE_MS);
        deadline_end(&deadline);
    }
    for (size_t i = 0; i < COUNT(takes); i++) {
        open_slow_client();
        stub.send_stalls = takes[i] == 0;
        stub.takes_slowly = takes[i];
        deadline_begin(&deadline);
        deadline_wait(&deadline);
        errno = 0;
        assert_int_equal(write(stub.socket, stub.sent, sizeof stub.sent),
                         takes[i] == 0 ? -1 : 3 * ALLOWANCE_MS / STUB_STEP_MS);
        assert_int_equal(errno, EINTR);
        end(0, ALLOWANCE_MS);
        deadline_end(&deadline);
    }
}

/* What is written to standard error by stdio is the log's. */
static void stub_keeps_the_log(void **state)
{
    (void)state;
    open_slow_client();
    assert_int_equal(write(STDERR_FILENO, "a\n", 2), 2);
    stub_listen();
    (void)fprintf(stderr, "b %d\n", 1);
    stub_speak();
#ifdef __GLIBC__
    assert_string_equal(stub.log, "a\nb 1\n");
    assert_int_equal(stub.writes, 2);
#endif
    end(0, 0);
}

/* ---- The end of the request ---- */

static void stub_allows_a_look_behind_the_request(void **state)
{
    char data[100];

    (void)state;
    stub_open("abc", 3);
    assert_int_equal(read(stub.socket, data, sizeof data), 3);
    assert_int_equal(recv(stub.socket, data, 1, MSG_PEEK | MSG_DONTWAIT), -1);
    assert_int_equal(errno, EAGAIN);
    assert_false(by_poll(0));
    assert_false(stub.asked_too_much);
    assert_true(by_poll(1));
    assert_true(stub.asked_too_much);
    assert_int_equal(read(stub.socket, data, sizeof data), -1);
    assert_int_equal(close(stub.socket), 0);
    stub_close();
}

static void stub_ends_its_side_behind_an_answer(void **state)
{
    char data[100];

    (void)state;
    stub_open("abc", 3);
    stub.leaves_when_answered = true;
    assert_int_equal(read(stub.socket, data, sizeof data), 3);
    assert_int_equal(shutdown(stub.socket, SHUT_WR), 0);
    assert_int_equal(send(stub.socket, "x", 1, MSG_NOSIGNAL), -1);
    assert_int_equal(errno, EPIPE);
    assert_int_equal(read(stub.socket, data, sizeof data), 0);
    assert_int_equal(close(stub.socket), 0);
    stub_check("linger");
    stub_close();
}

/* ---- Waits without an end ---- */

/* Each of these is a test that fails. */

static void open_silent_client(void)
{
    stub_open("", 0);
    stub.ending = STUB_IS_SILENT;
    stub.send_stalls = true;
}

static void wait_for_ever_by_read(void **state)
{
    char octet;

    (void)state;
    open_silent_client();
    (void)!read(stub.socket, &octet, 1);
}

static void wait_for_ever_by_poll(void **state)
{
    struct pollfd client = {.events = POLLIN};

    (void)state;
    open_silent_client();
    client.fd = stub.socket;
    (void)poll(&client, 1, -1);
}

static void wait_for_ever_by_write(void **state)
{
    (void)state;
    open_silent_client();
    (void)!write(stub.socket, "x", 1);
}

static void loop_for_ever(void **state)
{
    char octet;

    (void)state;
    open_silent_client();
    while (recv(stub.socket, &octet, 1, MSG_DONTWAIT) == -1) {
        continue;
    }
}

static void wait_again_and_again(void **state)
{
    (void)state;
    open_silent_client();
    while (!by_poll(100)) {
        continue;
    }
}

static void send_for_ever(void **state)
{
    (void)state;
    stub_open("", 0);
    while (write(stub.socket, stub.sent, sizeof stub.sent) > 0) {
        continue;
    }
}

static void ask_epoll(void **state)
{
    struct epoll_event event = {.events = EPOLLIN};

    (void)state;
    open_silent_client();
    (void)epoll_ctl(epoll_create1(0), EPOLL_CTL_ADD, stub.socket, &event);
}

/* Runs such a test in a process of its own, and gives what that said. */
static const char *said_by(CMUnitTestFunction test)
{
    static char said[4096];
    const struct CMUnitTest failing[] = {{"wait", test, NULL, NULL, NULL}};
    size_t length = 0;
    ssize_t octets;
    int ends[2];
    int status = -1;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    (void)fflush(NULL);
    child = fork();
    if (child == 0) {
        (void)alarm(20);
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)dup2(ends[1], STDERR_FILENO);
        status = _cmocka_run_group_tests("waits", failing, 1, NULL, NULL);
        stub_forget(); /* what is written now is no log */
        (void)fflush(NULL);
        _exit(status);
    }
    assert_int_equal(close(ends[1]), 0);
    while ((octets = read(ends[0], said + length, sizeof said - 1 - length)) >
           0) {
        length += (size_t)octets;
    }
    said[length] = '\0';
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_row_that(NULL, WIFEXITED(status) && WEXITSTATUS(status) == 1,
                    "it did not fail; it said: %s", shown_string(said));
    return said;
}

static void stub_ends_what_has_no_end(void **state)
{
    static const struct {
        CMUnitTestFunction test;
        const char *sentence;
    } rows[] = {
        {wait_for_ever_by_read,
         "read would wait for ever: the client is silent"},
        {wait_for_ever_by_poll, "poll would wait for ever: the client"},
        {wait_for_ever_by_write,
         "write would wait for ever: the client takes nothing"},
        {loop_for_ever, "a loop does not end"},
        {wait_again_and_again, "a loop does not end"},
        {send_for_ever, "a loop does not end"},
        {ask_epoll, "cannot see what epoll would tell"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_row_has(NULL, "what is said", said_by(rows[i].test),
                       rows[i].sentence);
    }
}

#define TEST(test) cmocka_unit_test_setup(test, forget)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(stub_waits_where_a_socket_blocks),
        TEST(stub_waits_for_no_longer_than_the_socket_is_told),
        TEST(stub_does_not_wait_where_a_socket_does_not),
        TEST(stub_knows_the_flags_of_recv),
        TEST(stub_tells_when_something_has_come),
        TEST(stub_tells_the_time),
        TEST(stub_keeps_what_is_sent),
        TEST(stub_reads_by_stdio),
        TEST(stub_sends_for_no_longer_than_the_socket_is_told),
        TEST(stub_is_interrupted_when_the_time_is_up),
        TEST(stub_keeps_the_log),
        TEST(stub_allows_a_look_behind_the_request),
        TEST(stub_ends_its_side_behind_an_answer),
        TEST(stub_ends_what_has_no_end),
    };

    return run_all(tests);
}
