/* support_stub_clock.c - the calls that tell the time, or let it pass; see
 * support_stub.h.
 */
#include "support_stub_core.h"

#include <sys/time.h>
#include <time.h>
#include <unistd.h>

STANDS_IN_FOR(int, clock_gettime, clockid_t clock, struct timespec *time);
STANDS_IN_FOR(int, gettimeofday, struct timeval *time, void *zone);
STANDS_IN_FOR(time_t, time, time_t *now);
STANDS_IN_FOR(unsigned, sleep, unsigned seconds);
STANDS_IN_FOR(int, usleep, useconds_t microseconds);
STANDS_IN_FOR(int, nanosleep, const struct timespec *time,
              struct timespec *left);
STANDS_IN_FOR(int, clock_nanosleep, clockid_t clock, int flags,
              const struct timespec *time, struct timespec *left);

/* ---- What time it is ---- */

/* By the calendar, in milliseconds: when the stub was opened, and what has
 * passed by its clock since then. */
static uint64_t date_now(void)
{
    return (uint64_t)stub.date * 1000 + (stub.clock - 1000000);
}

static bool is_calendar(clockid_t clock)
{
    return clock == CLOCK_REALTIME
#ifdef CLOCK_REALTIME_COARSE
           || clock == CLOCK_REALTIME_COARSE
#endif
        ;
}

static uint64_t now_by(clockid_t clock)
{
    return is_calendar(clock) ? date_now() : stub.clock;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
    if (stub.socket == -1 || clock == CLOCK_PROCESS_CPUTIME_ID ||
        clock == CLOCK_THREAD_CPUTIME_ID) {
        return __real_clock_gettime(clock, time);
    }
    time->tv_sec = (time_t)(now_by(clock) / 1000);
    time->tv_nsec = (long)(now_by(clock) % 1000) * 1000000;
    return 0;
}

int __wrap_gettimeofday(struct timeval *time, void *zone)
{
    if (stub.socket == -1) {
        return __real_gettimeofday(time, zone);
    }
    time->tv_sec = (time_t)(date_now() / 1000);
    time->tv_usec = (suseconds_t)(date_now() % 1000) * 1000;
    return 0;
}

time_t __wrap_time(time_t *now)
{
    time_t time;

    if (stub.socket == -1) {
        return __real_time(now);
    }
    time = (time_t)(date_now() / 1000);
    if (now != NULL) {
        *now = time;
    }
    return time;
}

/* ---- Sleeping ---- */

unsigned __wrap_sleep(unsigned seconds)
{
    if (stub.socket == -1) {
        return __real_sleep(seconds);
    }
    stub_sleep((uint64_t)seconds * 1000);
    return 0;
}

int __wrap_usleep(useconds_t microseconds)
{
    if (stub.socket == -1) {
        return __real_usleep(microseconds);
    }
    stub_sleep(((uint64_t)microseconds + 999) / 1000);
    return 0;
}

int __wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
    if (stub.socket == -1) {
        return __real_nanosleep(time, left);
    }
    stub_sleep(milliseconds_of(time));
    return 0;
}

int __wrap_clock_nanosleep(clockid_t clock, int flags,
                           const struct timespec *time, struct timespec *left)
{
    uint64_t passes = milliseconds_of(time);

    if (stub.socket == -1) {
        return __real_clock_nanosleep(clock, flags, time, left);
    }
    if ((flags & TIMER_ABSTIME) != 0) {
        passes = passes > now_by(clock) ? passes - now_by(clock) : 0;
    }
    stub_sleep(passes);
    return 0;
}
