/* sweep_running.c - faults while the server runs; see sweep.h. One server
 * survives them all. */
#include <stdio.h>

#include "scripted_client.h"
#include "sweep.h"

/* The calls that every exchange must make. If the sweep does not see them, it
 * is blind. */
static const enum fault_kind must_be_seen[] = {
    FAULT_MEMORY,   FAULT_THREAD, FAULT_DETACH, FAULT_ACCEPT, FAULT_RECV,
    FAULT_SHUTDOWN, FAULT_CLOSE,  FAULT_CLOCK,  FAULT_WRITE};

static bool start(struct sweep *sweep)
{
    if (server_start(&sweep->server)) {
        return true;
    }
    sweep_fail(sweep, sweep->server.text);
    (void)server_wait(&sweep->server, 0);
    return false;
}

/* Runs the exchange with the armed fault. False if the server is not as before.
 */
static bool talk(struct sweep *sweep, const struct script *script)
{
    struct server *server = &sweep->server;

    server->connections++;
    if (client_run(script, server->port, &sweep->received) == -1) {
        (void)snprintf(server->text, sizeof server->text, "cannot connect");
        (void)server_lives(server);
        return false;
    }
    return server_settles(server);
}

/* Sends the request after the fault. It must be answered as if nothing had
 * happened. */
static void check_next(struct sweep *sweep)
{
    struct answer answer;
    char text[SERVER_TEXT + 64];

    if (!talk(sweep, &script_ordinary)) {
        (void)snprintf(text, sizeof text, "after the next request: %s",
                       sweep->server.text);
        sweep_fail(sweep, text);
        return;
    }
    answer = sweep_answer(sweep, &script_ordinary);
    if (!sweep->received.ended || answer.kind != ANSWER_WHOLE ||
        answer.code != 200) {
        sweep_fail(sweep, "the next request was not answered with 200");
    }
}

/* If the server is not as it was before, the next fault needs a new one. */
static void replace(struct sweep *sweep)
{
    sweep_fail(sweep, sweep->server.text);
    server_stop(&sweep->server);
    (void)server_wait(&sweep->server, CLIENT_MS);
}

static bool try_fault(struct sweep *sweep)
{
    unsigned failures = sweep->failures;
    bool settled;
    bool hit;

    if (sweep->server.process == 0 && !start(sweep)) {
        return false;
    }
    faults_arm(sweep->kind, sweep->at, sweep->error);
    settled = talk(sweep, sweep->script);
    hit = faults_disarm();
    if (!settled) {
        replace(sweep);
        return hit;
    }
    (void)sweep_judge(sweep, hit);
    if (hit && sweep->failures == failures) {
        check_next(sweep);
    }
    return hit;
}

/* Runs the exchange without a fault. Each kind of call that must be there must
 * be seen. */
static void try_without(struct sweep *sweep)
{
    static const struct fault_error none = {.name = "no error"};

    for (size_t i = 0; i < sizeof must_be_seen / sizeof must_be_seen[0]; i++) {
        faults_arm(must_be_seen[i], 0, &none);
        if (!talk(sweep, sweep->script)) {
            sweep_fail(sweep, sweep->server.text);
            return;
        }
        (void)faults_disarm();
        if (!sweep_judge(sweep, false)) {
            return;
        }
        if (faults->calls == 0) {
            sweep_fail(sweep, "calls that it must make are not seen:");
            sweep_fail(sweep, fault_kind_name(must_be_seen[i]));
        }
    }
}

void sweep_running(struct sweep *sweep)
{
    faults->accept_early = sweep->script->early;
    faults->send_buffer = sweep->script->reads_slowly ? 1 : 0;
    if (!start(sweep)) {
        return;
    }
    try_without(sweep);
    if (sweep->failures == 0) {
        sweep_calls(sweep, FAULT_RUNNING_END, try_fault);
    }
    sweep->error = NULL;
    server_stop(&sweep->server);
    if (sweep->server.process != 0 &&
        (server_wait(&sweep->server, CLIENT_MS) != 0 ||
         !server_log_is_whole(&sweep->server))) {
        sweep_fail(sweep, sweep->server.text);
    }
}
