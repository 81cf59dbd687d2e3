/*
 * support_time64.h - the names of calls whose times may have 32 or 64 bits.
 *
 * Where glibc's time_t has 32 bits, _TIME_BITS=64 makes a call of clock_gettime
 * one of __clock_gettime64, and so on. The linker's --wrap goes by these names,
 * so what replaces such a call must have them, too. link_flags.sh wraps
 * both names.
 */
#ifndef UNIT_SUPPORT_TIME64_H
#define UNIT_SUPPORT_TIME64_H

#include <time.h>

#if defined __GLIBC__ && defined _TIME_BITS && __TIMESIZE == 32
#if _TIME_BITS == 64
#define __wrap_clock_gettime __wrap___clock_gettime64
#define __real_clock_gettime __real___clock_gettime64
#define __wrap_gettimeofday __wrap___gettimeofday64
#define __real_gettimeofday __real___gettimeofday64
#define __wrap_time __wrap___time64
#define __real_time __real___time64
#define __wrap_ppoll __wrap___ppoll64
#define __real_ppoll __real___ppoll64
#define __wrap_select __wrap___select64
#define __real_select __real___select64
#define __wrap_pselect __wrap___pselect64
#define __real_pselect __real___pselect64
#define __wrap_setsockopt __wrap___setsockopt64
#define __real_setsockopt __real___setsockopt64
#define __wrap_sendmsg __wrap___sendmsg64
#define __real_sendmsg __real___sendmsg64
#endif
#endif

#endif
