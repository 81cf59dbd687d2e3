/*
 * sleep_for_ever.c - does nothing, forever, and takes no signal that it can
 * refuse.
 * expects: structure
 * reported: does not listen
 */
#include <signal.h>
#include <unistd.h>

__attribute__((constructor)) static void sleep_on(void)
{
    for (int number = 1; number < 32; number++) {
        signal(number, SIG_IGN);
    }
    for (;;) {
        pause();
    }
}
