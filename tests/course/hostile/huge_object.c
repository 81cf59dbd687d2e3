/*
 * huge_object.c - has the compiler write eight gigabytes.
 * expects: any
 * reported: hostile.c
 */
char huge[8UL << 30] = {1};
