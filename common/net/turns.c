/* turns.c - threads taking turns; the contract is in turns.h. */
#include "turns.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "limits.h"
#include "platform.h"

/* Descriptors for other things than clients: the standard streams, the
 * listening socket, and some to be on the safe side. */
static const rlim_t descriptors_kept = 16;

/* The one thing that all threads share; `mutex` guards all of it. */
static struct {
    pthread_mutex_t mutex;
    struct turns_counts counts;
    size_t coming;  /* of those waiting: created, not yet at their turn */
    size_t reached; /* the cap; or `total` when no thread could be created */
    bool stopping;  /* and since when */
    uint64_t stopped;
    struct turns_wait *waits;
} shared = {
    .mutex = PTHREAD_MUTEX_INITIALIZER,
    .counts.cap = THREADS_MOST,
    .reached = THREADS_MOST,
};

/* A plain mutex that is used as it should be cannot fail. */
static void lock(void)
{
    if (pthread_mutex_lock(&shared.mutex) != 0) {
        abort();
    }
}

static void unlock(void)
{
    if (pthread_mutex_unlock(&shared.mutex) != 0) {
        abort();
    }
}

uint64_t turns_clock(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static int create_thread(struct turns *turns)
{
    pthread_attr_t attributes;
    pthread_t thread;
    int error = pthread_attr_init(&attributes);

    if (error != 0) {
        return error;
    }
    error = pthread_attr_setstacksize(&attributes, THREAD_STACK);
    if (error == 0) {
        error =
            pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    }
    if (error == 0) {
        error = pthread_create(&thread, &attributes, turns->take, turns);
    }
    (void)pthread_attr_destroy(&attributes);
    return error;
}

/* With the mutex held: counts a thread that is about to be created, if nobody
 * waits and there may be one more. */
static bool claim_thread(void)
{
    if (shared.counts.waiting > 0 || shared.counts.total >= shared.counts.cap) {
        return false;
    }
    shared.counts.total++;
    shared.counts.waiting++;
    shared.coming++;
    return true;
}

/* Creates the thread that was claimed, or takes the claim back. Another thread
 * may have gone to wait in its place meanwhile: then that one stays counted. */
static int start_thread(struct turns *turns)
{
    int error = create_thread(turns);

    lock();
    shared.reached = shared.counts.cap;
    if (error != 0) {
        shared.counts.total--;
        if (shared.coming > 0) {
            shared.coming--;
            shared.counts.waiting--;
        }
        shared.reached = shared.counts.total;
    }
    unlock();
    return error;
}

void turns_ensure_waiting(struct turns *turns)
{
    bool claimed;

    lock();
    claimed = claim_thread();
    unlock();
    if (claimed) {
        (void)start_thread(turns); /* no more can be had: that is the cap */
    }
}

static void ignore_signal(int number)
{
    (void)number; /* that it came has ended the poll */
}

static int set_cap(void)
{
    struct rlimit limit;
    rlim_t most;

    if (getrlimit(RLIMIT_NOFILE, &limit) == -1) {
        return -1;
    }
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) == -1 &&
        getrlimit(RLIMIT_NOFILE, &limit) == -1) {
        return -1;
    }
    most = limit.rlim_cur > descriptors_kept ? limit.rlim_cur - descriptors_kept
                                             : 1;
    lock();
    if (most < shared.counts.cap) {
        shared.counts.cap = (size_t)most;
    }
    shared.reached = shared.counts.cap;
    unlock();
    return 0;
}

/* SIGINT and SIGTERM are waited for by turns_run; without SIGPIPE, writing to
 * a client or a log that is gone fails with EPIPE. */
static int prepare_signals(void)
{
    struct sigaction nothing = {.sa_handler = ignore_signal};
    sigset_t blocked;

    (void)sigemptyset(&nothing.sa_mask); /* these fail for no valid signal */
    (void)sigemptyset(&blocked);
    (void)sigaddset(&blocked, SIGINT);
    (void)sigaddset(&blocked, SIGTERM);
    (void)sigaddset(&blocked, SIGPIPE);
    errno = pthread_sigmask(SIG_BLOCK, &blocked, NULL);
    return errno == 0 ? sigaction(SIGUSR1, &nothing, NULL) : -1;
}

int turns_start(struct turns *turns)
{
    if (prepare_signals() == -1 || set_cap() == -1) {
        return -1;
    }
    lock();
    (void)claim_thread();
    unlock();
    errno = start_thread(turns);
    return errno == 0 ? 0 : -1;
}

/* Goes to wait, or tells the thread to end: enough are waiting. A thread that
 * was created was counted then; whichever comes first takes that count. */
static bool begin_turn(void)
{
    bool waits = true;

    lock();
    if (shared.coming > 0) {
        shared.coming--;
    } else if (shared.counts.waiting < THREADS_SPARE) {
        shared.counts.waiting++;
    } else {
        shared.counts.total--;
        waits = false;
    }
    unlock();
    return waits;
}

/* Ends the wait, with a client or without; gives whether to start another. */
static bool end_turn(bool client)
{
    bool claimed = false;

    lock();
    shared.counts.waiting--;
    if (client) {
        claimed = claim_thread();
    } else {
        shared.counts.total--;
    }
    unlock();
    return claimed;
}

/* What to do about an error of accept: true is to try again. */
static bool try_again(int error)
{
    static const struct timespec pause = {.tv_nsec = 20000000};
    bool stopping;

    if (error == EINTR || error == ECONNABORTED) {
        return true;
    }
    lock();
    stopping = shared.stopping;
    unlock();
    if (stopping && (error == EAGAIN || error == EINVAL)) {
        return false; /* no client is left, or the listening has ended */
    }
    /* EMFILE, ENOBUFS and their like pass; the client waits in the queue. */
    (void)nanosleep(&pause, NULL);
    return true;
}

int turns_accept(struct turns *turns, struct sockaddr_storage *address)
{
    int client;

    if (!begin_turn()) {
        return -1;
    }
    do {
        client = platform_accept(turns->listening_socket, address);
    } while (client == -1 && try_again(errno));
    if (end_turn(client != -1)) {
        (void)start_thread(turns); /* no more can be had: that is the cap */
    }
    return client;
}

struct turns_counts turns_count(void)
{
    struct turns_counts counts;

    lock();
    counts = shared.counts;
    unlock();
    return counts;
}

/* With the mutex held: busy threads beyond half of the cap. */
static size_t busy_beyond_half(void)
{
    size_t busy = shared.counts.total - shared.counts.waiting;
    size_t half = shared.reached / 2;

    return busy > half ? busy - half : 0;
}

bool turns_are_crowded(void)
{
    bool crowded;

    lock();
    crowded = busy_beyond_half() > 0;
    unlock();
    return crowded;
}

int turns_hold(uint64_t octets)
{
    int result = -1;

    lock();
    if (octets <= CONTENT_BUDGET - shared.counts.held) {
        shared.counts.held += octets;
        result = 0;
    }
    unlock();
    if (result == -1) {
        errno = ENOMEM;
    }
    return result;
}

void turns_let_go(uint64_t octets)
{
    lock();
    shared.counts.held -= octets;
    unlock();
}

/* With the mutex held: when the time of that wait is up. */
static uint64_t wait_end(const struct turns_wait *wait)
{
    uint64_t beyond = busy_beyond_half();
    uint64_t range = shared.reached - shared.reached / 2;
    uint64_t end = wait->began + wait->allowance;

    if (beyond > range) {
        beyond = range;
    }
    if (beyond > 0) {
        end -= wait->allowance * beyond * (ALLOWANCE_SHRINK - 1) /
               (range * ALLOWANCE_SHRINK);
    }
    if (shared.stopping && wait->until_stop &&
        end > shared.stopped + STOP_GRACE_MS) {
        end = shared.stopped + STOP_GRACE_MS;
    }
    return end;
}

uint64_t turns_wait_begin(struct turns_wait *wait)
{
    uint64_t end;

    wait->thread = pthread_self();
    wait->previous = NULL;
    lock();
    wait->next = shared.waits;
    if (wait->next != NULL) {
        wait->next->previous = wait;
    }
    shared.waits = wait;
    end = wait_end(wait);
    unlock();
    return end;
}

void turns_wait_end(struct turns_wait *wait)
{
    lock();
    if (wait->previous == NULL) {
        shared.waits = wait->next;
    } else {
        wait->previous->next = wait->next;
    }
    if (wait->next != NULL) {
        wait->next->previous = wait->previous;
    }
    unlock();
}

void turns_watch(void)
{
    uint64_t now = turns_clock();

    lock();
    if (shared.stopping || busy_beyond_half() > 0) {
        for (struct turns_wait *wait = shared.waits; wait != NULL;
             wait = wait->next) {
            if (wait_end(wait) <= now) {
                (void)pthread_kill(wait->thread, SIGUSR1);
            }
        }
    }
    unlock();
}

void turns_stop(void)
{
    lock();
    shared.stopping = true;
    shared.stopped = turns_clock();
    unlock();
}
