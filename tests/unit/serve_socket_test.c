/*
 * serve_socket_test.c - the client's socket is handle_connection's: serve does
 * not close it as well. The server runs in a process of its own.
 */
/* stages: 4 5 6 */
/* tags: contract, serve */
/* hint: handle_connection closes the socket that it is given. Which line closes
 * it once more? By then another client may have got the same number. */
/* link: -Wl,--wrap=handle_connection,--wrap=close */
#include "support.h"

#include <errno.h>
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
    closed_twice = 98, /* the status of a server that did that */
    returned = 99      /* of one whose serve has returned */
};

/* ---- In the server */

static bool is_server;

void __wrap_handle_connection(int client_sock,
                              const struct sockaddr_storage *client_address);
int __real_close(int descriptor);
int __wrap_close(int descriptor);

int __wrap_close(int descriptor)
{
    int result = __real_close(descriptor);

    if (is_server && result == -1 && errno == EBADF) {
        _exit(closed_twice);
    }
    return result;
}

void __wrap_handle_connection(int client_sock,
                              const struct sockaddr_storage *client_address)
{
    (void)client_address;
    (void)__real_close(client_sock);
}

/* ---- The server, in a process of its own */

static pid_t server;

/* Starts it and gives its port. */
static in_port_t start_server(void)
{
    char line[256];
    int ends[2];
    ssize_t length;
    const char *port;

    assert_int_equal(pipe(ends), 0);
    server = fork();
    if (server == 0) {
        (void)alarm(10);
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        is_server = true;
        (void)serve("127.0.0.1", "0");
        _exit(returned);
    }
    assert_int_not_equal(server, -1);
    assert_int_equal(close(ends[1]), 0);
    length = read(ends[0], line, sizeof line - 1);
    assert_int_equal(close(ends[0]), 0);
    line[length > 0 ? length : 0] = '\0';
    port = strstr(line, "http://127.0.0.1:");
    assert_row_that(NULL, port != NULL,
                    "serve has not said where it listens: %s",
                    shown_string(line));
    return htons((uint16_t)strtoul(port + 17, NULL, 10));
}

static int end_server(void **state)
{
    (void)state;
    if (server > 0) {
        (void)kill(server, SIGKILL);
        (void)waitpid(server, NULL, 0);
    }
    return 0;
}

/* Connects, and waits until the server has closed the connection. */
static void visit(in_port_t port)
{
    const struct timeval limit = {.tv_sec = 3};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = port};
    int client = socket(AF_INET, SOCK_STREAM, 0);
    char octet = 'x';

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
    (void)signal(SIGPIPE, SIG_IGN);
    if (connect(client, (struct sockaddr *)&address, sizeof address) == 0) {
        (void)send(client, &octet, 1, 0); /* or the kernel may keep it */
        (void)recv(client, &octet, 1, 0);
    }
    assert_int_equal(close(client), 0);
}

static void serve_leaves_the_socket_to_handle_connection(void **state)
{
    in_port_t port = start_server();
    int status = -1;

    (void)state;
    for (int i = 0; i < 5; i++) {
        visit(port);
    }
    (void)kill(server, SIGTERM);
    assert_int_equal(waitpid(server, &status, 0), server);
    server = 0;
    assert_row_that(NULL,
                    !WIFEXITED(status) || WEXITSTATUS(status) != closed_twice,
                    "handle_connection has closed the client's socket, and "
                    "then the caller has closed it again");
    /* Without an end of its own, it is ended by the signal. */
    assert_row_that(NULL,
                    (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
                        (WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM),
                    "the server did not end with 0 upon SIGTERM");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(serve_leaves_the_socket_to_handle_connection,
                                  end_server),
    };

    return run_all(tests);
}
