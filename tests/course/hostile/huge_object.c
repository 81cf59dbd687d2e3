/*
 * huge_object.c - has the compiler write eight gigabytes.
 * expects: any
 * told: hostile.c
 */
char huge[8UL << 30] = {1};
