/* turns_accept.c - starting threads, and their turns; see turns.h. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

#include "limits.h"
#include "platform.h"
#include "turns.h"
#include "turns_counts.h"

/* Descriptors for other things than clients: the standard streams, the
 * listening socket, and some to be on the safe side. */
static const rlim_t descriptors_kept = 16;

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

/* Starts the thread that was counted, or has the count taken back. */
static int start_thread(struct turns *turns)
{
    int error = create_thread(turns);

    turns_created(error);
    return error;
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
        return -1; /* GCOVR_EXCL_LINE: a second fault after a first */
    }
    most = limit.rlim_cur > descriptors_kept ? limit.rlim_cur - descriptors_kept
                                             : 1;
    turns_set_cap(most < THREADS_MOST ? (size_t)most : THREADS_MOST);
    return 0;
}

/* SIGINT and SIGTERM are waited for by turns_run; without SIGPIPE, writing to
 * a client or a log that is gone fails with EPIPE. SIGUSR1 interrupts waits,
 * even if whoever started the server had it blocked. */
static int prepare_signals(void)
{
    struct sigaction nothing = {.sa_handler = ignore_signal};
    sigset_t blocked;
    sigset_t interrupting;

    (void)sigemptyset(&nothing.sa_mask); /* these fail for no valid signal */
    (void)sigemptyset(&blocked);
    (void)sigaddset(&blocked, SIGINT);
    (void)sigaddset(&blocked, SIGTERM);
    (void)sigaddset(&blocked, SIGPIPE);
    (void)sigemptyset(&interrupting);
    (void)sigaddset(&interrupting, SIGUSR1);
    errno = pthread_sigmask(SIG_BLOCK, &blocked, NULL);
    if (errno == 0) {
        errno = pthread_sigmask(SIG_UNBLOCK, &interrupting, NULL);
    }
    return errno == 0 ? sigaction(SIGUSR1, &nothing, NULL) : -1;
}

int turns_start(struct turns *turns)
{
    if (prepare_signals() == -1 || set_cap() == -1) {
        return -1;
    }
    platform_share_heap();
    if (turns_claim()) {
        errno = start_thread(turns);
    }
    return turns_count().total > 0 ? 0 : -1;
}

void turns_ensure_waiting(struct turns *turns)
{
    if (turns_claim()) {
        (void)start_thread(turns); /* no more can be had: that is the cap */
    }
}

/* What to do about an error of accept: true is to try again. */
static bool try_again(int error)
{
    static const struct timespec pause = {.tv_nsec = 20000000};

    if (error == EINTR || error == ECONNABORTED) {
        return true;
    }
    if ((error == EAGAIN || error == EINVAL) && turns_count().stopping) {
        return false; /* no client is left, or the listening has ended */
    }
    /* EMFILE, ENOBUFS and their like pass; the client waits in the queue. */
    (void)nanosleep(&pause, NULL);
    return true;
}

bool turns_clients_wait(int listening_socket)
{
    struct pollfd listener = {.fd = listening_socket, .events = POLLIN};

    return poll(&listener, 1, 0) > 0 && (listener.revents & POLLIN) != 0;
}

/* In a rush the thread that is counted as waiting may only be on its way
 * through accept. Before another ends for that, it looks at the queue: to
 * create it again would cost more. */
static bool goes_to_wait(int listening_socket)
{
    return turns_begin(false) ||
           (turns_clients_wait(listening_socket) && turns_begin(true));
}

int turns_accept(struct turns *turns, struct sockaddr_storage *address)
{
    int client;

    if (!goes_to_wait(turns->listening_socket)) {
        turns_leave();
        return -1;
    }
    do {
        client = platform_accept(turns->listening_socket, address);
    } while (client == -1 && try_again(errno));
    if (turns_end(client != -1)) {
        (void)start_thread(turns); /* no more can be had: that is the cap */
    }
    return client;
}
