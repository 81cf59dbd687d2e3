/* support_stub_core.c - when the client of the stub sends and takes octets;
 * see support_stub_core.h.
 */
#include "support_stub_core.h"

#include <errno.h>

#include "net/deadlines.h"

static const uint64_t hour = 3600000;

bool is_stub(int descriptor)
{
    if (stub.socket == -1) {
        return false;
    }
    for (size_t i = 0; i < stub.copies_count; i++) {
        if (descriptor == stub.copies[i]) {
            return true;
        }
    }
    return descriptor == stub.socket;
}

int stub_fail(int error)
{
    errno = error;
    return -1;
}

bool stub_interrupts(void)
{
    if (stub.interrupted > 0) {
        stub.interrupted--;
        errno = EINTR;
        return true;
    }
    return false;
}

/* ---- Giving up ---- */

STANDS_IN_FOR(void, deadline_begin, struct deadline *deadline);

void __wrap_deadline_begin(struct deadline *deadline)
{
    stub.deadline = deadline;
    __real_deadline_begin(deadline);
}

void stub_give_up(void)
{
    stub_speak();
    if (stub.deadline != NULL) {
        deadline_end(stub.deadline); /* once more does no harm: no others are */
        stub.deadline = NULL;
    }
}

/* What the client does, for a sentence that goes on from "the client": to one
 * that wants to send, or to receive. */
static const char *stub_client_does(bool to_sender)
{
    if (to_sender && stub_takes_nothing()) {
        return "takes nothing";
    }
    if (stub.given < stub.length) {
        return "has more to send";
    }
    switch (stub.ending) {
    case STUB_IS_SILENT:
        return "is silent";
    case STUB_MUST_NOT_BE_ASKED:
        return "has sent all of its request, and waits";
    default:
        return "has ended";
    }
}

void stub_ends_loops(void)
{
    if (stub.fruitless_clock != stub.clock) {
        stub.fruitless_clock = stub.clock;
        stub.fruitless = 0;
    }
    if (stub.fruitless++ < 10000 && stub.clock - stub.moved_clock < hour &&
        stub.sends < 200000 && stub.sent_length < 100000000) {
        return;
    }
    stub_give_up();
    assert_row_that(NULL, false,
                    "a loop does not end: it reads, writes or waits again and "
                    "again, though the client %s",
                    stub_client_does(stub.sends > 0));
}

/* ---- Waiting ---- */

/* At the end of what the client sends: true if a read would not wait. */
static bool stub_is_at_an_end(void)
{
    switch (stub.ending) {
    case STUB_ENDS:
    case STUB_RESETS:
        return true;
    case STUB_MUST_NOT_BE_ASKED:
        return stub.asked_too_much ||
               (stub.leaves_when_answered && stub.answered);
    default:
        return false;
    }
}

bool stub_has_come(void)
{
    if (stub.given < stub.length) {
        return !stub.waits || stub.ready;
    }
    return stub_is_at_an_end();
}

bool stub_takes_nothing(void)
{
    return stub.send_stalls || stub.clock < stub.takes_at ||
           (stub.reads_to_send && stub.given < stub.length) ||
           (stub.send_waits && !stub.send_ready);
}

/* The wait goes on by so many milliseconds at once: to the next step, or until
 * the next piece comes. */
static uint64_t next_step(uint64_t limit)
{
    uint64_t step = limit < STUB_STEP_MS ? limit : STUB_STEP_MS;

    if (stub.waits && !stub.ready && stub.given < stub.length &&
        stub.wait_takes < stub.waited + step) {
        return stub.wait_takes > stub.waited ? stub.wait_takes - stub.waited
                                             : 0;
    }
    return step;
}

static void pass(uint64_t milliseconds)
{
    stub.clock += milliseconds;
    stub.waited += milliseconds;
    stub.ready = stub.ready || stub.waited >= stub.wait_takes;
}

/* The main thread looks; true if that interrupted the call. */
static bool is_late(void)
{
    sig_atomic_t signals = stub_signals;

    deadlines_look(stub.clock);
    return stub_signals != signals;
}

static void end_endless_wait(const char *call, bool to_send)
{
    stub_give_up();
    assert_row_that(NULL, false,
                    "%s would wait for ever: the client %s, and nothing here "
                    "limits the time (poll or select with a time, SO_RCVTIMEO, "
                    "SO_SNDTIMEO)",
                    call, stub_client_does(to_send));
}

int stub_wait(bool *in, bool *out, uint64_t limit, const char *call)
{
    bool wants_in = *in;
    bool wants_out = *out;
    uint64_t waited = 0;

    stub.send_ready = stub.send_ready || (limit > 0 && wants_out);
    for (;;) {
        uint64_t step = next_step(limit - waited);

        *in = wants_in && stub_has_come();
        *out = wants_out && !stub_takes_nothing();
        if (*in || *out) {
            return 0;
        }
        if (waited == limit) {
            return EAGAIN;
        }
        if (stub.given == stub.length && !wants_out &&
            stub.ending == STUB_MUST_NOT_BE_ASKED) {
            stub.asked_too_much = true;
            continue;
        }
        if (waited >= hour) {
            end_endless_wait(call, wants_out);
        }
        pass(step);
        waited += step;
        if (is_late()) {
            return EINTR;
        }
    }
}

void stub_sleep(uint64_t milliseconds)
{
    stub_ends_loops();
    pass(milliseconds);
    stub.send_ready = true;
}
