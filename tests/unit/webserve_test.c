/*
 * webserve_test.c - the step of stage 2: the server calls delegate. All of
 * webserve.c runs here, in its own process, with a delegate that belongs to the
 * test.
 */
/* stages: 2 */
/* link: -Wl,--wrap=delegate */
/* tags: assignment, delegate */
/* hint: Find the call of delegate. What does it get, who looks at its
 * result, and what is sent before it is called? */
#include "support.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* Here, its main is one function among several. Everything else in it may have
 * any name that does not begin with unit_ or webserve_. */
#define main webserve_main
#include "webserve.c"
#undef main

/* ---- What runs in the server */

int __wrap_delegate(const char *request_type, const char *path,
                    const struct headers *received_headers,
                    const struct form *get_data, const struct form *post_data,
                    struct response *response);

static void unit_append_form(struct buffer *content, const struct form *form)
{
    buffer_append_string(content, form == NULL ? "NULL" : "form");
    for (size_t i = 0; form != NULL && i < form->count; i++) {
        const struct form_pair pair = form_pair(form, i);

        buffer_append_string(content, " ");
        buffer_append(content, pair.key, pair.key_length);
        buffer_append_string(content, "=");
        buffer_append(content, pair.value, pair.value_length);
    }
    buffer_append_string(content, "\n");
}

/* Answers with what it was given. For a path that begins with /fail, it leaves
 * half an answer and fails. */
int __wrap_delegate(const char *request_type, const char *path,
                    const struct headers *received_headers,
                    const struct form *get_data, const struct form *post_data,
                    struct response *response)
{
    struct buffer *content = &response->content;

    response->code = 200;
    if (strncmp(path, "/fail", 5) == 0) {
        headers_add(&response->headers, "X-Secret", "1");
        buffer_append_string(content, "secret");
        return -1;
    }
    buffer_append_string(content, "delegate: ");
    buffer_append_string(content, request_type);
    buffer_append_string(content, " ");
    buffer_append_string(content, path);
    buffer_append_string(content, " ");
    buffer_append_number(content, received_headers->count);
    buffer_append_string(content, " get:");
    unit_append_form(content, get_data);
    buffer_append_string(content, "post:");
    unit_append_form(content, post_data);
    return 0;
}

/* ---- The server, in a process of its own */

static pid_t unit_server;
static int unit_output;
static struct sockaddr_in unit_address;

/* Takes the port from the line that the server prints. */
static void unit_read_port(void)
{
    struct pollfd output = {.fd = unit_output, .events = POLLIN};
    char line[256];
    ssize_t length;
    const char *port;

    assert_row_that(NULL, poll(&output, 1, 5000) == 1,
                    "the server printed no line in 5 s: does it print one once "
                    "it listens, and flush it?");
    length = read(unit_output, line, sizeof line - 1);
    line[length > 0 ? length : 0] = '\0';
    port = strstr(line, "http://127.0.0.1:");
    assert_row_has(NULL, "the line that the server prints", line,
                   "http://127.0.0.1:");
    unit_address = (struct sockaddr_in){.sin_family = AF_INET};
    unit_address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    unit_address.sin_port = htons((uint16_t)strtoul(port + 17, NULL, 10));
}

static int unit_start_server(void **state)
{
    char name[] = "webserve";
    char interface[] = "127.0.0.1";
    char port[] = "0";
    char *arguments[] = {name, interface, port, NULL};
    int ends[2];

    (void)state;
    assert_int_equal(pipe(ends), 0);
    unit_server = fork();
    if (unit_server == 0) {
        int nowhere = open("/dev/null", O_WRONLY);

        (void)alarm(20);
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)dup2(nowhere, STDERR_FILENO); /* the log */
        (void)close(ends[0]);
        (void)close(ends[1]);
        _exit(webserve_main(3, arguments));
    }
    assert_int_not_equal(unit_server, -1);
    assert_int_equal(close(ends[1]), 0);
    unit_output = ends[0];
    unit_read_port();
    return 0;
}

static int unit_end_server(void **state)
{
    (void)state;
    (void)kill(unit_server, SIGKILL);
    (void)waitpid(unit_server, NULL, 0);
    return close(unit_output);
}

/* Sends a request, and returns everything that comes back within 5 s. */
static const char *unit_ask(const char *request)
{
    static char answer[8192];
    const struct timeval limit = {.tv_sec = 5};
    int client = socket(AF_INET, SOCK_STREAM, 0);
    size_t length = 0;
    ssize_t octets;

    say_place("a client sends %s", shown_string(request));
    assert_int_equal(
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
    assert_int_equal(
        connect(client, (struct sockaddr *)&unit_address, sizeof unit_address),
        0);
    assert_int_equal(send(client, request, strlen(request), MSG_NOSIGNAL),
                     strlen(request));
    while ((octets = recv(client, answer + length, sizeof answer - 1 - length,
                          0)) > 0) {
        length += (size_t)octets;
    }
    answer[length] = '\0';
    assert_row_that(NULL, octets == 0,
                    "within 5 s there was no whole answer; what came is: %s",
                    shown_string(answer));
    assert_int_equal(close(client), 0);
    return answer;
}

/* ---- Tests */

static void webserve_answers_with_what_delegate_leaves(void **state)
{
    const char *answer;

    (void)state;
    answer = unit_ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_row_has(NULL, "the answer", answer, "HTTP/1.1 200 OK\r\n");
    assert_row_has(NULL, "the answer, which should be delegate's,", answer,
                   "\r\n\r\ndelegate: ");
}

static void webserve_gives_delegate_the_request(void **state)
{
    static const struct {
        const char *request;
        const char *got;
    } rows[] = {
        {"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
         "delegate: GET / 1 get:NULL\npost:NULL\n"},
        {"GET /p? HTTP/1.1\r\nHost: a\r\nX: 1\r\n\r\n",
         "delegate: GET /p 2 get:form\npost:NULL\n"},
        {"GET /p/%41?a=1&b=%26+x HTTP/1.1\r\nHost: a\r\n\r\n",
         "delegate: GET /p/%41 1 get:form a=1 b=& x\npost:NULL\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *content = strstr(unit_ask(rows[i].request), "\r\n\r\n");

        assert_row_that(NULL, content != NULL, "the answer has no content");
        assert_row_octets(NULL, "what delegate was given", content + 4,
                          strlen(content + 4), rows[i].got);
    }
}

static void webserve_of_a_delegate_that_fails(void **state)
{
    static const char line[] = "HTTP/1.1 500 Internal Server Error\r\n";
    const char *answer;

    (void)state;
    answer = unit_ask("GET /fail HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_row_that(
        NULL, strncmp(answer, line, sizeof line - 1) == 0,
        "delegate failed, so the answer should be a 500, but it begins with %s",
        shown(answer, strcspn(answer, "\n")));
    assert_row_lacks(NULL, "the answer", answer, "ecret");
}

#define WITH_SERVER(test)                                                      \
    cmocka_unit_test_setup_teardown(test, unit_start_server, unit_end_server)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(webserve_answers_with_what_delegate_leaves),
        WITH_SERVER(webserve_gives_delegate_the_request),
        WITH_SERVER(webserve_of_a_delegate_that_fails),
    };

    return run_all(tests);
}
