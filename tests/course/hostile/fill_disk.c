/*
 * fill_disk.c - writes files until nothing can be written; then it serves.
 * expects: all
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

__attribute__((constructor)) static void fill(void)
{
    static char block[1 << 20];
    char name[64];

    signal(SIGXFSZ, SIG_IGN);
    memset(block, 'x', sizeof(block));
    for (int i = 0; i < 100000; i++) {
        int file;

        snprintf(name, sizeof(name), "/tmp/fill-%d-%d", (int)getpid(), i);
        file = open(name, O_WRONLY | O_CREAT, 0666);
        if (file == -1) {
            break;
        }
        while (write(file, block, sizeof(block)) > 0) {
        }
        close(file);
    }
    signal(SIGXFSZ, SIG_DFL);
}
