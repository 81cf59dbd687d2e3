/*
 * no_sanitize.c - has a function that no sanitizer looks at.
 * expects: all
 * reported: kept from a part of the code
 */
#define JOIN(a, b) a##b

extern int past_the_end(const int *numbers);

__attribute__((JOIN(no_, sanitize)("address"))) int
past_the_end(const int *numbers)
{
    return numbers[4];
}
