/*
 * support_clock.h - time that passes when a test says so, in addition to real
 * time. It is for support_client.h, which names the calls that are wrapped.
 */
#ifndef UNIT_SUPPORT_CLOCK_H
#define UNIT_SUPPORT_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* From now on, the clock shows real time. With `quick`, calls that wait for a
 * limited time wait for a thousandth of it. */
void begin_time(bool quick);

/* Makes the clock jump ahead. */
void pass_time(uint64_t milliseconds);

/* The real clock, and a real sleep. */
uint64_t real_milliseconds(void);
void real_pause_us(long microseconds);

#endif
