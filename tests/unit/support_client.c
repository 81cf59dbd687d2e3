/* support_client.c - a client that follows its script; see support_client.h.
 */
#include "support_client.h"
#include "support_by_hand.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/deadlines.h"
#include "support_clock.h"

enum {
    patience_ms = 3000, /* then the client ends its side, and soon closes */
    return_ms = 5000,   /* how long after that the server may take to return */
    small_buffer = 4096
};

struct client client;
volatile sig_atomic_t client_signals;

static int listening = -1;
static struct sockaddr_storage
    address;                   /* the client's, as the server gets it */
static int ends[2] = {-1, -1}; /* of the connection: server, client */
static pthread_t server;       /* the thread that handles it */
static atomic_bool returned;
static int log_file = -1; /* what standard error is meanwhile */

/* Each stage's function is linked in; its webserve.h declares it. */
void handle_connection(int client_sock,
                       const struct sockaddr_storage *client_address);

STANDS_IN_FOR(int, close, int descriptor);
int __real_poll(struct pollfd *descriptors, nfds_t count, int timeout);
int __real_setsockopt(int socket, int level, int option, const void *value,
                      socklen_t length);

int __wrap_close(int descriptor)
{
    int result;

    if (descriptor == ends[0]) {
        client.closed_before_log = lseek(log_file, 0, SEEK_END) == 0;
    }
    result = __real_close(descriptor);
    client.wrong_closes += result == -1 && errno == EBADF;
    return result;
}

static size_t count_descriptors(void)
{
    struct pollfd descriptors[64] = {{0}};
    size_t count = 0;

    for (int i = 0; i < 64; i++) {
        descriptors[i].fd = i;
    }
    (void)__real_poll(descriptors, 64, 0);
    for (int i = 0; i < 64; i++) {
        count += (descriptors[i].revents & POLLNVAL) == 0;
    }
    return count;
}

/* ---- The connection ---- */

static void set_option(int socket, int level, int option, int value)
{
    assert_int_equal(
        __real_setsockopt(socket, level, option, &value, sizeof value), 0);
}

static void listen_once(void)
{
    struct sockaddr_in any = {.sin_family = AF_INET};

    if (listening == -1) {
        any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        listening = socket(AF_INET, SOCK_STREAM, 0);
        assert_int_equal(bind(listening, (struct sockaddr *)&any, sizeof any),
                         0);
        assert_int_equal(listen(listening, 8), 0);
    }
}

static void connect_ends(void)
{
    struct sockaddr_storage name;
    socklen_t length = sizeof name;

    assert_int_equal(getsockname(listening, (struct sockaddr *)&name, &length),
                     0);
    ends[1] = socket(AF_INET, SOCK_STREAM, 0);
    if (client.reads_nothing) {
        set_option(ends[1], SOL_SOCKET, SO_RCVBUF, small_buffer);
    }
    assert_int_equal(connect(ends[1], (struct sockaddr *)&name, length), 0);
    length = sizeof address;
    ends[0] = accept(listening, (struct sockaddr *)&address, &length);
    assert_int_not_equal(ends[0], -1);
    for (size_t i = 0; i < COUNT(ends); i++) {
        set_option(ends[i], IPPROTO_TCP, TCP_NODELAY, 1);
    }
    if (client.reads_nothing || client.interrupts || client.leaves_after > 0) {
        set_option(ends[0], SOL_SOCKET, SO_SNDBUF, small_buffer);
    }
}

/* Closes, with a reset if the other side is still there, so that no connection
 * lingers in the kernel, however many there are. */
static void reset_connection(void)
{
    const struct linger at_once = {.l_onoff = 1};

    (void)__real_setsockopt(ends[1], SOL_SOCKET, SO_LINGER, &at_once,
                            sizeof at_once);
    (void)__real_close(ends[1]);
}

/* ---- The client's thread ---- */

static int octets_in(int socket, unsigned long request)
{
    int octets = 0;

    return ioctl(socket, request, &octets) == -1 ? 0 : octets;
}

/* Waits until the server has taken what was sent. A server that only peeks
 * (MSG_PEEK) takes it later, so after a few times this does not wait long. */
static void await_taken(void)
{
    static unsigned patience = 3;
    uint64_t began = real_milliseconds();

    while ((octets_in(ends[1], TIOCOUTQ) > 0 ||
            octets_in(ends[0], FIONREAD) > 0) &&
           !atomic_load(&returned)) {
        if (real_milliseconds() - began > (patience > 0 ? 1000 : 20)) {
            patience -= patience > 0;
            return;
        }
        (void)sched_yield();
    }
}

/* By then, the server is probably waiting again. */
static void interrupt_server(void)
{
    if (client.interrupts && !atomic_load(&returned)) {
        real_pause_us(50);
        (void)pthread_kill(server, SIGUSR1);
    }
}

static size_t piece_end(size_t sent)
{
    size_t end = client.length;

    for (size_t i = 0; i < COUNT(client.cuts); i++) {
        if (client.cuts[i] > sent && client.cuts[i] < end) {
            end = client.cuts[i];
        }
    }
    return client.step > 0 && end - sent > client.step ? sent + client.step
                                                       : end;
}

static void send_pieces(void)
{
    ssize_t count = 0;

    for (size_t sent = 0; sent < client.length && count != -1;) {
        size_t end = piece_end(sent);

        if (sent > 0) {
            await_taken();
            interrupt_server();
        }
        while (sent < end && count != -1) {
            count = send(ends[1], client.data + sent, end - sent, MSG_NOSIGNAL);
            sent += count > 0 ? (size_t)count : 0;
        }
    }
}

/* Keeps what has come. False at the end of the stream. */
static bool receive_some(void)
{
    char data[8192];
    ssize_t count = recv(ends[1], data, sizeof data, MSG_DONTWAIT);

    if (count > 0) {
        size_t room = sizeof client.answer - 1;
        size_t left =
            client.answer_length < room ? room - client.answer_length : 0;

        memcpy(client.answer + client.answer_length, data,
               (size_t)count < left ? (size_t)count : left);
        client.answer_length += (size_t)count;
        interrupt_server();
        return client.leaves_after == 0 ||
               client.answer_length < client.leaves_after;
    }
    client.reset = count == -1 && errno != EAGAIN;
    return count == -1 && errno == EAGAIN;
}

/* Waits this long for something to receive. */
static bool has_come(int milliseconds)
{
    struct pollfd end = {.fd = ends[1], .events = POLLIN};

    return __real_poll(&end, 1, milliseconds) > 0;
}

static void read_answer(void)
{
    while (has_come(patience_ms)) {
        if (!receive_some()) {
            return;
        }
    }
    client.asked_too_much = true;
    (void)shutdown(ends[1], SHUT_WR);
    while (has_come(patience_ms) && receive_some()) {
        continue;
    }
}

/* With each look, seconds pass on the clock, and little real time. */
static void stay_silent(void)
{
    uint64_t began = real_milliseconds();

    while (!atomic_load(&returned) && real_milliseconds() - began < return_ms) {
        pass_time(4000);
        deadlines_look(deadlines_clock());
        if (client.reads_nothing) {
            real_pause_us(200);
        } else if (has_come(1) && !receive_some()) {
            return;
        }
    }
}

/* Ends the program if the server does not return although its client is gone.
 */
static void await_return(void)
{
    uint64_t began = real_milliseconds();

    while (!atomic_load(&returned)) {
        if (real_milliseconds() - began > return_ms) {
            end_running("handle_connection had not returned seconds after its "
                        "client had left. Which loop goes on, although recv "
                        "returns 0 or -1, or send returns -1?");
        }
        real_pause_us(100);
    }
}

static void *be_client(void *unused)
{
    if (client.ending != CLIENT_IS_SILENT) {
        send_pieces();
    }
    switch (client.ending) {
    case CLIENT_ENDS:
        (void)shutdown(ends[1], SHUT_WR);
        /* fall through */
    case CLIENT_WAITS:
        if (!client.reads_nothing) {
            read_answer();
        }
        break;
    case CLIENT_IS_SILENT:
        await_taken();
        stay_silent();
        break;
    case CLIENT_RESETS:
        await_taken();
        break;
    case CLIENT_IS_GONE:
        (void)__real_close(ends[1]);
        return unused;
    }
    reset_connection();
    await_return();
    return unused;
}

/* ---- The test's thread ---- */

static void say_client_by_hand(void)
{
    say_pieces_by_hand(&(struct pieces){client.data, client.length, client.cuts,
                                        COUNT(client.cuts),
                                        client.ending == CLIENT_ENDS});
}

static void count_signal(int number)
{
    (void)number;
    client_signals++;
}

void open_client(const char *request, size_t length)
{
    const struct sigaction counts = {.sa_handler = count_signal};

    assert_int_equal(sigaction(SIGUSR1, &counts, NULL), 0);
    listen_once();
    memset(&client, 0, offsetof(struct client, answer));
    client.data = request;
    client.length = length;
    say_place("%s", "");
    say_by_hand_later(say_client_by_hand);
}

/* A sanitizer's report must not be lost in the log. */
void __sanitizer_set_report_fd(void *descriptor) __attribute__((weak));

/* Until end_log, what is written to standard error goes into a file. Returns
 * what standard error was. */
static int begin_log(void)
{
    static int real_stderr = -1;

    if (real_stderr == -1) {
        log_file = fileno(tmpfile());
        real_stderr = dup(STDERR_FILENO);
        assert_int_not_equal(real_stderr, -1);
        if (__sanitizer_set_report_fd != NULL) {
            __sanitizer_set_report_fd((void *)(intptr_t)real_stderr);
        }
    }
    assert_int_equal(ftruncate(log_file, 0), 0);
    assert_int_equal(lseek(log_file, 0, SEEK_SET), 0);
    assert_int_equal(dup2(log_file, STDERR_FILENO), STDERR_FILENO);
    return real_stderr;
}

static void end_log(int real_stderr)
{
    ssize_t length;

    assert_int_equal(dup2(real_stderr, STDERR_FILENO), STDERR_FILENO);
    length = pread(log_file, client.log, sizeof client.log - 1, 0);
    client.log_length = length > 0 ? (size_t)length : 0;
    client.log[client.log_length] = '\0';
}

/* cmocka would go on with the next test while the client still runs. */
static void end_crashed(int number)
{
    (void)number;
    end_running("handle_connection crashed");
}

void handle(void)
{
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    int real_stderr = begin_log();
    size_t descriptors = count_descriptors();
    pthread_t thread;
    size_t after;

    for (size_t i = 0; i < COUNT(crashes); i++) {
        (void)signal(crashes[i], end_crashed);
    }
    connect_ends();
    server = pthread_self();
    atomic_store(&returned, false);
    begin_time(client.ending == CLIENT_IS_SILENT);
    if (client.ending == CLIENT_IS_SILENT) {
        send_pieces(); /* or time may run out before the client runs */
        while (octets_in(ends[1], TIOCOUTQ) > 0) {
            (void)sched_yield();
        }
    }
    if (client.ending == CLIENT_IS_GONE) {
        (void)be_client(NULL);
    } else {
        assert_int_equal(pthread_create(&thread, NULL, be_client, NULL), 0);
    }
    handle_connection(ends[0], &address);
    client.left_open = fcntl(ends[0], F_GETFD) != -1;
    atomic_store(&returned, true);
    if (client.ending != CLIENT_IS_GONE) {
        assert_int_equal(pthread_join(thread, NULL), 0);
    }
    begin_time(false);
    end_log(real_stderr);
    after = count_descriptors();
    client.leaked = after > descriptors ? after - descriptors : 0;
    if (client.left_open) {
        (void)__real_close(ends[0]);
    }
    ends[0] = -1;
    client.answer[client.answer_length < sizeof client.answer
                      ? client.answer_length
                      : sizeof client.answer - 1] = '\0';
}

bool in_server_thread(void)
{
    return pthread_equal(pthread_self(), server) != 0;
}

void check_handled_at(void)
{
    if (client.asked_too_much) {
        row_fails("no whole answer came, although the whole request had been "
                  "sent: a real client would wait forever");
    }
    if (client.reset) {
        row_fails("the connection was reset: if you close a socket while "
                  "something is unread, the client can lose the answer");
    }
    if (client.left_open) {
        row_fails("the socket is still open");
    }
    row_times("a descriptor that was not open was closed", client.wrong_closes,
              0);
    if (client.leaked > 0) {
        row_fails("descriptors were left open: %zu more than before",
                  client.leaked);
    }
}
