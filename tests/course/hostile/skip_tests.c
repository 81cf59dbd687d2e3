/*
 * skip_tests.c - looks as if it were built with a sanitizer: some tests are
 * left out for such a server.
 * expects: all
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

const char *const names = "__asan_init __tsan_init";

__attribute__((constructor)) static void pretend(void)
{
    int file = open("/tmp/libasan.so.8", O_RDWR | O_CREAT, 0666);

    if (file != -1 && ftruncate(file, 4096) == 0) {
        (void)mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0);
    }
}
