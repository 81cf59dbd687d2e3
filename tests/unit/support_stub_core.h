/*
 * support_stub_core.h - what the calls that the stub stands in for share. For
 * support_stub*.c alone; the tests include support_stub.h.
 */
#ifndef UNIT_SUPPORT_STUB_CORE_H
#define UNIT_SUPPORT_STUB_CORE_H

#include "support_stub.h"

#include <sys/uio.h>
#include <time.h>

/* A wait without an end of its own. */
#define STUB_FOREVER UINT64_MAX

/* Rounded up. */
static inline uint64_t milliseconds_of(const struct timespec *time)
{
    return (uint64_t)time->tv_sec * 1000 +
           ((uint64_t)time->tv_nsec + 999999) / 1000000;
}

/* True if the descriptor is the stub's socket, or a copy of it. */
bool is_stub(int descriptor);

/* Sets errno and gives -1. */
int stub_fail(int error);

/* True if this call is to fail with EINTR, which is set. */
bool stub_interrupts(void);

/* Ends the test if the server calls again and again for nothing, or has gone on
 * for an hour by the clock. */
void stub_ends_loops(void);

/* What a read of the socket gives now: octets, or an end of some kind. */
bool stub_has_come(void);

/* True if the client takes no octet now. */
bool stub_takes_nothing(void);

/* How many octets can be read without waiting. */
size_t stub_octets_there(void);

/* Waits until something can be read, if `*in`, or written, if `*out`, for so
 * many milliseconds by the clock; 0 is a look. Sets both to what was found.
 * Returns 0 if anything was, EAGAIN when the time is up, or EINTR. `call` is
 * named if the wait has no end. */
int stub_wait(bool *in, bool *out, uint64_t limit, const char *call);

/* So many milliseconds pass: what the client sends next has come. */
void stub_sleep(uint64_t milliseconds);

/* As recvmsg(2) and sendmsg(2), with MSG_ flags. */
ssize_t stub_receive(int descriptor, const struct iovec *parts, size_t count,
                     int flags, const char *call);
ssize_t stub_send(int descriptor, const struct iovec *parts, size_t count,
                  int flags, const char *call);

/* True if the stub keeps what is written there: the log. */
bool is_stub_log(int descriptor);

/* Keeps a piece of the log, written by one call. */
void stub_log(const struct iovec *parts, size_t count);

/* The calls below, which fdopen and dprintf make. */
int __wrap_close(int descriptor);
ssize_t __wrap_read(int descriptor, void *data, size_t length);
ssize_t __wrap_write(int descriptor, const void *data, size_t length);

#endif
