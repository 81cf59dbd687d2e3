/*
 * reason.h - why the server can't start, as a sentence for people.
 */
#ifndef NET_REASON_H
#define NET_REASON_H

/* Bytes of the longest sentence, with its NUL. */
#define REASON_SIZE 320

/* Writes "cannot WHAT: WHY"; `error` is an errno, which is put into English
 * whatever the locale. */
void reason_write(char reason[REASON_SIZE], const char *what, int error);

#endif
