/*
 * reason.h - says in a sentence why the server cannot start.
 */
#ifndef NET_REASON_H
#define NET_REASON_H

/* The size of the longest sentence, with its NUL. */
#define REASON_SIZE 320

/* Writes "cannot WHAT: WHY". WHY is what `error`, an errno, means. */
void reason_write(char reason[REASON_SIZE], const char *what, int error);

#endif
