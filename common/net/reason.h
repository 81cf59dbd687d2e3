/*
 * reason.h - why the server can't start, as a sentence for people.
 */
#ifndef NET_REASON_H
#define NET_REASON_H

/* Bytes of the longest sentence, with its NUL. */
#define REASON_SIZE 320

/* Writes "cannot WHAT: WHY"; WHY is what `error`, an errno, means. */
void reason_write(char reason[REASON_SIZE], const char *what, int error);

#endif
