/*
 * huge_object.c - has the compiler write eight gigabytes.
 * expects: any
 */
char huge[8UL << 30] = {1};
