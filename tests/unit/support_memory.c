/* support_memory.c - memory that runs out; see support_memory.h. */
#include "support_memory.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

static size_t succeed = SIZE_MAX;
static size_t fail_then;
static size_t tried;

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);

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

void *__wrap_malloc(size_t size)
{
    return is_out() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return is_out() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return is_out() ? NULL : __real_realloc(memory, size);
}
