/*
 * slow_compile.c - keeps the compiler busy forever, or takes all its memory.
 * expects: any
 * reported: hostile.c
 */
#define A(...) __VA_ARGS__ __VA_ARGS__ __VA_ARGS__ __VA_ARGS__
#define B(...) A(A(A(A(__VA_ARGS__))))
int numbers[] = {B(B(B(B(1, ))))};
