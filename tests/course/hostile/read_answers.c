/*
 * read_answers.c - takes the tests and the system's secrets into the program as
 * it is compiled.
 * expects: any
 * reported: hostile.c
 */
__asm__(".section .rodata\n"
        ".incbin \"@TOP@/tests/wire/corpus/request-line.txt\"\n"
        ".incbin \"/etc/shadow\"\n"
        ".text\n");
