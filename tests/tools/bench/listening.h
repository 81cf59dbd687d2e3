/*
 * listening.h - a listening socket for the small servers of this folder.
 */
#ifndef BENCH_LISTENING_H
#define BENCH_LISTENING_H

#include <stddef.h>

/* Listens on a free port of 127.0.0.1, where the kernel holds back each client
 * until its request has come, and prints
 *     NAME: listening on http://127.0.0.1:PORT/
 * Returns the socket. Ends the program if it cannot. */
int listening_open(const char *name);

/* Reads a whole file. Returns its bytes, which the caller frees, and how many
 * there are. Ends the program if it cannot. */
char *listening_read_file(const char *path, size_t *length);

#endif
