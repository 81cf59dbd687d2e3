/*
 * lock.h - taking and giving back a mutex.
 *
 * A plain mutex, used as it should be, cannot fail: if it does, the program is
 * broken, and ends.
 */
#ifndef NET_LOCK_H
#define NET_LOCK_H

#include <pthread.h>
#include <stdlib.h>

static inline void lock_take(pthread_mutex_t *lock)
{
    if (pthread_mutex_lock(lock) != 0) {
        abort(); /* GCOVR_EXCL_LINE */
    }
}

static inline void lock_give(pthread_mutex_t *lock)
{
    if (pthread_mutex_unlock(lock) != 0) {
        abort(); /* GCOVR_EXCL_LINE */
    }
}

#endif
