/*
 * pthread.h - threads where there is only one; wasi-libc has no such header.
 *
 * pthread_create calls the function, and returns when it has returned. Nobody
 * else is there, so a mutex is always free.
 */
#ifndef PLAYGROUND_PTHREAD_H
#define PLAYGROUND_PTHREAD_H

#define __NEED_pthread_t
#define __NEED_pthread_attr_t
#define __NEED_pthread_mutex_t
#define __NEED_pthread_cond_t
#include <bits/alltypes.h>

#define PTHREAD_MUTEX_INITIALIZER                                              \
    {                                                                          \
        {                                                                      \
            {                                                                  \
                0                                                              \
            }                                                                  \
        }                                                                      \
    }

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                   void *(*function)(void *), void *argument);
int pthread_detach(pthread_t thread);
pthread_t pthread_self(void);
int pthread_kill(pthread_t thread, int signal);
int pthread_mutex_lock(pthread_mutex_t *mutex);
int pthread_mutex_unlock(pthread_mutex_t *mutex);

#endif
