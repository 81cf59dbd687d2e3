/*
 * decimal.h - numbers in decimal, as HTTP and the log write them.
 */
#ifndef HTTP_DECIMAL_H
#define HTTP_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

/* Octets of the longest number: 2^64 - 1. */
#define DECIMAL_MOST 20

/* Writes the number, without zeros before it and with no NUL after it; gives
 * how many octets it took. */
static inline size_t decimal_write(char text[DECIMAL_MOST], uint64_t number)
{
    size_t length = 1;

    for (uint64_t rest = number; rest >= 10; rest /= 10) {
        length++;
    }
    for (size_t i = length; i-- > 0; number /= 10) {
        text[i] = (char)('0' + number % 10);
    }
    return length;
}

#endif
