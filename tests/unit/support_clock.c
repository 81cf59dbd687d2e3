/* support_clock.c - see support_clock.h. */
#include "support_clock.h"
#include "support.h"

#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

static _Atomic uint64_t ahead; /* milliseconds */
static atomic_bool is_quick;

STANDS_IN_FOR(int, clock_gettime, clockid_t clock, struct timespec *time);
STANDS_IN_FOR(int, gettimeofday, struct timeval *time, void *zone);
STANDS_IN_FOR(time_t, time, time_t *now);
STANDS_IN_FOR(int, poll, struct pollfd *descriptors, nfds_t count, int timeout);
STANDS_IN_FOR(int, ppoll, struct pollfd *descriptors, nfds_t count,
              const struct timespec *timeout, const sigset_t *mask);
STANDS_IN_FOR(int, select, int count, fd_set *in, fd_set *out, fd_set *except,
              struct timeval *timeout);
STANDS_IN_FOR(int, pselect, int count, fd_set *in, fd_set *out, fd_set *except,
              const struct timespec *timeout, const sigset_t *mask);
STANDS_IN_FOR(int, setsockopt, int socket, int level, int option,
              const void *value, socklen_t length);

void begin_time(bool quick)
{
    atomic_store(&ahead, 0);
    atomic_store(&is_quick, quick);
}

void pass_time(uint64_t milliseconds)
{
    atomic_fetch_add(&ahead, milliseconds);
}

uint64_t real_milliseconds(void)
{
    struct timespec now = {0};

    (void)__real_clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void real_pause_us(long microseconds)
{
    const struct timespec time = {.tv_nsec = microseconds * 1000};

    (void)nanosleep(&time, NULL);
}

/* ---- What time it is ---- */

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
    int result = __real_clock_gettime(clock, time);
    uint64_t more = atomic_load(&ahead);

    if (clock != CLOCK_PROCESS_CPUTIME_ID && clock != CLOCK_THREAD_CPUTIME_ID) {
        time->tv_sec += (time_t)(more / 1000);
    }
    return result;
}

int __wrap_gettimeofday(struct timeval *time, void *zone)
{
    int result = __real_gettimeofday(time, zone);

    time->tv_sec += (time_t)(atomic_load(&ahead) / 1000);
    return result;
}

time_t __wrap_time(time_t *now)
{
    time_t date = __real_time(NULL) + (time_t)(atomic_load(&ahead) / 1000);

    if (now != NULL) {
        *now = date;
    }
    return date;
}

/* ---- How long a call may wait ---- */

static struct timespec less_ns(const struct timespec *time)
{
    int64_t ns = ((int64_t)time->tv_sec * 1000000000 + time->tv_nsec) / 1000;

    return (struct timespec){.tv_sec = (time_t)(ns / 1000000000),
                             .tv_nsec = (long)(ns % 1000000000)};
}

static struct timeval less_us(const struct timeval *time)
{
    int64_t us = ((int64_t)time->tv_sec * 1000000 + time->tv_usec) / 1000;

    return (struct timeval){.tv_sec = (time_t)(us / 1000000),
                            .tv_usec = (suseconds_t)(us % 1000000)};
}

int __wrap_poll(struct pollfd *descriptors, nfds_t count, int timeout)
{
    if (atomic_load(&is_quick) && timeout > 0) {
        timeout = timeout / 1000 + 1;
    }
    return __real_poll(descriptors, count, timeout);
}

int __wrap_ppoll(struct pollfd *descriptors, nfds_t count,
                 const struct timespec *timeout, const sigset_t *mask)
{
    struct timespec less;

    if (atomic_load(&is_quick) && timeout != NULL) {
        less = less_ns(timeout);
        timeout = &less;
    }
    return __real_ppoll(descriptors, count, timeout, mask);
}

int __wrap_select(int count, fd_set *in, fd_set *out, fd_set *except,
                  struct timeval *timeout)
{
    struct timeval less;

    if (atomic_load(&is_quick) && timeout != NULL) {
        less = less_us(timeout);
        timeout = &less;
    }
    return __real_select(count, in, out, except, timeout);
}

int __wrap_pselect(int count, fd_set *in, fd_set *out, fd_set *except,
                   const struct timespec *timeout, const sigset_t *mask)
{
    struct timespec less;

    if (atomic_load(&is_quick) && timeout != NULL) {
        less = less_ns(timeout);
        timeout = &less;
    }
    return __real_pselect(count, in, out, except, timeout, mask);
}

int __wrap_setsockopt(int socket, int level, int option, const void *value,
                      socklen_t length)
{
    struct timeval less;

    if (atomic_load(&is_quick) && level == SOL_SOCKET &&
        (option == SO_RCVTIMEO || option == SO_SNDTIMEO)) {
        less = less_us(value);
        less.tv_usec += less.tv_sec == 0 && less.tv_usec == 0; /* 0: no end */
        value = &less;
    }
    return __real_setsockopt(socket, level, option, value, length);
}
