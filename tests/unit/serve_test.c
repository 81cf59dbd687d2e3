/*
 * serve_test.c - listening, and a thread for each connection. The test replaces
 * handle_connection.
 */
/* stages: 4 5 6 */
/* tags: assignment, serve */
/* hint: Follow serve until it listens. Do you look at each result, and is
 * the line printed and flushed? */
/* link: -Wl,--wrap=handle_connection,--wrap=pthread_create */
/* link: -Wl,--wrap=socket,--wrap=bind,--wrap=listen,--wrap=close */
#include "support_by_hand.h"
#include "support_serve.h"

#include <errno.h>
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
    together = 5,
    closed_twice = 98 /* the status of a server that closed a socket twice */
};

/* ---- Calls that fail */

static int socket_error; /* 0: it does not fail */
static int bind_error;
static int listen_error;
static atomic_int creations_left = -1; /* of threads; -1: any number */

STANDS_IN_FOR(int, socket, int domain, int type, int protocol);
STANDS_IN_FOR(int, bind, int socket, const struct sockaddr *address,
              socklen_t length);
STANDS_IN_FOR(int, listen, int socket, int length);
STANDS_IN_FOR(int, pthread_create, pthread_t *thread,
              const pthread_attr_t *attributes, void *(*function)(void *),
              void *argument);

int __wrap_socket(int domain, int type, int protocol)
{
    errno = socket_error;
    return socket_error != 0 ? -1 : __real_socket(domain, type, protocol);
}

int __wrap_bind(int socket, const struct sockaddr *address, socklen_t length)
{
    errno = bind_error;
    return bind_error != 0 ? -1 : __real_bind(socket, address, length);
}

int __wrap_listen(int socket, int length)
{
    errno = listen_error;
    return listen_error != 0 ? -1 : __real_listen(socket, length);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*function)(void *), void *argument)
{
    if (atomic_load(&creations_left) == 0) {
        return EAGAIN;
    }
    if (atomic_load(&creations_left) > 0) {
        atomic_fetch_sub(&creations_left, 1);
    }
    return __real_pthread_create(thread, attributes, function, argument);
}

STANDS_IN_FOR(int, close, int descriptor);

int __wrap_close(int descriptor)
{
    int result = __real_close(descriptor);

    if (is_server && result == -1 && errno == EBADF) {
        _exit(closed_twice);
    }
    return result;
}

/* ---- What runs in the server */

static atomic_int clients_there; /* at this moment */
static atomic_int most_there;    /* the most at once, so far */
static atomic_bool gave_up;      /* waiting for all of them */
static bool takes_stack;         /* as much as delegate may take */

void __wrap_handle_connection(int client_sock,
                              const struct sockaddr_storage *client_address);

/* Waits until this many clients are there at once, for up to five seconds. */
static void await_all(void)
{
    int there = atomic_fetch_add(&clients_there, 1) + 1;
    int most = atomic_load(&most_there);

    while (most < there &&
           !atomic_compare_exchange_weak(&most_there, &most, there)) {
        continue;
    }
    for (int i = 0; i < 5000 && atomic_load(&most_there) < together &&
                    !atomic_load(&gave_up);
         i++) {
        pause_a_moment();
    }
    atomic_store(&gave_up, true);
}

enum {
#ifdef __SANITIZE_THREAD__
    stack_taken = 65536 /* ThreadSanitizer takes most of it for itself */
#else
    stack_taken = 262144
#endif
};

static void take_stack(void)
{
    volatile char room[stack_taken];

    for (size_t i = 0; i < sizeof room; i += 1024) {
        room[i] = 'x';
    }
}

/* Answers: f for a thread of its own, else s; how many clients were there at
 * once; and the client's port, as the server sees it. */
void __wrap_handle_connection(int client_sock,
                              const struct sockaddr_storage *client_address)
{
    struct sockaddr_in client;
    char answer[32];
    int length;

    if (takes_stack) {
        take_stack();
    } else {
        await_all();
    }
    memcpy(&client, client_address, sizeof client);
    length = snprintf(answer, sizeof answer, "%c %d %d",
                      pthread_equal(pthread_self(), serving_thread) ? 's' : 'f',
                      atomic_load(&most_there), ntohs(client.sin_port));
    atomic_fetch_sub(&clients_there, 1);
    if (write(client_sock, answer, (size_t)length) != length ||
        close(client_sock) != 0) {
        abort();
    }
}

/* ---- Tests */

/* Signals the server. Ends the test unless the server ends with status 0, and
 * has printed nothing more. */
static void check_ends(int number)
{
    int status = stop_server(number);
    char more;

    assert_row_that(NULL, !WIFSIGNALED(status) || WTERMSIG(status) != SIGALRM,
                    "the server had not ended 20 s after its signal");
    assert_row_that(NULL, !WIFSIGNALED(status),
                    "the signal ended the server: are signals blocked?");
    assert_row_that(NULL, WEXITSTATUS(status) != serve_returned,
                    "serve returned; once it listens, it never does");
    assert_row(NULL, "the status with which the server ended",
               WEXITSTATUS(status), 0);
    assert_row_that(NULL, read(server.output, &more, 1) == 0,
                    "serve printed more than one line");
}

static void serve_prints_where_it_listens(void **state)
{
    char expected[128];
    const char *found;

    (void)state;
    start_server();
    (void)snprintf(expected, sizeof expected,
                   "listening on http://127.0.0.1:%d/\n",
                   ntohs(server.address.sin_port));
    assert_row_that(NULL, ntohs(server.address.sin_port) != 0,
                    "serve says that it listens on port 0");
    found = strstr(server.line, expected);
    assert_row_that(NULL, found != NULL && strlen(found) == strlen(expected),
                    "the line that serve prints is %s; it should end in %s",
                    shown_string(server.line), shown_string(expected));
    assert_int_equal(close(connect_to_server()), 0);
}

struct answer {
    char thread;
    int at_once;
    int port;
};

/* Reads what handle_connection (above) has answered. */
static struct answer read_answer(int client)
{
    struct answer answer = {0};
    char text[32];
    size_t length = 0;
    ssize_t octets;

    while ((octets = recv(client, text + length, sizeof text - 1 - length, 0)) >
           0) {
        length += (size_t)octets;
    }
    text[length] = '\0';
    assert_row_that(NULL,
                    sscanf(text, "%c %d %d", &answer.thread, &answer.at_once,
                           &answer.port) == 3,
                    "handle_connection was not called for a client within "
                    "10 s, or its socket was closed: %s was received",
                    shown_string(text));
    return answer;
}

/* tags: assignment, threads */
/* hint: Do you call handle_connection in a thread of its own, and accept the
 * next client without waiting for it? */
static void serve_handles_each_connection_in_a_thread(void **state)
{
    int clients[together];
    int at_once = 0;
    int in_threads = 0;

    (void)state;
    start_server();
    for (size_t i = 0; i < together; i++) {
        clients[i] = connect_to_server();
        /* The kernel may keep back a client that has sent nothing. */
        assert_int_equal(send(clients[i], "x", 1, 0), 1);
    }
    for (size_t i = 0; i < together; i++) {
        struct answer answer = read_answer(clients[i]);
        struct sockaddr_in own;
        socklen_t length = sizeof own;

        assert_int_equal(
            getsockname(clients[i], (struct sockaddr *)&own, &length), 0);
        assert_row(NULL, "the client's port, as given to handle_connection,",
                   answer.port, ntohs(own.sin_port));
        at_once = answer.at_once > at_once ? answer.at_once : at_once;
        in_threads += answer.thread == 'f';
        assert_int_equal(close(clients[i]), 0);
    }
    assert_row_that(NULL, at_once == together,
                    "%d clients were there at once, but no more than %d of "
                    "them were handled at a time; each needs a thread",
                    together, at_once);
    assert_row_that(NULL, in_threads == together,
                    "%d clients were there at once, %d of them handled in a "
                    "thread",
                    together, in_threads);
}

/* hint: handle_connection closes the socket that it gets. Which line closes
 * it once more? By then, another client may have got the same number. */
static void serve_leaves_the_socket_to_handle_connection(void **state)
{
    int status;

    (void)state;
    atomic_store(&gave_up, true);
    start_server();
    atomic_store(&gave_up, false);
    for (int i = 0; i < together; i++) { /* any may end the server */
        int client = socket(AF_INET, SOCK_STREAM, 0);
        char octet = 'x';

        (void)connect(client, (struct sockaddr *)&server.address,
                      sizeof server.address);
        (void)send(client, &octet, 1, MSG_NOSIGNAL);
        (void)recv(client, &octet, 1, 0);
        (void)close(client);
    }
    status = stop_server(SIGTERM);
    assert_row_that(NULL,
                    !WIFEXITED(status) || WEXITSTATUS(status) != closed_twice,
                    "handle_connection closed the client's socket, and then "
                    "the caller closed it again");
    /* If it does not end by itself, the signal ends it. */
    assert_row_that(NULL,
                    (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
                        (WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM),
                    "SIGTERM did not end the server with status 0");
}

/* tags: ours */
/* hint: How large is the stack of each thread (pthread_attr_setstacksize), and
 * how much of it does webserve.h promise to delegate? */
static void serve_gives_threads_the_stack_that_delegate_may_use(void **state)
{
    int client;
    char answer;

    (void)state;
    takes_stack = true;
    start_server();
    takes_stack = false;
    client = connect_to_server();
    assert_int_equal(send(client, "x", 1, 0), 1);
    assert_row_that(NULL, recv(client, &answer, 1, 0) == 1,
                    "a function that uses 256 KiB of stack did not finish in "
                    "its client's thread");
    assert_int_equal(close(client), 0);
}

/* tags: ours */
/* hint: Which thread waits for the signal, and do you block signals before
 * the first thread exists? */
static void serve_ends_upon_sigterm(void **state)
{
    (void)state;
    start_server();
    check_ends(SIGTERM);
}

/* tags: ours */
/* hint: Which thread waits for the signal, and do you block signals before
 * the first thread exists? */
static void serve_ends_upon_sigint(void **state)
{
    (void)state;
    start_server();
    check_ends(SIGINT);
}

/* Calls serve in its own process, because it might end the program, or never
 * return. Returns how that process ended, with what it wrote to standard error.
 */
static int serve_in_child(const char *interface, const char *port, char *text,
                          size_t most)
{
    int ends[2];
    int status = -1;
    pid_t child;
    ssize_t length;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        (void)alarm(3);
        (void)dup2(ends[1], STDERR_FILENO);
        _exit(serve(interface, port) == -1 ? serve_returned
                                           : serve_returned - 1);
    }
    assert_int_not_equal(child, -1);
    assert_int_equal(close(ends[1]), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    length = read(ends[0], text, most - 1);
    text[length > 0 ? length : 0] = '\0';
    assert_int_equal(close(ends[0]), 0);
    return status;
}

static const char *failing; /* the call that fails; NULL: none */

/* Ends the test unless serve returns -1, after writing one sentence to standard
 * error that has one of these in it. */
static void check_fails(const char *interface, const char *port,
                        const char *const parts[])
{
    char text[1024];
    bool found = false;
    int status = serve_in_child(interface, port, text, sizeof text);

    if (failing == NULL) {
        say_place("serve(\"%s\", \"%s\")", interface, port);
        say_by_hand("build/stage%d/webserve '%s' '%s'", STAGE, interface, port);
    } else {
        say_place("serve, when %s fails", failing);
    }
    assert_row_that(NULL, !WIFSIGNALED(status),
                    "it has not returned after 3 s, or has crashed");
    assert_row_that(NULL, WEXITSTATUS(status) != serve_returned - 1,
                    "it does not return -1");
    assert_row_that(NULL, WEXITSTATUS(status) == serve_returned,
                    "it ends the program, with status %d, and should return -1",
                    WEXITSTATUS(status));
    for (size_t i = 0; parts[i] != NULL; i++) {
        found = found || strstr(text, parts[i]) != NULL;
    }
    assert_row_that(NULL, found,
                    "its sentence on standard error does not say what was "
                    "wrong (%s, for example); it is: %s",
                    shown_string(parts[0]), shown_string(text));
    assert_row_that(NULL, strchr(text, '\n') == text + strlen(text) - 1,
                    "it says more, or less, than one line: %s",
                    shown_string(text));
}

/* tags: ours */
/* hint: Does serve write to standard error, in one sentence, what is wrong
 * with the port, and return -1? */
static void serve_of_a_bad_port(void **state)
{
    static const char *const parts[] = {"port",    "Port",     "65536",  "http",
                                        "service", "Servname", "number", NULL};

    (void)state;
    check_fails("127.0.0.1", "65536", parts);
    check_fails("127.0.0.1", "http", parts);
    check_fails("127.0.0.1", "", parts);
}

/* tags: ours */
/* hint: Does serve write to standard error, in one sentence, what is wrong
 * with the interface, and return -1? */
static void serve_of_a_bad_interface(void **state)
{
    static const char *const no_address[] = {"256.0.0.1", "known", "resol",
                                             NULL};
    static const char *const not_ours[] = {"203.0.113.77", "assign", NULL};

    (void)state;
    check_fails("256.0.0.1", "0", no_address);
    check_fails("203.0.113.77", "0", not_ours);
}

/* tags: ours */
/* hint: bind fails. Does serve write why to standard error, in one sentence,
 * and return -1? */
static void serve_of_a_port_in_use(void **state)
{
    char port[16];
    const char *const parts[] = {"in use", port, NULL};

    (void)state;
    start_server();
    (void)snprintf(port, sizeof port, "%d", ntohs(server.address.sin_port));
    check_fails("127.0.0.1", port, parts);
}

/* tags: ours */
/* hint: Do you look at the result of each call? When one fails, serve writes
 * why to standard error, in one sentence, and returns -1. */
static void serve_when_a_call_fails(void **state)
{
    const struct {
        const char *call;
        int *error;
        int errno_then;
    } rows[] = {
        {"socket", &socket_error, EMFILE},
        {"bind", &bind_error, EACCES},
        {"listen", &listen_error, EADDRINUSE},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *const parts[] = {strerror(rows[i].errno_then), rows[i].call,
                                     NULL};

        failing = rows[i].call;
        *rows[i].error = rows[i].errno_then;
        check_fails("127.0.0.1", "0", parts);
        *rows[i].error = 0;
    }
    failing = NULL;
}

/* tags: ours */
/* hint: Do you look at the result of pthread_create, even for the first
 * thread? */
static void serve_without_a_thread(void **state)
{
    static const char *const parts[] = {"thread", NULL};

    (void)state;
    failing = "pthread_create";
    for (int created = 0; created < 2; created++) { /* one is for the log */
        atomic_store(&creations_left, created);
        check_fails("127.0.0.1", "0", parts);
    }
    atomic_store(&creations_left, -1);
    failing = NULL;
}

/* One thread serves all clients, and the count is right: the server stops as
 * soon as that thread has ended. */
/* tags: ours */
/* hint: A thread is counted before it is created. Who takes the count back? */
static void serve_with_the_only_thread_that_can_be_had(void **state)
{
    struct timespec began;
    struct timespec ended;

    (void)state;
    atomic_store(&creations_left, 2); /* one is for the log */
    atomic_store(&gave_up, true);
    start_server();
    atomic_store(&creations_left, -1);
    atomic_store(&gave_up, false);
    for (int i = 0; i < together; i++) {
        int client = connect_to_server();

        assert_int_equal(send(client, "x", 1, 0), 1);
        (void)read_answer(client);
        assert_int_equal(close(client), 0);
    }
    (void)clock_gettime(CLOCK_MONOTONIC, &began);
    check_ends(SIGTERM);
    (void)clock_gettime(CLOCK_MONOTONIC, &ended);
    assert_row_that(NULL, ended.tv_sec - began.tv_sec < 3,
                    "the server waits for a thread that does not exist");
}

#define WITH_SERVER(test) cmocka_unit_test_teardown(test, end_server)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_SERVER(serve_prints_where_it_listens),
        WITH_SERVER(serve_handles_each_connection_in_a_thread),
        WITH_SERVER(serve_leaves_the_socket_to_handle_connection),
        WITH_SERVER(serve_gives_threads_the_stack_that_delegate_may_use),
        WITH_SERVER(serve_ends_upon_sigterm),
        WITH_SERVER(serve_ends_upon_sigint),
        WITH_SERVER(serve_of_a_port_in_use),
        WITH_SERVER(serve_with_the_only_thread_that_can_be_had),
        cmocka_unit_test(serve_without_a_thread),
        cmocka_unit_test(serve_when_a_call_fails),
        cmocka_unit_test(serve_of_a_bad_port),
        cmocka_unit_test(serve_of_a_bad_interface),
    };

    return run_all(tests);
}
