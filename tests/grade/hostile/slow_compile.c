/*
 * slow_compile.c - takes the compiler for ever, or all its memory.
 * expects: any
 */
#define A(x) x x x x x x x x x x x x x x x x
#define B(x) A(A(A(A(x))))
int numbers[] = {B(B(B(1, )))};
