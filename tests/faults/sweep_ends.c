/* sweep_ends.c - faults while the server starts and while it stops; see
 * sweep.h. Each has a server of its own. */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#include "scripted_client.h"
#include "sweep.h"

static const unsigned end_ms =
    6000; /* for the server to stop, and to look for leaks */

/* What the server must say it cannot do, if a call of this kind fails at the
 * start. After a call of any other kind fails, the server must start. */
static const char *const named[FAULT_KINDS] = {
    [FAULT_THREAD] = "create a thread",
    [FAULT_POOL] = "set up threads",
    [FAULT_SETSOCKOPT] = "listen on interface '127.0.0.1', port '0'",
    [FAULT_SOCKET] = "listen on interface '127.0.0.1', port '0'",
    [FAULT_BIND] = "listen on interface '127.0.0.1', port '0'",
    [FAULT_LISTEN] = "listen on interface '127.0.0.1', port '0'",
    [FAULT_GETADDRINFO] = "listen on interface '127.0.0.1', port '0'",
    [FAULT_GETSOCKNAME] = "find out which port was taken",
    [FAULT_GETNAMEINFO] = "write the address and port as text",
    [FAULT_RLIMIT] = "count the descriptors",
    [FAULT_SIGNALS] = "set up signals",
    [FAULT_OPEN] = "open /dev/null",
};

/* The error, as the server words it. */
static const char *explain(const struct sweep *sweep)
{
    int number = sweep->error->number;

    switch (sweep->kind) {
    case FAULT_GETADDRINFO:
        return number == EAI_SYSTEM ? strerror(ENOMEM) : gai_strerror(number);
    case FAULT_GETNAMEINFO:
        return gai_strerror(number);
    default:
        return strerror(number);
    }
}

/* True if the log is a line "webserve: cannot WHAT: WHY", and nothing else. */
static bool is_sentence(const char *text)
{
    static const char start[] = "webserve: cannot ";
    size_t length = strlen(text);

    return length > 40 && strchr(text, '\n') == text + length - 1 &&
           strncmp(text, start, sizeof start - 1) == 0 &&
           strchr(text + sizeof start, ':') != NULL &&
           strstr(text, "Success") == NULL;
}

/* A server that does not start says why in one sentence, and exits with 1. */
static void judge_refusal(struct sweep *sweep, const char *what,
                          const char *why)
{
    struct server *server = &sweep->server;
    bool silent = server->text[0] == '\0';
    char text[SERVER_TEXT + 64];

    if (server_wait(server, end_ms) != 1) {
        sweep_fail(sweep, server->text);
        return;
    }
    server_read_log(server);
    if (!silent) {
        sweep_fail(sweep, "it exited with 1, but said that it listens");
    } else if (!is_sentence(server->text) ||
               strstr(server->text, what) == NULL ||
               strstr(server->text, why) == NULL) {
        (void)snprintf(text, sizeof text,
                       "it exited with 1, but gave this reason: %.*s",
                       (int)strcspn(server->text, "\n"), server->text);
        sweep_fail(sweep, text);
    }
}

/* A server that does start serves clients, and ends as it should. */
static void judge_service(struct sweep *sweep, bool hit)
{
    struct server *server = &sweep->server;

    if (client_run(sweep->script, server->port, &sweep->received) == -1) {
        sweep_fail(sweep, "it said that it listens, but does not");
    } else {
        (void)sweep_judge(sweep, hit);
    }
    server_stop(server);
    if (server_wait(server, end_ms) != 0 || !server_log_is_whole(server)) {
        sweep_fail(sweep, server->text);
    }
}

static bool try_start(struct sweep *sweep)
{
    struct server *server = &sweep->server;
    bool listens;
    bool hit;

    faults_reset();
    faults_arm(sweep->kind, sweep->at, sweep->error);
    if (server_fork(server) == -1) {
        sweep_fail(sweep, "cannot fork");
        return false;
    }
    listens = server_listens(server);
    hit = faults_disarm();
    if (listens) {
        judge_service(sweep, hit);
    } else if (hit && named[sweep->kind] != NULL) {
        judge_refusal(sweep, named[sweep->kind], explain(sweep));
    } else {
        sweep_fail(sweep, "it does not start, though it could");
        (void)server_wait(server, 0);
    }
    return hit;
}

void sweep_start(struct sweep *sweep)
{
    sweep->script = &script_ordinary;
    sweep_calls(sweep, FAULT_KINDS, try_start);
}

/* Stops the server when it has half of a request. Then the rest comes. */
static bool try_stop(struct sweep *sweep)
{
    struct server *server = &sweep->server;
    struct client client;
    bool hit;

    if (!server_start(server) ||
        client_open(&client, sweep->script, server->port, &sweep->received) ==
            -1 ||
        client_send_first(&client) == -1) {
        sweep_fail(sweep, "it does not start, or does not take a request");
        (void)server_wait(server, 0);
        return false;
    }
    while (faults->accepted < 2 && clock_ms() < client.began + CLIENT_MS) {
        sleep_us(100);
    }
    faults_arm(sweep->kind, sweep->at, sweep->error);
    server_stop(server);
    client_finish(&client);
    if (server_wait(server, end_ms) != 0 || !server_log_is_whole(server)) {
        sweep_fail(sweep, server->text);
    }
    hit = faults_disarm();
    (void)sweep_judge(sweep, hit);
    return hit;
}

void sweep_stop(struct sweep *sweep)
{
    sweep->script = &script_stop;
    sweep_calls(sweep, FAULT_KINDS, try_stop);
}
