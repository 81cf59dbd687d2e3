/*
 * support_memory.h - memory that runs out when a test says so, and is counted.
 *
 * It replaces the allocator, in the program's own files. Threads:
 * none but the test's own.
 */
/* link: -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc */
#ifndef UNIT_SUPPORT_MEMORY_H
#define UNIT_SUPPORT_MEMORY_H

#include <stddef.h>

/* From now on so many allocations succeed, then so many fail, then all
 * succeed. */
void memory_lasts(size_t most, size_t failures);

/* All succeed from now on. */
void memory_is_back(void);

/* How many were tried since memory_lasts. */
size_t memory_tried(void);

/* From now on memory is counted, from 0; what was allocated before must not be
 * freed. `memory_held` is how much is allocated now, `memory_peak` the most
 * that ever was. The test has to say `link: -Wl,--wrap=free`. */
void memory_count(void);
size_t memory_held(void);
size_t memory_peak(void);

#endif
