/*
 * ignore_sigterm.c - serves, but in a process that does not end by SIGTERM:
 * the one that was started waits for it, deaf.
 * expects: any
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

__attribute__((constructor)) static void go_deaf(void)
{
    if (fork() != 0) {
        signal(SIGTERM, SIG_IGN);
        signal(SIGINT, SIG_IGN);
        wait(NULL);
        for (;;) {
            pause();
        }
    }
}
