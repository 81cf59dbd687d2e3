/*
 * wrap_running.c - the calls that the server makes while it runs.
 *
 * A call that should fail does nothing else. The exception is close, which
 * always closes, as it does on Linux. accept fails only once a client is there,
 * and the client stays in the kernel's queue. That is what happens when
 * descriptors or memory run out.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "faults.h"
#include "net/budget.h"
#include "net/limits.h"

int __real_accept(int, struct sockaddr *, socklen_t *);
ssize_t __real_recv(int, void *, size_t, int);
ssize_t __real_send(int, const void *, size_t, int);
int __real_fcntl(int, int, ...);
int __real_close(int);
int __real_clock_gettime(clockid_t, struct timespec *);
ssize_t __real_write(int, const void *, size_t);
int __real_setsockopt(int, int, int, const void *, socklen_t);

FAILS_BY_ERRNO(FAULT_POLL, int, poll,
               (struct pollfd * descriptors, nfds_t count, int milliseconds),
               (descriptors, count, milliseconds))

/* Waits for a client, as accept does. True: the call must fail. */
static bool accept_fails(int listening_socket, const char *name)
{
    struct pollfd listener = {.fd = listening_socket, .events = POLLIN};
    int flags = __real_fcntl(listening_socket, F_GETFL);

    if (flags != -1 && (flags & O_NONBLOCK) == 0) {
        (void)__real_poll(&listener, 1, -1);
    }
    return fault_sets_errno(FAULT_ACCEPT, name);
}

/* What is held, as if by other clients, while this thread has a client: from
 * accept to close. */
static _Thread_local uint64_t held;

static int count_accepted(int client)
{
    if (client == -1 || !faults_are_counted()) {
        return client;
    }
    if (faults->send_buffer > 0) {
        (void)__real_setsockopt(client, SOL_SOCKET, SO_SNDBUF,
                                &faults->send_buffer,
                                sizeof faults->send_buffer);
    }
    if (faults->budget_taken) {
        (void)budget_hold(&held, MEMORY_BUDGET);
    }
    faults->accepted++;
    return client;
}

int __wrap_accept(int listening_socket, struct sockaddr *address,
                  socklen_t *length)
{
    if (accept_fails(listening_socket, "accept")) {
        return -1;
    }
    return count_accepted(__real_accept(listening_socket, address, length));
}

ssize_t __wrap_recv(int socket, void *data, size_t length, int flags)
{
    int error = fault_now(FAULT_RECV, "recv");

    if (error == FAULT_END) {
        return 0;
    }
    if (error == FAULT_SHORT) {
        length = length > 1 ? 1 : length;
    } else if (error != 0) {
        errno = error;
        return -1;
    }
    return __real_recv(socket, data, length, flags);
}

ssize_t __wrap_send(int socket, const void *data, size_t length, int flags)
{
    int error = fault_now(FAULT_SEND, "send");

    if (error == FAULT_SHORT) {
        length = length > 1 ? 1 : length;
    } else if (error != 0) {
        errno = error;
        return -1;
    }
    return __real_send(socket, data, length, flags);
}

/* Makes a client's socket a blocking one, or asks whether it is. */
static bool is_preparation(int descriptor, int command)
{
    int listens = 0;
    socklen_t length = sizeof listens;

    return (command == F_GETFL || command == F_SETFL) &&
           getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens,
                      &length) == 0 &&
           listens == 0;
}

int __wrap_fcntl(int descriptor, int command, ...)
{
    va_list arguments;
    int argument = 0;
    enum fault_kind kind =
        is_preparation(descriptor, command) ? FAULT_PREPARE : FAULT_FCNTL;

    if (fault_sets_errno(kind, "fcntl")) {
        return -1;
    }
    if (command == F_SETFD || command == F_SETFL) {
        va_start(arguments, command);
        argument = va_arg(arguments, int);
        va_end(arguments);
    }
    return __real_fcntl(descriptor, command, argument);
}

FAILS_BY_ERRNO(FAULT_SHUTDOWN, int, shutdown, (int socket, int how),
               (socket, how))

int __wrap_close(int descriptor)
{
    int result = __real_close(descriptor);

    if (result == -1 && errno == EBADF && faults_are_counted()) {
        faults->wrong_closes++;
    }
    (void)budget_hold(&held, 0);
    return fault_sets_errno(FAULT_CLOSE, "close") ? -1 : result;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
    return fault_sets_errno(fault_clock_kind(), NULL)
               ? -1
               : __real_clock_gettime(clock, time);
}

static unsigned count_lines(const char *data, size_t length)
{
    unsigned lines = 0;

    for (size_t i = 0; i < length; i++) {
        lines += data[i] == '\n';
    }
    return lines;
}

/* The log. Any error except EINTR and EAGAIN loses its lines. */
ssize_t __wrap_write(int descriptor, const void *data, size_t length)
{
    int error = fault_now(FAULT_WRITE, "write");
    ssize_t written;

    if (error == FAULT_SHORT) {
        length = length > 1 ? 1 : length;
    } else if (error != 0) {
        if (error != EINTR && error != EAGAIN) {
            faults->unlogged += count_lines(data, length);
        }
        errno = error;
        return -1;
    }
    written = __real_write(descriptor, data, length);
    if (written > 0 && faults_are_counted()) {
        faults->logged += count_lines(data, (size_t)written);
    }
    return written;
}

FAILS_BY_ERRNO(FAULT_SLEEP, int, nanosleep,
               (const struct timespec *time, struct timespec *left),
               (time, left))

FAILS_BY_ERRNO(FAULT_SIGTIMEDWAIT, int, sigtimedwait,
               (const sigset_t *signals, siginfo_t *information,
                const struct timespec *time),
               (signals, information, time))

int __wrap_setsockopt(int socket, int level, int name, const void *value,
                      socklen_t length)
{
    if (fault_sets_errno(FAULT_SETSOCKOPT, "setsockopt")) {
        return -1;
    }
#ifdef TCP_DEFER_ACCEPT
    if (faults_are_counted() && faults->accept_early && level == IPPROTO_TCP &&
        name == TCP_DEFER_ACCEPT) {
        return 0;
    }
#endif
    return __real_setsockopt(socket, level, name, value, length);
}
