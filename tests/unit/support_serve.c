/* support_serve.c - serve, in a process of its own; see support_serve.h. */
#include "support_serve.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

struct server server;
bool is_server;
pthread_t serving_thread;

/* Each stage's function is linked in; its webserve.h declares it. */
int serve(const char *interface, const char *port);

static void run_server(const int ends[2])
{
    (void)alarm(20);
    (void)signal(SIGINT, SIG_DFL); /* a shell's background has it ignored */
    (void)dup2(ends[1], STDOUT_FILENO);
    (void)close(ends[0]);
    (void)close(ends[1]);
    is_server = true;
    serving_thread = pthread_self();
    (void)serve("127.0.0.1", "0");
    _exit(serve_returned); /* once it listens, it does not return */
}

/* Reads the line that the server prints, and takes the port from it. */
static void read_line(void)
{
    struct pollfd output = {.fd = server.output, .events = POLLIN};
    size_t length = 0;
    const char *port;

    while (length == 0 || server.line[length - 1] != '\n') {
        assert_true(length < sizeof server.line - 1);
        assert_row_that(NULL, poll(&output, 1, 5000) == 1,
                        "serve printed no line in 5 s: does it print one once "
                        "it listens, and flush it?");
        assert_row_that(
            NULL, read(server.output, server.line + length, 1) == 1,
            "serve ended, or closed its output, before it printed a line");
        length++;
    }
    server.line[length] = '\0';
    assert_row_has(NULL, "the line that serve prints", server.line,
                   "http://127.0.0.1:");
    port = strstr(server.line, "http://127.0.0.1:") + 17;
    server.address = (struct sockaddr_in){.sin_family = AF_INET};
    server.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    server.address.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
}

void start_server(void)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    server.process = fork();
    if (server.process == 0) {
        run_server(ends);
    }
    assert_int_not_equal(server.process, -1);
    assert_int_equal(close(ends[1]), 0);
    server.output = ends[0];
    read_line();
}

int stop_server(int number)
{
    int status = -1;

    assert_int_equal(kill(server.process, number), 0);
    assert_int_equal(waitpid(server.process, &status, 0), server.process);
    server.process = 0;
    return status;
}

int end_server(void **state)
{
    (void)state;
    if (server.process > 0) {
        (void)stop_server(SIGKILL);
    }
    (void)close(server.output);
    return 0;
}

int connect_to_server(void)
{
    const struct timeval limit = {.tv_sec = 10};
    int client = socket(AF_INET, SOCK_STREAM, 0);

    assert_int_equal(
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
    assert_row_that(
        NULL,
        connect(client, (struct sockaddr *)&server.address,
                sizeof server.address) == 0,
        "a client cannot connect where serve says that it listens: %s",
        server.line);
    return client;
}
