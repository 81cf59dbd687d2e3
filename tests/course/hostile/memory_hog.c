/*
 * memory_hog.c - takes all the memory there is, in several processes.
 * expects: structure
 * reported: MiB of memory
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

__attribute__((constructor)) static void take(void)
{
    for (int i = 0; i < 4; i++) {
        fork();
    }
    for (;;) {
        char *memory = malloc(1 << 24);

        if (memory == NULL) {
            pause();
        }
        memset(memory, 1, 1 << 24);
    }
}
