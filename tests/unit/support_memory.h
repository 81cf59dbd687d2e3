/*
 * support_memory.h - memory that runs out when a test says so, and is counted.
 *
 * It replaces the allocator in the program's own files. Threads: only the
 * test's own.
 */
/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
#ifndef UNIT_SUPPORT_MEMORY_H
#define UNIT_SUPPORT_MEMORY_H

#include <stddef.h>

/* From now on, this many allocations succeed, then this many fail, then all
 * succeed. */
void memory_lasts(size_t most, size_t failures);

/* From now on, all succeed. */
void memory_is_back(void);

/* Returns how many allocations were tried since memory_lasts. */
size_t memory_tried(void);

/* From now on, memory is counted, starting at 0; what was allocated before must
 * not be freed. `memory_held` is how much is allocated now, and `memory_peak`
 * the most that ever was. `memory_large` is how many allocations had more than
 * 1,032 bytes: for these, glibc takes the lock of its heap, and once more to
 * free them. The test must say `link: -Wl,--wrap=free`. */
void memory_count(void);
size_t memory_held(void);
size_t memory_peak(void);
size_t memory_large(void);

#endif
