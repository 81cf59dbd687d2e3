/*
 * no_sanitize.c - has a function that no sanitizer looks at.
 * expects: all
 * reported: from checking a part of it
 */
#define JOIN(a, b) a##b

extern int past_the_end(const int *numbers);

__attribute__((JOIN(no_, sanitize)("address"))) int
past_the_end(const int *numbers)
{
    return numbers[4];
}
