/* sweep_ends.c - faults while the server starts and while it stops; see
 * sweep.h. Each has a server of its own. */
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "sweep.h"

static const unsigned end_ms = 6000; /* to stop, and look for leaks */

/* A line "webserve: ..." that says why, and nothing else. */
static bool is_sentence(const char *text)
{
    size_t length = strlen(text);

    return length > 20 && strchr(text, '\n') == text + length - 1 &&
           strncmp(text, "webserve: ", 10) == 0 &&
           strstr(text, "Success") == NULL;
}

/* A server that does not start says why in one sentence, and exits with 1. */
static void judge_refusal(struct sweep *sweep)
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
    } else if (!is_sentence(server->text)) {
        (void)snprintf(text, sizeof text,
                       "it exited with 1, and gave as the reason: %.*s",
                       (int)strcspn(server->text, "\n"), server->text);
        sweep_fail(sweep, text);
    }
}

/* One that does start serves, and ends as it should. */
static void judge_service(struct sweep *sweep, bool hit)
{
    struct server *server = &sweep->server;

    if (client_run(sweep->exchange, server->port, &sweep->answer) == -1) {
        sweep_fail(sweep, "it said that it listens, but does not");
    } else {
        (void)sweep_judge(sweep, hit);
    }
    server_stop(server);
    if (server_wait(server, end_ms) != 0) {
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
    } else {
        judge_refusal(sweep);
    }
    return hit;
}

void sweep_start(struct sweep *sweep)
{
    sweep->exchange = &exchange_ordinary;
    sweep_calls(sweep, FAULT_KINDS, try_start);
}

/* Half a request is there when the stop comes; the other half follows. */
static bool try_stop(struct sweep *sweep)
{
    struct server *server = &sweep->server;
    struct client client;
    bool hit;

    if (!server_start(server) ||
        client_open(&client, sweep->exchange, server->port, &sweep->answer) ==
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
    if (server_wait(server, end_ms) != 0) {
        sweep_fail(sweep, server->text);
    }
    hit = faults_disarm();
    (void)sweep_judge(sweep, hit);
    return hit;
}

void sweep_stop(struct sweep *sweep)
{
    sweep->exchange = &exchange_stop;
    sweep_calls(sweep, FAULT_KINDS, try_stop);
}
