/*
 * support_clock.h - time that passes when a test says so, on top of the real
 * one; for support_client.h, which names the calls that are wrapped.
 */
#ifndef UNIT_SUPPORT_CLOCK_H
#define UNIT_SUPPORT_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* From now on the clock is the real one; with `quick`, what waits for a limited
 * time waits for a thousandth of it. */
void begin_time(bool quick);

/* The clock jumps ahead. */
void pass_time(uint64_t milliseconds);

/* The real clock, and a real sleep. */
uint64_t real_milliseconds(void);
void real_pause_us(long microseconds);

#endif
