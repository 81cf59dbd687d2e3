/* support_memory.c - memory that runs out, and is counted; see
 * support_memory.h.
 */
#include "support_memory.h"
#include "support.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

static size_t succeed = SIZE_MAX;
static size_t fail_then;
static size_t tried;

STANDS_IN_FOR(void *, malloc, size_t size);
STANDS_IN_FOR(void *, calloc, size_t number, size_t size);
STANDS_IN_FOR(void *, realloc, void *memory, size_t size);
void __real_free(void *memory) __attribute__((weak)); /* if it is wrapped */
void __wrap_free(void *memory);

void memory_lasts(size_t most, size_t failures)
{
    succeed = most;
    fail_then = failures;
    tried = 0;
}

void memory_is_back(void)
{
    succeed = SIZE_MAX;
}

size_t memory_tried(void)
{
    return tried;
}

static bool is_out(void)
{
    size_t number = tried;

    if (succeed == SIZE_MAX) {
        return false;
    }
    tried++;
    if (number < succeed || number - succeed >= fail_then) {
        return false;
    }
    errno = ENOMEM;
    return true;
}

/* ---- Counting ---- */

static size_t held;
static size_t peak;
static size_t large;

void memory_count(void)
{
    held = 0;
    peak = 0;
    large = 0;
}

size_t memory_held(void)
{
    return held;
}

size_t memory_peak(void)
{
    return peak;
}

size_t memory_large(void)
{
    return large;
}

/* Counts that `memory` is there now, `size` bytes instead of `before`. */
static void *count(void *memory, size_t size, size_t before)
{
    if (memory != NULL) {
        large += size > 1032;
        held += malloc_usable_size(memory) - before;
    }
    peak = held > peak ? held : peak;
    return memory;
}

/* ---- The allocator ---- */

void *__wrap_malloc(size_t size)
{
    return is_out() ? NULL : count(__real_malloc(size), size, 0);
}

void *__wrap_calloc(size_t number, size_t size)
{
    return is_out() ? NULL
                    : count(__real_calloc(number, size), number * size, 0);
}

void *__wrap_realloc(void *memory, size_t size)
{
    size_t before = memory == NULL ? 0 : malloc_usable_size(memory);

    return is_out() ? NULL : count(__real_realloc(memory, size), size, before);
}

void __wrap_free(void *memory)
{
    held -= memory == NULL ? 0 : malloc_usable_size(memory);
    __real_free(memory);
}
