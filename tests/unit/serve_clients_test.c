/*
 * serve_clients_test.c - serve releases what it takes for each client. The
 * server runs in its own process. When that ends, AddressSanitizer looks for
 * memory that can no longer be freed.
 */
/* stages: 4 5 6 */
/* tags: assignment, threads */
/* hint: What do you allocate for each client, and who frees it, how often,
 * and when? AddressSanitizer's report is in the server's own output, above. */
#include "support_serve.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    clients = 20
};

/* Sends a request and reads to the end of the answer. */
static void ask(void)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    int client = connect_to_server();
    char answer[8192];
    ssize_t octets;
    size_t all = 0;

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
    int status;

    (void)state;
    start_server();
    for (int i = 0; i < clients; i++) {
        ask();
    }
    status = stop_server(SIGTERM);
    /* If the server does not end by itself, nothing can be checked. */
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
        cmocka_unit_test_teardown(serve_frees_what_it_took_for_each_client,
                                  end_server),
    };

    return run_all(tests);
}
