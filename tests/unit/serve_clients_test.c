/*
 * serve_clients_test.c - what serve takes for each client, it gives back. The
 * server runs in a process of its own, and AddressSanitizer looks, when that
 * ends, for memory that nobody can free any more.
 */
/* stages: 4 5 6 */
/* tags: contract, threads */
/* hint: What is allocated for each client, and who frees it, how often, and
 * when? The server's own output, above, has AddressSanitizer's report. */
#include "support.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "webserve.h"

enum {
    clients = 20,
    returned = 99 /* the status if serve returns */
};

static pid_t server;
static struct sockaddr_in address;

static int start_server(void **state)
{
    char line[256] = "";
    const char *port;
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    server = fork();
    if (server == 0) {
        (void)alarm(20);
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        (void)serve("127.0.0.1", "0");
        _exit(returned);
    }
    assert_int_not_equal(server, -1);
    assert_int_equal(close(ends[1]), 0);
    assert_row_that(NULL, read(ends[0], line, sizeof line - 1) > 0,
                    "serve ended before it printed a line");
    assert_int_equal(close(ends[0]), 0);
    port = strstr(line, "http://127.0.0.1:");
    assert_row_that(NULL, port != NULL, "serve does not say where it listens");
    address = (struct sockaddr_in){.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((uint16_t)strtoul(port + 17, NULL, 10));
    return 0;
}

static int end_server(void **state)
{
    (void)state;
    if (server > 0) {
        (void)kill(server, SIGKILL);
        (void)waitpid(server, NULL, 0);
        server = 0;
    }
    return 0;
}

/* Sends a request and reads to the end of the answer. */
static void ask(void)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const struct timeval limit = {.tv_sec = 10};
    int client = socket(AF_INET, SOCK_STREAM, 0);
    char answer[8192];
    ssize_t octets;
    size_t all = 0;

    assert_int_equal(
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
    assert_int_equal(
        connect(client, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(send(client, request, sizeof request - 1, MSG_NOSIGNAL),
                     (int)sizeof request - 1);
    while ((octets = recv(client, answer, sizeof answer, 0)) > 0) {
        all += (size_t)octets;
    }
    assert_row_that(NULL, octets == 0 && all > 0,
                    "a client got no whole answer");
    assert_int_equal(close(client), 0);
}

static void serve_frees_what_it_took_for_each_client(void **state)
{
    int status = -1;

    (void)state;
    for (int i = 0; i < clients; i++) {
        ask();
    }
    assert_int_equal(kill(server, SIGTERM), 0);
    assert_int_equal(waitpid(server, &status, 0), server);
    server = 0;
    /* A server without an end of its own cannot be asked. */
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM) {
        return;
    }
    assert_row_that(NULL, !WIFSIGNALED(status),
                    "the server was ended by signal %d", WTERMSIG(status));
    assert_row(NULL, "the status with which the server ended, 20 clients later",
               WEXITSTATUS(status), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            serve_frees_what_it_took_for_each_client, start_server, end_server),
    };

    return run_all(tests);
}
