/* support_stub.c - a client that does what it is told; see support_stub.h. */
#include "support_stub.h"
#include "support_by_hand.h"
#include "support_stub_core.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct stub stub = {.socket = -1, .peer = -1};
volatile sig_atomic_t stub_signals;

int __real_poll(struct pollfd *descriptors, nfds_t count, int timeout);
time_t __real_time(time_t *now);

size_t count_descriptors(void)
{
    enum {
        most = 64
    };
    struct pollfd descriptors[most] = {{0}};
    size_t count = 0;

    for (int i = 0; i < most; i++) {
        descriptors[i].fd = i;
    }
    (void)__real_poll(descriptors, most, 0);
    for (int i = 0; i < most; i++) {
        count += (descriptors[i].revents & POLLNVAL) == 0;
    }
    return count;
}

static void stub_say_by_hand(void)
{
    say_pieces_by_hand(&(struct pieces){
        stub.data, stub.data == NULL ? 0 : stub.length, stub.cuts,
        COUNT(stub.cuts), stub.ending == STUB_ENDS});
}

static void count_signal(int number)
{
    (void)number;
    stub_signals++;
}

void stub_open(const char *data, size_t length)
{
    const struct sigaction counts = {.sa_handler = count_signal};
    int pair[2];
    size_t descriptors = count_descriptors();

    assert_int_equal(sigaction(SIGUSR1, &counts, NULL), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    memset(&stub, 0, offsetof(struct stub, sent));
    stub.socket = pair[0];
    stub.peer = pair[1];
    stub.data = data;
    stub.length = length;
    stub.clock = 1000000;
    stub.moved_clock = stub.clock;
    stub.date = (int64_t)__real_time(NULL);
    stub.descriptors = descriptors;
    say_by_hand_later(stub_say_by_hand);
}

void stub_close(void)
{
    size_t descriptors;

    stub.socket = -1;
    assert_int_equal(close(stub.peer), 0);
    descriptors = count_descriptors();
    assert_row_that(NULL, descriptors <= stub.descriptors,
                    "descriptors were left open: %zu more than before",
                    descriptors - stub.descriptors);
    assert_row(NULL, "the number of open descriptors", descriptors,
               stub.descriptors);
}

void stub_forget(void)
{
    stub_give_up();
    stub.socket = -1;
    stub.keeps_log = false;
}

void stub_check_at(void)
{
    if (stub.asked_too_much) {
        row_fails("recv was called again after the whole request had "
                  "come: a real client would wait for ever");
    }
    if (stub.copies_count == 0) {
        row_times("the socket was closed", stub.closes, 1);
    } else {
        row_number("with its copies, the number of times the socket was closed",
                   stub.closes, 1 + stub.copies_count);
    }
    if (fcntl(stub.socket, F_GETFD) != -1) {
        row_fails("the socket is still open");
    }
}

const char *stub_sent(void)
{
    assert_true(stub.sent_length < sizeof stub.sent);
    stub.sent[stub.sent_length] = '\0';
    return stub.sent;
}
