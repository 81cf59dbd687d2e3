/*
 * log_flood.c - serves, and writes a gigabyte to its log.
 * expects: any
 */
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *flood(void *unused)
{
    static char block[1 << 16];

    (void)unused;
    memset(block, 'x', sizeof(block));
    for (int i = 0; i < 1 << 14; i++) {
        (void)!write(STDERR_FILENO, block, sizeof(block));
    }
    return NULL;
}

__attribute__((constructor)) static void start_flood(void)
{
    pthread_t thread;

    pthread_create(&thread, NULL, flood, NULL);
    pthread_detach(thread);
}
