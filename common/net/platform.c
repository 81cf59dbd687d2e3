/* platform.c - the contract is in platform.h. */
#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <time.h>

#if defined(__linux__) && !defined(PORTABLE)

#ifdef __GLIBC__
#include <malloc.h>
#endif

void platform_defer_accept(int listening_socket)
{
    int seconds = 1;

    /* It only saves time. If it fails, the server works just as well. */
    (void)setsockopt(listening_socket, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds,
                     sizeof seconds);
}

int platform_make_blocking(int client_sock)
{
    (void)client_sock; /* it blocks, even if the listening socket does not */
    return 0;
}

int platform_wait_for_signal(const sigset_t *signals, long milliseconds)
{
    struct timespec time = {.tv_nsec = milliseconds * 1000000};
    int number = sigtimedwait(signals, NULL, &time);

    return number == -1 ? 0 : number;
}

/* glibc gives each thread one of 8 heaps per processor, and trims only the end
 * of the first. Clients with large requests left up to 11 MiB in each of the
 * others. With one heap for all, an exchange takes 2 % more on two processors.
 * On many processors, threads may wait for each other at its lock. */
void platform_share_heap(void)
{
#ifdef __GLIBC__
    (void)mallopt(M_ARENA_MAX, 1);
#endif
}

void platform_trim_memory(void)
{
#ifdef __GLIBC__ /* other C libraries do this themselves */
    (void)malloc_trim(0);
#endif
}

const char *platform_program_name(void)
{
    return program_invocation_name;
}

#else

/* What is lost: a thread waits for the first bytes of each client, which makes
 * an exchange take half as much time again. */
void platform_defer_accept(int listening_socket)
{
    (void)listening_socket;
}

/* On BSDs, a client's socket inherits O_NONBLOCK, which the listening socket
 * has while the server stops. What is lost: the time of two system calls. */
int platform_make_blocking(int client_sock)
{
    int flags = fcntl(client_sock, F_GETFL);

    return flags == -1 ? -1 : fcntl(client_sock, F_SETFL, flags & ~O_NONBLOCK);
}

/* What is lost: a signal is noticed only when the time is over. */
int platform_wait_for_signal(const sigset_t *signals, long milliseconds)
{
    struct timespec time = {.tv_nsec = milliseconds * 1000000};
    sigset_t pending;
    int number = 0;

    (void)nanosleep(&time, NULL);
    if (sigpending(&pending) == 0 && ((sigismember(signals, SIGINT) == 1 &&
                                       sigismember(&pending, SIGINT) == 1) ||
                                      sigismember(&pending, SIGTERM) == 1)) {
        (void)sigwait(signals, &number);
    }
    return number;
}

/* What is lost: after a crowd, the process may keep the memory that it took. */
void platform_share_heap(void)
{
}

void platform_trim_memory(void)
{
}

/* What is lost: messages don't show the folder of the program. */
const char *platform_program_name(void)
{
    return "webserve";
}

#endif

const char *platform_error_text(int error, char *text, size_t size)
{
#if defined(__GLIBC__) && defined(_GNU_SOURCE)
    return strerror_r(error, text, size);
#else
    return strerror_r(error, text, size) == 0 ? text : "unknown error";
#endif
}
