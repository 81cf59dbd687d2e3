/*
 * sweep.h - makes each call fail once with each of its errors.
 */
#ifndef FAULTS_SWEEP_H
#define FAULTS_SWEEP_H

#include <stdbool.h>

#include "faults.h"
#include "scripted_client.h"
#include "scripts.h"
#include "server.h"
#include "strict_answer.h"

struct sweep {
    int stage;
    const struct script *script;
    struct server server;
    struct received received;
    unsigned faults;   /* that were tried */
    unsigned calls;    /* that could fail */
    unsigned failures; /* faults that the server did not survive */

    /* The fault that is being tried. */
    enum fault_kind kind;
    unsigned at;
    const struct fault_error *error; /* NULL: there is none yet */
};

/* Tries the fault that `sweep` names; true if there was such a call. */
typedef bool sweep_try(struct sweep *sweep);

/* Tries each error of each call of the kinds below `end`. Stops early after too
 * many failures. */
void sweep_calls(struct sweep *sweep, enum fault_kind end, sweep_try *try);

/* The faults of an exchange, of the start and of the end. */
void sweep_running(struct sweep *sweep);
void sweep_start(struct sweep *sweep);
void sweep_stop(struct sweep *sweep);

/* Counts a fault that the server did not survive, and prints it. */
void sweep_fail(struct sweep *sweep, const char *what);

/* What the client got, and what is wrong with it for this script. */
struct answer sweep_answer(const struct sweep *sweep,
                           const struct script *script);

/* False, after printing why, if the exchange may not end with this answer after
 * this fault. `hit`: the fault has happened. */
bool sweep_judge(struct sweep *sweep, bool hit);

#endif
