/*
 * serve_test.c - listening, and a thread for each connection, with a
 * handle_connection that is the test's.
 */
/* stages: 4 5 6 */
/* link: -Wl,--wrap=handle_connection */
#include "support.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "webserve.h"

enum {
    together = 5
};

/* ---- In the server
 * ---------------------------------------------------------------- */

static pthread_t serving_thread;
static atomic_int clients_there;

void __wrap_handle_connection(int client_sock,
                              const struct sockaddr_storage *client_address);

/* Waits until as many clients are there at once, then answers: f for a thread
 * of its own, and the client's port, as the server sees it. Any other answer
 * is a fault. */
void __wrap_handle_connection(int client_sock,
                              const struct sockaddr_storage *client_address)
{
    static const struct timespec moment = {.tv_nsec = 1000000};
    struct sockaddr_in client;
    char answer[32];
    int length;

    atomic_fetch_add(&clients_there, 1);
    for (int i = 0; i < 5000 && atomic_load(&clients_there) < together; i++) {
        (void)nanosleep(&moment, NULL);
    }
    memcpy(&client, client_address, sizeof client);
    length = snprintf(
        answer, sizeof answer, "%c%d",
        pthread_equal(pthread_self(), serving_thread) ? 's' : 'f',
        atomic_load(&clients_there) < together ? 0 : ntohs(client.sin_port));
    if (write(client_sock, answer, (size_t)length) != length ||
        close(client_sock) != 0) {
        abort();
    }
}

/* ---- The server, in a process of its own
 * ------------------------------------------ */

static struct {
    pid_t process;
    int output;
    char line[256];
    struct sockaddr_in address;
} server;

/* Reads the line that it prints, and takes the port from it. */
static void read_line(void)
{
    struct pollfd output = {.fd = server.output, .events = POLLIN};
    size_t length = 0;
    const char *port;

    while (length == 0 || server.line[length - 1] != '\n') {
        assert_true(length < sizeof server.line - 1);
        assert_int_equal(poll(&output, 1, 10000), 1);
        assert_int_equal(read(server.output, server.line + length, 1), 1);
        length++;
    }
    server.line[length] = '\0';
    port = strstr(server.line, "http://127.0.0.1:");
    assert_non_null(port);
    server.address = (struct sockaddr_in){.sin_family = AF_INET};
    server.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server.address.sin_port = htons((uint16_t)strtoul(port + 17, NULL, 10));
}

static int start_server(void **state)
{
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    server.process = fork();
    if (server.process == 0) {
        (void)alarm(20);
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        serving_thread = pthread_self();
        (void)serve("127.0.0.1", "0");
        _exit(99); /* once it listens, it does not return */
    }
    assert_int_not_equal(server.process, -1);
    assert_int_equal(close(ends[1]), 0);
    server.output = ends[0];
    read_line();
    return 0;
}

static int end_server(void **state)
{
    (void)state;
    if (server.process > 0) {
        (void)kill(server.process, SIGKILL);
        (void)waitpid(server.process, NULL, 0);
    }
    (void)close(server.output);
    return 0;
}

/* Signals the server and ends the test unless it ends with that status, and
 * has printed no more. */
static void check_ends(int signal)
{
    int status = -1;
    char more;

    assert_int_equal(kill(server.process, signal), 0);
    assert_int_equal(waitpid(server.process, &status, 0), server.process);
    server.process = 0;
    assert_int_equal(status, 0);
    assert_int_equal(read(server.output, &more, 1), 0);
}

/* ---- Tests
 * ------------------------------------------------------------------------- */

static void serve_prints_where_it_listens(void **state)
{
    char expected[128];
    int client = socket(AF_INET, SOCK_STREAM, 0);

    (void)state;
    (void)snprintf(expected, sizeof expected,
                   ": listening on http://127.0.0.1:%d/\n",
                   ntohs(server.address.sin_port));
    assert_int_not_equal(ntohs(server.address.sin_port), 0);
    assert_string_equal(strstr(server.line, ": listening"), expected);
    assert_int_equal(connect(client, (struct sockaddr *)&server.address,
                             sizeof server.address),
                     0);
    assert_int_equal(close(client), 0);
}

static void serve_handles_each_connection_in_a_thread(void **state)
{
    int clients[together];

    (void)state;
    for (size_t i = 0; i < together; i++) {
        clients[i] = socket(AF_INET, SOCK_STREAM, 0);
        assert_int_equal(connect(clients[i], (struct sockaddr *)&server.address,
                                 sizeof server.address),
                         0);
        /* The kernel may keep a client that has said nothing. */
        assert_int_equal(send(clients[i], "x", 1, 0), 1);
    }
    for (size_t i = 0; i < together; i++) {
        struct sockaddr_in own;
        socklen_t length = sizeof own;
        char expected[32];
        char answer[32];

        assert_int_equal(
            getsockname(clients[i], (struct sockaddr *)&own, &length), 0);
        (void)snprintf(expected, sizeof expected, "f%d", ntohs(own.sin_port));
        assert_int_equal(recv(clients[i], answer, sizeof answer, MSG_WAITALL),
                         strlen(expected));
        assert_memory_equal(answer, expected, strlen(expected));
        assert_int_equal(close(clients[i]), 0);
    }
}

static void serve_ends_upon_sigterm(void **state)
{
    (void)state;
    check_ends(SIGTERM);
}

static void serve_ends_upon_sigint(void **state)
{
    (void)state;
    check_ends(SIGINT);
}

/* Ends the test unless serve returns -1, and says one sentence with this in it
 * on standard error, and nothing on standard output. */
static void check_fails(const char *interface, const char *port,
                        const char *part)
{
    char text[1024];
    int ends[2];
    int errors = dup(STDERR_FILENO);
    int result;
    ssize_t length;

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    result = serve(interface, port);
    assert_int_equal(dup2(errors, STDERR_FILENO), STDERR_FILENO);
    assert_int_equal(close(errors), 0);
    assert_int_equal(close(ends[1]), 0);
    length = read(ends[0], text, sizeof text - 1);
    assert_true(length > 0);
    text[length] = '\0';
    assert_int_equal(close(ends[0]), 0);
    assert_int_equal(result, -1);
    assert_row(text, strstr(text, part) != NULL, true);
    assert_row(text, strchr(text, '\n') == text + length - 1, true);
    assert_row(text, strstr(text, ": cannot listen on ") != NULL, true);
}

static void serve_of_a_bad_port(void **state)
{
    (void)state;
    check_fails("127.0.0.1", "65536", "0 to 65535");
    check_fails("127.0.0.1", "http", "0 to 65535");
    check_fails("127.0.0.1", "", "0 to 65535");
}

static void serve_of_a_bad_interface(void **state)
{
    (void)state;
    check_fails("256.0.0.1", "0", "256.0.0.1");
    check_fails("203.0.113.77", "0", "203.0.113.77");
}

static void serve_of_a_port_in_use(void **state)
{
    char port[16];

    (void)state;
    (void)snprintf(port, sizeof port, "%d", ntohs(server.address.sin_port));
    check_fails("127.0.0.1", port, "in use");
}

#define WITH_SERVER(test)                                                      \
    cmocka_unit_test_setup_teardown(test, start_server, end_server)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(serve_prints_where_it_listens),
        WITH_SERVER(serve_handles_each_connection_in_a_thread),
        WITH_SERVER(serve_ends_upon_sigterm),
        WITH_SERVER(serve_ends_upon_sigint),
        WITH_SERVER(serve_of_a_port_in_use),
        cmocka_unit_test(serve_of_a_bad_port),
        cmocka_unit_test(serve_of_a_bad_interface),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
