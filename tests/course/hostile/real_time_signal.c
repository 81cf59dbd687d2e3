/*
 * real_time_signal.c - ends itself with a signal that has no name of its own.
 * expects: structure
 * reported: real-time signal
 */
#define _GNU_SOURCE
#include <signal.h>

__attribute__((constructor)) static void die(void)
{
    raise(SIGRTMIN + 3);
}
