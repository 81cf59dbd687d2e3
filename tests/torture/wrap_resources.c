/*
 * wrap_resources.c - memory, threads, and the counts of the turns.
 *
 * What the server allocates is counted, so that a leak shows right after the
 * exchange that made it. The counts of turns.h are copied for the driver
 * whenever the server gives back its one mutex, while it is still held.
 */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stddef.h>

#include "faults.h"
#include "turns.h"

void *__real_malloc(size_t);
void *__real_calloc(size_t, size_t);
void *__real_realloc(void *, size_t);
void __real_free(void *);
int __real_pthread_create(pthread_t *, const pthread_attr_t *,
                          void *(*)(void *), void *);
int __real_pthread_attr_init(pthread_attr_t *);
int __real_pthread_attr_setstacksize(pthread_attr_t *, size_t);
int __real_pthread_attr_setdetachstate(pthread_attr_t *, int);
int __real_pthread_mutex_lock(pthread_mutex_t *);
int __real_pthread_mutex_unlock(pthread_mutex_t *);

/* Counts the blocks and octets that have come (1) or go (-1). */
static void *count_memory(void *memory, int sign)
{
    if (memory != NULL && faults_are_counted()) {
        faults->blocks += sign;
        faults->octets += sign * (long)malloc_usable_size(memory);
    }
    return memory;
}

void *__wrap_malloc(size_t size)
{
    if (fault_sets_errno(FAULT_MEMORY, "malloc")) {
        return NULL;
    }
    return count_memory(__real_malloc(size), 1);
}

void *__wrap_calloc(size_t count, size_t size)
{
    if (fault_sets_errno(FAULT_MEMORY, "calloc")) {
        return NULL;
    }
    return count_memory(__real_calloc(count, size), 1);
}

void *__wrap_realloc(void *memory, size_t size)
{
    void *moved;

    if (fault_sets_errno(FAULT_MEMORY, "realloc")) {
        return NULL;
    }
    (void)count_memory(memory, -1);
    moved = __real_realloc(memory, size);
    (void)count_memory(moved == NULL ? memory : moved, 1);
    return moved;
}

void __wrap_free(void *memory)
{
    __real_free(count_memory(memory, -1));
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *argument)
{
    int error = fault_now(FAULT_THREAD, "pthread_create");

    return error != 0
               ? error
               : __real_pthread_create(thread, attributes, start, argument);
}

int __wrap_pthread_attr_init(pthread_attr_t *attributes)
{
    int error = fault_now(FAULT_ATTRIBUTES, "pthread_attr_init");

    return error != 0 ? error : __real_pthread_attr_init(attributes);
}

int __wrap_pthread_attr_setstacksize(pthread_attr_t *attributes, size_t size)
{
    int error = fault_now(FAULT_ATTRIBUTES, "pthread_attr_setstacksize");

    return error != 0 ? error
                      : __real_pthread_attr_setstacksize(attributes, size);
}

int __wrap_pthread_attr_setdetachstate(pthread_attr_t *attributes, int state)
{
    int error = fault_now(FAULT_ATTRIBUTES, "pthread_attr_setdetachstate");

    return error != 0 ? error
                      : __real_pthread_attr_setdetachstate(attributes, state);
}

/* True while turns_count is called by this thread with the mutex held. */
static _Thread_local bool copying;

int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex)
{
    return copying ? 0 : __real_pthread_mutex_lock(mutex);
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    struct turns_counts counts;

    if (copying) {
        return 0;
    }
    if (faults_are_counted()) {
        copying = true;
        counts = turns_count();
        copying = false;
        faults->total = counts.total;
        faults->waiting = counts.waiting;
        faults->held = counts.held;
    }
    return __real_pthread_mutex_unlock(mutex);
}
