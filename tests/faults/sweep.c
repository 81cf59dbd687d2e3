/* sweep.c - what all sweeps share; the contract is in sweep.h. */
#include "sweep.h"

#include <stdio.h>

#include "client.h"

static const unsigned failures_most = 10; /* then a sweep gives up */

void sweep_fail(struct sweep *sweep, const char *what)
{
    const char *name = faults->name;

    sweep->failures++;
    if (sweep->error == NULL) {
        printf("    stage %d: %s: with no fault: %s\n", sweep->stage,
               sweep->exchange->name, what);
        return;
    }
    printf("    stage %d: %s: %s, call %u, %s: %s\n", sweep->stage,
           sweep->exchange->name,
           faults->hits > 0 && name != NULL ? name
                                            : fault_kind_name(sweep->kind),
           sweep->at, sweep->error->name, what);
    (void)fflush(stdout);
}

/* What may be seen instead of the answer without a fault. */
static const char *judge_other(const struct sweep *sweep,
                               const struct answer_check *check,
                               enum fault_outcome outcome)
{
    static char text[128];

    if (check->kind == ANSWER_WHOLE) {
        if (outcome >= OUTCOME_ANSWER &&
            (check->code == 408 || check->code == 500 || check->code == 503)) {
            return NULL;
        }
        (void)snprintf(text, sizeof text, "the answer was %d instead of %d",
                       check->code, sweep->exchange->code);
        return text;
    }
    if (check->kind == ANSWER_CUT) {
        (void)snprintf(text, sizeof text,
                       "the answer broke off after %zu "
                       "octets",
                       sweep->answer.length);
        return outcome == OUTCOME_CUT ? NULL : text;
    }
    return outcome >= OUTCOME_CLOSE ? NULL : "it closed without an answer";
}

bool sweep_judge(struct sweep *sweep, bool hit)
{
    const struct exchange *exchange = sweep->exchange;
    struct answer_wish wish = {exchange->head, exchange->waits};
    struct answer_check check = answer_check(&sweep->answer, &wish);
    const char *mistake = NULL;

    if (!sweep->answer.ended) {
        mistake = "the server neither answered whole nor closed";
    } else if (check.kind == ANSWER_WRONG) {
        mistake = check.mistake;
    } else if (exchange->end != END_RESETS && check.code != exchange->code) {
        mistake = judge_other(sweep, &check,
                              hit ? sweep->error->outcome : OUTCOME_SAME);
    } else if (check.kind == ANSWER_CUT) {
        mistake = judge_other(sweep, &check,
                              hit ? sweep->error->outcome : OUTCOME_SAME);
    }
    if (mistake != NULL) {
        sweep_fail(sweep, mistake);
    }
    return mistake == NULL;
}

/* All errors of one call; true if there was such a call. */
static bool sweep_call(struct sweep *sweep, sweep_try *try)
{
    bool any = false;

    for (sweep->error = fault_errors[sweep->kind];
         sweep->error->name != NULL && sweep->failures < failures_most;
         sweep->error++) {
        if (try(sweep)) {
            sweep->faults++;
            any = true;
        } else if (!any) {
            return false;
        }
    }
    return any;
}

void sweep_calls(struct sweep *sweep, enum fault_kind end, sweep_try *try)
{
    for (int kind = FAULT_NONE + 1; kind < (int)end; kind++) {
        if (fault_errors[kind] == NULL) {
            continue;
        }
        sweep->kind = (enum fault_kind)kind;
        sweep->at = 1;
        while (sweep->failures < failures_most && sweep_call(sweep, try)) {
            sweep->calls++;
            sweep->at++;
        }
    }
    if (sweep->failures >= failures_most) {
        printf("    stage %d: %s: gives up after so many\n", sweep->stage,
               sweep->exchange->name);
    }
}
