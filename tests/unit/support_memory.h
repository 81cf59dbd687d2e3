/*
 * support_memory.h - memory that runs out when a test says so.
 *
 * It stands in place of the allocator, in the program's own files: link it
 * with
 *     -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
 * in a comment of its own. Threads: none but the test's own.
 */
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

#endif
