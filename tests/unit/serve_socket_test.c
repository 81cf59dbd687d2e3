/*
 * serve_socket_test.c - the client's socket is handle_connection's: serve does
 * not close it as well. The server runs in a process of its own.
 */
/* stages: 4 5 6 */
/* tags: contract, serve */
/* hint: handle_connection closes the socket that it is given. Which line closes
 * it once more? By then another client may have got the same number. */
/* link: -Wl,--wrap=handle_connection,--wrap=close */
#include "support_serve.h"

#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    closed_twice = 98 /* the status of a server that did that */
};

/* ---- In the server */

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

/* ---- The test */

/* Waits until the server has closed the connection, or has ended. */
static void visit(void)
{
    int client = socket(AF_INET, SOCK_STREAM, 0);
    char octet = 'x';

    if (connect(client, (struct sockaddr *)&server.address,
                sizeof server.address) == 0) {
        (void)send(client, &octet, 1,
                   MSG_NOSIGNAL); /* or the kernel keeps it */
        (void)recv(client, &octet, 1, 0);
    }
    assert_int_equal(close(client), 0);
}

static void serve_leaves_the_socket_to_handle_connection(void **state)
{
    int status;

    (void)state;
    start_server();
    for (int i = 0; i < 5; i++) {
        visit();
    }
    status = stop_server(SIGTERM);
    assert_row_that(NULL,
                    !WIFEXITED(status) || WEXITSTATUS(status) != closed_twice,
                    "handle_connection has closed the client's socket, and "
                    "then the caller has closed it again");
    /* Without an end of its own, it is ended by the signal. */
    assert_row_that(NULL,
                    (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
                        (WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM),
                    "SIGTERM did not end the server with status 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(serve_leaves_the_socket_to_handle_connection,
                                  end_server),
    };

    return run_all(tests);
}
