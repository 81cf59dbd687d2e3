/*
 * wrap_resources.c - memory, threads, and what the pool and the budget count.
 *
 * What the server allocates is counted, so a leak shows right after the
 * exchange that made it. The counts of pool.h and budget.h are copied for the
 * driver just before their lock is released.
 */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>

#include "faults.h"
#include "net/budget.h"
#include "net/pool.h"

void *__real_malloc(size_t);
void *__real_calloc(size_t, size_t);
void *__real_realloc(void *, size_t);
void __real_free(void *);
int __real_pthread_detach(pthread_t);
int __real_pthread_mutex_lock(pthread_mutex_t *);
int __real_pthread_mutex_unlock(pthread_mutex_t *);
int __real_pool_init(struct pool *, int, char *);
int __real_budget_hold(uint64_t *, uint64_t);

/* Counts blocks and bytes that are allocated (1) or freed (-1). */
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

FAILS_BY_RESULT(FAULT_THREAD, pthread_create,
                (pthread_t * thread, const pthread_attr_t *attributes,
                 void *(*start)(void *), void *argument),
                (thread, attributes, start, argument))

/* Detaches it even if the call is to fail, so that nothing is left over. */
int __wrap_pthread_detach(pthread_t thread)
{
    int result = __real_pthread_detach(thread);
    int error = fault_now(FAULT_DETACH, "pthread_detach");

    return error != 0 ? error : result;
}

FAILS_BY_RESULT(FAULT_INTERRUPT, pthread_kill, (pthread_t thread, int number),
                (thread, number))

FAILS_BY_RESULT(FAULT_POOL, pthread_attr_init, (pthread_attr_t * attributes),
                (attributes))

FAILS_BY_RESULT(FAULT_POOL, pthread_attr_setstacksize,
                (pthread_attr_t * attributes, size_t size), (attributes, size))

FAILS_BY_RESULT(FAULT_POOL, pthread_mutex_init,
                (pthread_mutex_t * mutex,
                 const pthread_mutexattr_t *attributes),
                (mutex, attributes))

FAILS_BY_RESULT(FAULT_POOL, pthread_cond_init,
                (pthread_cond_t * condition,
                 const pthread_condattr_t *attributes),
                (condition, attributes))

/* The server's pool, once it has one. */
static struct pool *pool;

int __wrap_pool_init(struct pool *made, int listening_socket, char *reason)
{
    int result = __real_pool_init(made, listening_socket, reason);

    pool = result == 0 ? made : NULL;
    return result;
}

/* The first is true while this thread is in budget_hold; the second, while it
 * holds the lock of the budget and asks how much is held. */
static _Thread_local bool budgeting;
static _Thread_local bool asking;

int __wrap_budget_hold(uint64_t *held, uint64_t wanted)
{
    int result;

    budgeting = true;
    result = __real_budget_hold(held, wanted);
    budgeting = false;
    return result;
}

int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex)
{
    return asking ? 0 : __real_pthread_mutex_lock(mutex);
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    if (asking) {
        return 0;
    }
    if (faults_are_counted() && budgeting) {
        asking = true;
        faults->held = (size_t)budget_held();
        asking = false;
    } else if (faults_are_counted() && pool != NULL && mutex == &pool->lock) {
        faults->total = pool->total;
        faults->waiting = pool->waiting;
        faults->short_of_threads = pool->reached < pool->cap;
    }
    return __real_pthread_mutex_unlock(mutex);
}
