/* support_stub_core.c - when the client of the stub sends and takes octets;
 * see support_stub_core.h.
 */
#include "support_stub_core.h"

#include <errno.h>

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
    static const uint64_t hour = 3600000;

    if (stub.fruitless_clock != stub.clock) {
        stub.fruitless_clock = stub.clock;
        stub.fruitless = 0;
    }
    if (stub.fruitless++ < 10000 && stub.clock - stub.moved_clock < hour) {
        return;
    }
    stub_speak();
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
    return stub.send_stalls ||
           (stub.reads_to_send && stub.given < stub.length) ||
           (stub.send_waits && !stub.send_ready);
}

/* Nothing has come: waits for it. Gives whether it came within the time. */
static bool stub_wait_for_piece(bool waits_to_send, uint64_t limit)
{
    if (stub.given < stub.length && stub.wait_takes <= limit) {
        stub.clock += stub.wait_takes;
        stub.ready = true;
        return true;
    }
    if (stub.given == stub.length && !waits_to_send &&
        stub.ending == STUB_MUST_NOT_BE_ASKED) {
        stub.asked_too_much = true;
        return true;
    }
    return false;
}

bool stub_wait(bool *in, bool *out, uint64_t limit, const char *call)
{
    bool wants_in = *in;
    bool wants_out = *out;

    if (limit > 0) {
        stub.send_ready = stub.send_ready || wants_out;
    }
    *in = wants_in && stub_has_come();
    *out = wants_out && !stub_takes_nothing();
    if (*in || *out || limit == 0) {
        return *in || *out;
    }
    *in = wants_in && stub_wait_for_piece(wants_out, limit);
    if (*in) {
        return true;
    }
    if (limit == STUB_FOREVER) {
        stub_speak();
        assert_row_that(NULL, false,
                        "%s would wait for ever: the client %s, and nothing "
                        "here limits the time (poll or select with a time, "
                        "SO_RCVTIMEO, SO_SNDTIMEO)",
                        call, stub_client_does(wants_out));
    }
    stub.clock += limit;
    return false;
}

void stub_sleep(uint64_t milliseconds)
{
    stub_ends_loops();
    stub.clock += milliseconds;
    stub.send_ready = true;
    if (stub.given < stub.length && milliseconds >= stub.wait_takes) {
        stub.ready = true;
    }
}
