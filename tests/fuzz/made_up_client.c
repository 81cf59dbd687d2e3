/* made_up_client.c - the contract is in made_up_client.h. */
#include "made_up_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fuzzer.h"
#include "net/budget.h"
#include "net/deadlines.h"
#include "net/limits.h"

const time_t client_now = 784111777; /* RFC 9110, section 5.6.7 */

ssize_t __real_recv(int sock, void *data, size_t length, int flags);
ssize_t __wrap_recv(int sock, void *data, size_t length, int flags);
ssize_t __real_send(int sock, const void *data, size_t length, int flags);
ssize_t __wrap_send(int sock, const void *data, size_t length, int flags);
int __real_poll(struct pollfd *events, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *events, nfds_t count, int timeout);
ssize_t __real_write(int file, const void *data, size_t length);
ssize_t __wrap_write(int file, const void *data, size_t length);
time_t __real_time(time_t *into);
time_t __wrap_time(time_t *into);
int __real_clock_gettime(clockid_t clock, struct timespec *into);
int __wrap_clock_gettime(clockid_t clock, struct timespec *into);
int __real_pthread_kill(pthread_t thread, int number);
int __wrap_pthread_kill(pthread_t thread, int number);

/* How often the server has called a function without being interrupted. */
struct calls {
    size_t all;
    size_t done;
};

/* The client that is being handled, if there is one. */
static struct {
    const struct client_plan *plan;
    struct client_result *result;
    int server;    /* the two sockets; -1: there is none */
    int socket;    /* also -1 once the client is gone */
    size_t unread; /* bytes sent that the server has not received yet */
    size_t pieces; /* that were sent */
    bool ended;    /* the client's side */
    struct calls receives, sends, polls;
    uint64_t clock;       /* milliseconds */
    bool was_interrupted; /* since the last look at the deadlines */
    char log[LOG_LINE_MOST];
    size_t log_length;
    size_t log_lines;
} client = {.server = -1, .socket = -1};

/* ---- What the client does */

/* More pieces would only take time: each is four system calls. */
static const size_t pieces_most = 100;

static void end_side(void)
{
    if (client.ended || client.plan->end == CLIENT_GOES_SILENT) {
        return;
    }
    client.ended = true;
    if (client.plan->end == CLIENT_CLOSES) {
        close(client.socket);
        client.socket = -1;
    } else if (shutdown(client.socket, SHUT_WR) == -1) {
        abort();
    }
}

/* Sends the next piece; after the last one, ends. */
static void speak(void)
{
    const struct client_plan *plan = client.plan;
    size_t *sent = &client.result->sent;
    size_t left = plan->length - *sent;
    size_t piece = left;

    if (left > 0) {
        if (plan->cut_count > 0 && client.pieces < pieces_most) {
            piece = plan->cuts[client.pieces++ % plan->cut_count] + 1U;
        }
        piece = piece < left ? piece : left;
        if (__real_send(client.socket, plan->request + *sent, piece,
                        MSG_NOSIGNAL) != (ssize_t)piece) {
            abort(); /* there is room: unread is 0 */
        }
        *sent += piece;
        client.unread += piece;
    }
    if (*sent == plan->length) {
        end_side();
    }
}

/* Receives what has come of the answer; false at its end. */
static bool listen_to_answer(void)
{
    struct buffer *answer = &client.result->answer;

    for (;;) {
        ssize_t received;

        if (buffer_reserve(answer, 4096) == -1) {
            abort();
        }
        received = __real_recv(client.socket, answer->data + answer->length,
                               answer->capacity - answer->length, MSG_DONTWAIT);
        if (received > 0) {
            answer->length += (size_t)received;
        } else if (received == 0) {
            return false;
        } else {
            client.result->reset = errno != EAGAIN;
            return errno == EAGAIN;
        }
    }
}

/* ---- What the server sees of it */

/* True for every other call of a function, so that the server makes progress.
 */
static bool is_interrupted(struct calls *calls)
{
    if (client.plan->interrupted && calls->all++ % 2 == 0) {
        errno = EINTR;
        return true;
    }
    calls->done++;
    return false;
}

int __wrap_pthread_kill(pthread_t thread, int number)
{
    if (client.server == -1) {
        return __real_pthread_kill(thread, number);
    }
    hold(number == SIGUSR1 && pthread_equal(thread, pthread_self()),
         "the thread that is late is interrupted");
    client.was_interrupted = true;
    return 0;
}

/* Lets time pass, and looks at the deadlines as the main thread does. True if
 * that interrupts the server's call. */
static bool pass(uint64_t milliseconds)
{
    client.clock += milliseconds;
    client.was_interrupted = false;
    deadlines_look(client.clock);
    return client.was_interrupted;
}

static void check_undisturbed(void)
{
    client.was_interrupted = false;
    deadlines_look(client.clock + 2 * (uint64_t)ALLOWANCE_MOST_MS);
    hold(!client.was_interrupted, "only a call that waits is interrupted");
}

/* The client sends nothing more, so the server's call blocks. */
static void block(void)
{
    uint64_t end = client.clock + ALLOWANCE_MOST_MS;
    bool interrupted = false;

    while (!interrupted && client.clock < end) {
        interrupted = pass(500);
    }
    hold(interrupted, "a call that blocks for too long is interrupted");
}

ssize_t __wrap_recv(int sock, void *data, size_t length, int flags)
{
    ssize_t received;

    if (client.server == -1 || sock != client.server) {
        return __real_recv(sock, data, length, flags);
    }
    if (is_interrupted(&client.receives)) {
        return -1;
    }
    if (client.unread == 0 && !client.ended) {
        if (client.plan->waits && pass(50)) {
            errno = EINTR; /* it is late, or might be */
            return -1;
        }
        speak();
    }
    if (client.unread == 0 && !client.ended) {
        block();
        errno = EINTR;
        return -1;
    }
    received = __real_recv(sock, data, length, flags);
    if (received > 0) {
        client.unread -= (size_t)received;
    }
    return received;
}

ssize_t __wrap_send(int sock, const void *data, size_t length, int flags)
{
    const struct client_plan *plan = client.plan;
    size_t most = 65536; /* this many fit, once the client has read */
    ssize_t sent;

    hold((flags & MSG_NOSIGNAL) != 0, "sending raises no signal");
    if (is_interrupted(&client.sends)) {
        return -1;
    }
    if (plan->small_sends) {
        size_t turn = client.sends.done + plan->cut_count + plan->length;

        most = 1 + turn * 211 % (turn % 2 == 0 ? 20 : 1500);
        if (turn % 3 == 2 && pass(SEND_LOOK_MS)) {
            errno = EINTR;
            return -1;
        }
    }
    if (client.socket != -1) {
        listen_to_answer();
    }
    sent = __real_send(sock, data, length < most ? length : most,
                       flags | MSG_DONTWAIT);
    if (sent == -1 && errno == EAGAIN) {
        abort(); /* there is room: the client has read everything */
    }
    return sent;
}

int __wrap_poll(struct pollfd *events, nfds_t count, int timeout)
{
    if (client.server == -1 || events[0].fd != client.server) {
        return __real_poll(events, count, timeout);
    }
    if (is_interrupted(&client.polls)) {
        return -1;
    }
    hold(timeout == 0, "only calls that are interrupted wait");
    if (client.unread == 0 && !client.plan->waits && !client.ended) {
        speak();
    }
    return __real_poll(events, count, timeout);
}

static bool server_is_open(void)
{
    return fcntl(client.server, F_GETFD) != -1;
}

ssize_t __wrap_write(int file, const void *data, size_t length)
{
    if (client.server == -1 || file != STDERR_FILENO) {
        return __real_write(file, data, length);
    }
    hold(!server_is_open(), "the log is written after the socket is closed");
    hold(length <= sizeof client.log, "a line of the log is not too long");
    memcpy(client.log, data, length);
    client.log_length = length;
    client.log_lines++;
    return (ssize_t)length;
}

time_t __wrap_time(time_t *into)
{
    return client.server == -1 ? __real_time(into) : client_now;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *into)
{
    if (client.server == -1 || clock != CLOCK_MONOTONIC) {
        return __real_clock_gettime(clock, into);
    }
    into->tv_sec = (time_t)(client.clock / 1000);
    into->tv_nsec = (long)(client.clock % 1000) * 1000000;
    return 0;
}

/* ---- The line of the log */

/* A number, or a `-`, which means 0. */
static size_t read_logged(const char **text, const char *end)
{
    size_t number = 0;

    if (*text < end && **text == '-') {
        ++*text;
        return 0;
    }
    hold(*text<end &&* * text> '0' && **text <= '9',
         "a number in the log is `-` or plain digits");
    while (*text < end && **text >= '0' && **text <= '9') {
        number = number * 10 + (size_t)(*(*text)++ - '0');
    }
    return number;
}

/* ADDRESS - - [DATE] "REQUEST LINE" CODE BYTES LF, in printable ASCII, with a
 * backslash before each quote in the request line. CODE and BYTES are 0 for a
 * `-`. */
static void read_log_line(struct client_result *result)
{
    static const char before[] =
        "192.0.2.1 - - [06/Nov/1994:08:49:37 +0000] \"";
    const char *text = client.log;
    const char *end = text + client.log_length;

    hold(client.log_length > sizeof before + 4 && end[-1] == '\n' &&
             memcmp(text, before, sizeof before - 1) == 0,
         "a line of the log has address and time");
    text += sizeof before - 1;
    while (text < end && *text != '"') {
        hold(*text >= ' ' && *text <= '~', "the log is printable");
        text += *text == '\\' ? 2 : 1;
    }
    hold(end - text > 4 && text[1] == ' ', "the request line is quoted");
    text += 2;
    result->logged_code = (int)read_logged(&text, end);
    hold(*text++ == ' ', "a space comes before the bytes");
    result->logged_octets = read_logged(&text, end);
    hold(text + 1 == end, "a line of the log ends after the bytes");
}

/* ---- One exchange */

static void open_sockets(void)
{
    int sockets[2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == -1) {
        perror("socketpair");
        abort();
    }
    client.socket = sockets[0];
    client.server = sockets[1];
}

void handle_connection(int client_sock,
                       const struct sockaddr_storage *client_address);

void client_run(const struct client_plan *plan, struct client_result *result)
{
    struct sockaddr_storage address = {.ss_family = AF_INET};

    ((struct sockaddr_in *)&address)->sin_addr.s_addr = htonl(0xC0000201);
    *result = (struct client_result){.sent = 0};
    buffer_init(&result->answer);
    client.plan = plan;
    client.result = result;
    client.unread = 0;
    client.pieces = 0;
    client.ended = false;
    client.receives = client.sends = client.polls = (struct calls){.all = 0};
    client.clock = 1000;
    client.log_lines = 0;
    open_sockets();
    handle_connection(client.server, &address);
    hold(!server_is_open(), "the socket is closed");
    check_undisturbed();
    result->took = client.clock - 1000;
    hold(client.log_lines == 1, "one line is written to the log");
    read_log_line(result);
    hold(budget_held() == 0, "all memory that was held is released");
    if (client.socket != -1) {
        hold(!listen_to_answer(), "the answer ends");
        close(client.socket);
    }
    client.server = -1;
    client.socket = -1;
}

void client_release(struct client_result *result)
{
    buffer_release(&result->answer);
}

size_t client_read_plan(struct client_plan *plan, const char *data,
                        size_t length)
{
    unsigned octet = length == 0 ? 0 : (unsigned char)data[0];

    *plan = (struct client_plan){
        .cuts = (const unsigned char *)data + 1,
        .cut_count = (octet & 7) == 7 ? 1 : octet & 7,
        .waits = (octet & 8) != 0,
        .interrupted = (octet & 16) != 0,
        .small_sends = (octet & 32) != 0,
        .end = (octet >> 6) % 3,
    };
    if (length <= plan->cut_count) {
        plan->cut_count = 0;
        return length;
    }
    return 1 + plan->cut_count;
}
