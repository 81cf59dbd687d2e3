/* pool.c - who waits and who is busy; the contract is in pool.h. */
#include "pool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#include "limits.h"
#include "lock.h"

/* After accept has failed so many times in a row, which takes a second, the
 * error is reported. */
static const unsigned failures_most = 50;
static const struct timespec pause_after_failure = {.tv_nsec = 20000000};

/* Raises the limit of open descriptors as far as it may, and counts the ones
 * below it that are free, up to `most`. Returns 0, or -1 with errno. */
static int count_free_descriptors(size_t *free, size_t most)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == -1) {
        return -1;
    }
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) == -1 &&
        getrlimit(RLIMIT_NOFILE, &limit) == -1) {
        return -1; /* GCOVR_EXCL_LINE: a second fault after a first */
    }
    *free = 0;
    for (rlim_t i = 0; i < limit.rlim_cur && *free < most; i++) {
        *free += fcntl((int)i, F_GETFD) == -1 && errno == EBADF;
    }
    return 0;
}

int pool_init(struct pool *pool, int listening_socket, char reason[REASON_SIZE])
{
    int error;

    *pool = (struct pool){
        .listening_socket = listening_socket,
        .total = 1,
        .waiting = 1,
        .coming = 1,
    };
    if (count_free_descriptors(&pool->cap, THREADS_MOST) == -1) {
        reason_write(reason, "count the descriptors", errno);
        return -1;
    }
    pool->reached = pool->cap;
    if (pool->cap == 0) {
        reason_write(reason, "accept even one client", EMFILE);
        return -1;
    }
    error = pthread_mutex_init(&pool->lock, NULL);
    if (error == 0) {
        error = pthread_cond_init(&pool->wake, NULL);
    }
    if (error == 0) {
        error = pthread_attr_init(&pool->attributes);
    }
    if (error == 0) {
        error = pthread_attr_setstacksize(&pool->attributes, THREAD_STACK);
    }
    if (error != 0) {
        reason_write(reason, "set up threads", error);
    }
    return error == 0 ? 0 : -1;
}

/* With the lock held: in a rush, rests while another thread waits. */
static void rest(struct pool *pool)
{
    while (pool->rush && pool->waiting > 0 && pool->coming == 0 &&
           pool->resting < THREADS_SPARE) {
        pool->resting++;
        (void)pthread_cond_wait(&pool->wake, &pool->lock);
        pool->resting--;
    }
}

/* A new thread was counted when it was created. Whichever thread comes here
 * first takes that count. */
bool pool_wait(struct pool *pool)
{
    bool waits = true;

    lock_take(&pool->lock);
    rest(pool);
    if (pool->coming > 0) {
        pool->coming--;
    } else if (pool->waiting < (pool->rush ? 1 : THREADS_SPARE) &&
               !pool->empty) {
        pool->waiting++;
    } else {
        waits = false;
        pool->total--;
    }
    lock_give(&pool->lock);
    return waits;
}

/* With the lock held: if nobody waits and there may be one more thread, counts
 * it, since it is about to be created. */
static bool claim_thread(struct pool *pool)
{
    if (pool->waiting > 0 || pool->total >= pool->cap) {
        return false;
    }
    pool->total++;
    pool->waiting++;
    pool->coming++;
    return true;
}

/* With the lock held: accept has failed once more. Returns true if it would
 * fail again right away, so that a pause is needed. */
static bool note_failure(struct pool *pool, int error)
{
    if (error == EINTR || error == ECONNABORTED) {
        return false; /* interrupted, or the client left before its turn */
    }
    if (pool->stopping &&
        (error == EAGAIN || error == EWOULDBLOCK || error == EINVAL)) {
        /* No client is left, or the listening has already ended. End it,
         * because nobody would serve a client that came later. */
        pool->empty = true;
        (void)shutdown(pool->listening_socket, SHUT_RDWR);
        return false;
    }
    /* EMFILE, ENOBUFS and others pass. The client waits in the queue. */
    if (++pool->failures >= failures_most) {
        pool->error = error;
    }
    return true;
}

bool pool_accepted(struct pool *pool, int client_sock)
{
    int error = errno;
    bool pauses = false;
    bool claimed = false;

    lock_take(&pool->lock);
    pool->waiting--;
    if (client_sock == -1) {
        pauses = note_failure(pool, error);
    } else {
        pool->failures = 0;
        pool->error = 0;
        pool->accepted++;
        claimed = pool->resting == 0 && claim_thread(pool);
    }
    lock_give(&pool->lock);
    if (pauses) {
        (void)nanosleep(&pause_after_failure, NULL);
    }
    return claimed;
}

/* Another thread may already wait in place of the one that could not be
 * created. Then its wait stays counted. */
void pool_thread_failed(struct pool *pool)
{
    lock_take(&pool->lock);
    pool->total--;
    if (pool->coming > 0) {
        pool->coming--;
        pool->waiting--;
    }
    pool->reached = pool->total;
    lock_give(&pool->lock);
}

struct pool_counts pool_count(struct pool *pool)
{
    struct pool_counts counts;

    lock_take(&pool->lock);
    if (pool->waiting > 0) {
        pool->reached = pool->cap; /* no thread is missing now */
    }
    counts = (struct pool_counts){
        .total = pool->total,
        .busy = pool->total - pool->waiting - pool->resting,
        .reached = pool->reached,
        .error = pool->error,
        .empty = pool->empty,
    };
    lock_give(&pool->lock);
    return counts;
}

bool pool_has_clients(const struct pool *pool)
{
    struct pollfd listener = {.fd = pool->listening_socket, .events = POLLIN};

    return poll(&listener, 1, 0) > 0 && (listener.revents & POLLIN) != 0;
}

/* With the lock held: returns true if there was a rush in the last so many
 * milliseconds. By Little's law, an exchange takes that time, multiplied by the
 * number of busy threads and divided by the number of clients. */
static bool is_rush(const struct pool *pool, uint64_t milliseconds)
{
    uint64_t busy = pool->total - pool->waiting - pool->resting;

    return pool->accepted * 1000 >= RUSH_LEAST * milliseconds &&
           busy * milliseconds * 1000 <= pool->accepted * RUSH_MOST_US;
}

long pool_look(struct pool *pool, uint64_t now)
{
    bool clients = pool_has_clients(pool);
    long pause;

    lock_take(&pool->lock);
    if (now >= pool->counted + LOOK_MS) {
        pool->rush = is_rush(pool, now - pool->counted);
        pool->counted = now;
        pool->accepted = 0;
    }
    if (!pool->rush) {
        (void)pthread_cond_broadcast(&pool->wake);
    } else if (clients && pool->waiting == 0) {
        (void)pthread_cond_signal(&pool->wake);
    }
    pause = pool->rush ? RUSH_LOOK_MS : LOOK_MS;
    lock_give(&pool->lock);
    return pause;
}

void pool_stop(struct pool *pool)
{
    lock_take(&pool->lock);
    pool->stopping = true;
    pool->rush = false;
    (void)pthread_cond_broadcast(&pool->wake);
    lock_give(&pool->lock);
}
