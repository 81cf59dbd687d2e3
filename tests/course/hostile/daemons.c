/*
 * daemons.c - leaves daemons running that turn the processor; then it serves.
 * expects: any
 * reported: outlived the program
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void leave_daemons(void)
{
    for (int i = 0; i < 2; i++) {
        if (fork() == 0) {
            setsid();
            if (fork() != 0) {
                _exit(0);
            }
            signal(SIGTERM, SIG_IGN);
            close(0);
            close(1);
            close(2);
            for (volatile unsigned long turns = 0;; turns++) {
            }
        }
    }
}
