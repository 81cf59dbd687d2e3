/*
 * lock.h - takes a mutex, and gives it back.
 *
 * A plain mutex that is used correctly cannot fail. If it does, the program is
 * broken, and aborts.
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
