/*
 * hidden_memory.c - fills memory that no process is seen to have: pages that
 * are shared, and no longer mapped by the one that wrote them.
 * expects: structure
 * reported: MiB of memory
 */
#include <stddef.h>
#include <sys/mman.h>

#define MIB (1UL << 20)

__attribute__((constructor)) static void fill(void)
{
    for (int i = 0; i < 12; i++) {
        char *pages = mmap(NULL, 100 * MIB, PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS, -1, 0);

        if (pages == MAP_FAILED) {
            break;
        }
        for (size_t byte = 0; byte < 100 * MIB; byte += 4096) {
            pages[byte] = 1;
        }
        madvise(pages, 100 * MIB, MADV_DONTNEED);
    }
}
