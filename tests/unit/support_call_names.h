/*
 * support_call_names.h - the names by which the linker knows some calls.
 *
 * Where glibc's time_t has 32 bits, _TIME_BITS=64 makes a call of clock_gettime
 * one of __clock_gettime64, and so on; _FILE_OFFSET_BITS=64 makes a call of
 * open one of open64. The linker's --wrap goes by these names, so what replaces
 * such a call must have them, too. The fault sweep asks its object files which
 * calls to wrap; link_flags.sh and the Makefile wrap both names.
 */
#ifndef UNIT_SUPPORT_CALL_NAMES_H
#define UNIT_SUPPORT_CALL_NAMES_H

#include <time.h>

#if defined __GLIBC__ && defined _TIME_BITS && __TIMESIZE == 32
#if _TIME_BITS == 64
#define __wrap_clock_gettime __wrap___clock_gettime64
#define __real_clock_gettime __real___clock_gettime64
#define __wrap_fcntl __wrap___fcntl_time64
#define __real_fcntl __real___fcntl_time64
#define __wrap_gettimeofday __wrap___gettimeofday64
#define __real_gettimeofday __real___gettimeofday64
#define __wrap_nanosleep __wrap___nanosleep64
#define __real_nanosleep __real___nanosleep64
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
#define __wrap_recvmsg __wrap___recvmsg64
#define __real_recvmsg __real___recvmsg64
#define __wrap_sigtimedwait __wrap___sigtimedwait64
#define __real_sigtimedwait __real___sigtimedwait64
#endif
#endif

#if defined __GLIBC__ && defined _FILE_OFFSET_BITS
#if _FILE_OFFSET_BITS == 64
#define __wrap_open __wrap_open64
#define __real_open __real_open64
#define __wrap_getrlimit __wrap_getrlimit64
#define __real_getrlimit __real_getrlimit64
#define __wrap_setrlimit __wrap_setrlimit64
#define __real_setrlimit __real_setrlimit64
#ifndef __wrap_fcntl
#define __wrap_fcntl __wrap_fcntl64
#define __real_fcntl __real_fcntl64
#endif
#endif
#endif

#endif
