/* sweep.c - what all sweeps share; the contract is in sweep.h. */
#include "sweep.h"

#include <stdio.h>

#include "scripted_client.h"

static const unsigned failures_most = 10; /* after that, a sweep gives up */

void sweep_fail(struct sweep *sweep, const char *what)
{
    const char *name = faults->name;

    sweep->failures++;
    if (sweep->error == NULL) {
        printf("    stage %d: %s: with no fault: %s\n", sweep->stage,
               sweep->script->name, what);
        return;
    }
    printf("    stage %d: %s: %s, call %u, %s: %s\n", sweep->stage,
           sweep->script->name,
           faults->hits > 0 && name != NULL ? name
                                            : fault_kind_name(sweep->kind),
           sweep->at, sweep->error->name, what);
    (void)fflush(stdout);
}

/* Judges an answer that is not the one without a fault. Returns what is wrong
 * with it, or NULL. */
static const char *judge_other(const struct sweep *sweep,
                               const struct answer *answer,
                               enum fault_outcome outcome)
{
    static char text[128];

    if (answer->kind == ANSWER_WHOLE) {
        if (outcome >= OUTCOME_ANSWER &&
            (answer->code == 408 || answer->code == 500 ||
             answer->code == 503)) {
            return NULL;
        }
        (void)snprintf(text, sizeof text, "the answer was %d instead of %d",
                       answer->code, sweep->script->code);
        return text;
    }
    if (answer->kind == ANSWER_CUT) {
        (void)snprintf(text, sizeof text,
                       "the answer broke off after %zu "
                       "bytes",
                       sweep->received.length);
        return outcome == OUTCOME_CUT ? NULL : text;
    }
    return outcome >= OUTCOME_CLOSE ? NULL : "it closed without an answer";
}

struct answer sweep_answer(const struct sweep *sweep,
                           const struct script *script)
{
    struct answer answer = answer_read(
        sweep->received.data, sweep->received.length, script->head, NULL);

    if (answer.kind == ANSWER_WHOLE) {
        answer.mistake = answer_lacks(&answer);
    }
    if (answer.interims > 0 && !script->waits) {
        answer.mistake =
            "a 100 Continue came that the client had not asked for";
    }
    if (answer.mistake != NULL && answer.kind != ANSWER_CUT) {
        answer.kind = ANSWER_WRONG;
    }
    return answer;
}

bool sweep_judge(struct sweep *sweep, bool hit)
{
    const struct script *script = sweep->script;
    struct answer answer = sweep_answer(sweep, script);
    const char *mistake = NULL;

    if (!sweep->received.ended) {
        mistake = "the server neither gave a whole answer nor closed";
    } else if (answer.kind == ANSWER_WRONG) {
        mistake = answer.mistake;
    } else if (answer.kind == ANSWER_CUT ||
               (script->end != END_RESETS && answer.code != script->code)) {
        mistake = judge_other(sweep, &answer,
                              hit ? sweep->error->outcome : OUTCOME_SAME);
    }
    if (mistake != NULL) {
        sweep_fail(sweep, mistake);
    }
    return mistake == NULL;
}

/* Tries all errors of one call. True if there was such a call. */
static bool sweep_call(struct sweep *sweep, sweep_try *try)
{
    bool any = false;

    for (sweep->error = fault_errors(sweep->kind);
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
        sweep->kind = (enum fault_kind)kind;
        sweep->at = 1;
        while (sweep->failures < failures_most && sweep_call(sweep, try)) {
            sweep->calls++;
            sweep->at++;
        }
    }
    if (sweep->failures >= failures_most) {
        printf("    stage %d: %s: gives up after so many failures\n",
               sweep->stage, sweep->script->name);
    }
}
