/*
 * log_line.h - a strict reader of the access log.
 */
#ifndef FUZZ_LOG_LINE_H
#define FUZZ_LOG_LINE_H

#include <stddef.h>

/*
 * Reads ADDRESS - - [DATE] "REQUEST LINE" CODE OCTETS LF, of the client and at
 * the time that client.c makes up. Ends the fuzzer (see `hold`) unless it is
 * one line of printable ASCII, the quotes in its request line marked by a
 * backslash. Gives the code and the octets, 0 where there is a `-`.
 */
void log_line_read(const char *line, size_t length, int *code, size_t *octets);

#endif
