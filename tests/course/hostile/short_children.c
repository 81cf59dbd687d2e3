/*
 * short_children.c - uses two cores through children that live for 30 ms and
 * are waited for by nobody, with a pause now and then; then it serves. On a
 * busy machine it does not get more than one.
 * expects: any
 */
#include <signal.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void turn(double seconds)
{
    double end = now() + seconds;

    while (now() < end) {
    }
}

__attribute__((constructor)) static void start_children(void)
{
    if (fork() == 0) {
        signal(SIGCHLD, SIG_IGN);
        for (int count = 1;; count++) {
            for (int i = 0; i < 3; i++) {
                if (fork() == 0) {
                    turn(0.03);
                    _exit(0);
                }
            }
            usleep(count % 100 == 0 ? 200000 : 30000);
        }
    }
}
