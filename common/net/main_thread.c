/* main_thread.c - the contract is in main_thread.h. */
#include "main_thread.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "budget.h"
#include "deadlines.h"
#include "limits.h"
#include "log.h"
#include "platform.h"

static const long stop_ms = 5; /* between two looks while stopping */
static const size_t busy_a_turn = 1000;
static const size_t crowd_least = 256;      /* fewer are not a crowd */
static const uint64_t trim_least = 4194304; /* fewer bytes are not much */
static const int calm_looks = 10;

_Static_assert(LOOK_MS < 1000 && RUSH_LOOK_MS < 1000,
               "platform_wait_for_signal takes less than a second");

/* Opens each of the descriptors 0, 1 and 2 that is closed. It works because
 * open returns the lowest one that is free. */
static int open_standard_streams(void)
{
    for (int i = STDIN_FILENO; i <= STDERR_FILENO; i++) {
        if (fcntl(i, F_GETFD) == -1 && open("/dev/null", O_RDWR) == -1) {
            return -1;
        }
    }
    return 0;
}

static void do_nothing(int number)
{
    (void)number; /* it has interrupted a call, which is all it is for */
}

/* Fills in the signals that stop the server. */
static void fill_stop_signals(sigset_t *signals)
{
    struct sigaction interrupt = {.sa_handler = SIG_DFL};

    (void)sigaction(SIGINT, NULL, &interrupt); /* it cannot fail for a valid */
    (void)sigemptyset(signals);                /* signal, nor can these */
    (void)sigaddset(signals, SIGTERM);
    if (interrupt.sa_handler != SIG_IGN) {
        (void)sigaddset(signals, SIGINT);
    }
}

static int prepare_signals(void)
{
    struct sigaction nothing = {.sa_handler = do_nothing};
    sigset_t blocked;
    sigset_t interrupting;

    fill_stop_signals(&blocked);
    (void)sigaddset(&blocked, SIGPIPE);
    (void)sigemptyset(&interrupting);
    (void)sigaddset(&interrupting, SIGUSR1);
    (void)sigemptyset(&nothing.sa_mask);
    errno = pthread_sigmask(SIG_BLOCK, &blocked, NULL);
    if (errno == 0) {
        errno = pthread_sigmask(SIG_UNBLOCK, &interrupting, NULL);
    }
    return errno == 0 ? sigaction(SIGUSR1, &nothing, NULL) : -1;
}

int main_thread_prepare(char reason[REASON_SIZE])
{
    if (open_standard_streams() == -1) {
        reason_write(reason, "open /dev/null for a standard stream", errno);
        return -1;
    }
    if (prepare_signals() == -1) {
        reason_write(reason, "set up signals", errno);
        return -1;
    }
    platform_share_heap();
    if (log_start() == -1) {
        reason_write(reason, "create a thread for the log", errno);
        return -1;
    }
    return 0;
}

/* What is known about a crowd, or about clients that made the server hold much
 * memory. */
struct crowd {
    size_t peak;         /* the most threads; half of that after a trim */
    uint64_t trimmed;    /* the bytes given back until the last trim */
    uint64_t given_back; /* the bytes given back until the last look */
    int calm;            /* looks in a row with either of them over */
};

/* Gives memory back to the system after a crowd, or after much was held. After
 * a crowd, does it again a second later, as if after half the crowd, and so on:
 * threads that are no longer counted may still be ending, and free more. 10,000
 * threads take seconds. */
static void trim_after(struct crowd *crowd, size_t threads)
{
    uint64_t given_back = budget_given_back();
    bool crowd_is_over =
        crowd->peak >= crowd_least && threads <= crowd->peak / 2;
    bool much_is_over = given_back - crowd->trimmed >= trim_least &&
                        given_back == crowd->given_back;

    crowd->given_back = given_back;
    if (!crowd_is_over && !much_is_over) {
        crowd->calm = 0;
        crowd->peak = threads > crowd->peak ? threads : crowd->peak;
    } else if (++crowd->calm == calm_looks) {
        platform_trim_memory();
        *crowd = (struct crowd){.peak = crowd->peak / 2,
                                .trimmed = given_back,
                                .given_back = given_back};
    }
}

/* Says once that accept fails again and again. */
static void report(int error, int *reported)
{
    char why[REASON_SIZE];
    char text[REASON_SIZE + 128];

    if (error != 0 && error != *reported) {
        reason_write(why, "accept clients, but keeps trying", error);
        (void)snprintf(text, sizeof text, "%.100s: %s\n",
                       platform_program_name(), why);
        log_write(text, strlen(text));
    }
    *reported = error;
}

/* Looks at the deadlines, less often when there are more exchanges: once a
 * second if there are 10,000 or more. */
static void look_at_deadlines(struct pool_counts counts, uint64_t now)
{
    uint64_t turn = counts.busy / busy_a_turn;

    deadlines_crowd(counts.busy, counts.reached);
    if (turn == 0 || now / LOOK_MS % (turn < 10 ? turn : 10) == 0) {
        deadlines_look(now);
    }
}

/* Stops the server. Returns the number of a second signal, or 0. */
static int stop(struct pool *pool, const sigset_t *signals)
{
    uint64_t stopped = deadlines_clock();
    int flags = fcntl(pool->listening_socket, F_GETFL);
    int number = 0;

    deadlines_stop(stopped);
    pool_stop(pool);
    (void)fcntl(pool->listening_socket, F_SETFL,
                flags == -1 ? O_NONBLOCK : flags | O_NONBLOCK);
    while (number == 0 && !pool_count(pool).empty && pool_has_clients(pool) &&
           deadlines_clock() < stopped + STOP_MOST_MS - STOP_GRACE_MS) {
        look_at_deadlines(pool_count(pool), deadlines_clock());
        number = platform_wait_for_signal(signals, stop_ms);
    }
    /* This wakes the threads that wait in accept. (Outside Linux it may not,
     * and then the stop takes all of its time.) It is not close, because they
     * still use the socket. */
    (void)shutdown(pool->listening_socket, SHUT_RDWR);
    while (number == 0 && pool_count(pool).total > 0 &&
           deadlines_clock() < stopped + STOP_MOST_MS) {
        look_at_deadlines(pool_count(pool), deadlines_clock());
        number = platform_wait_for_signal(signals, stop_ms);
    }
    return number;
}

int main_thread_run(struct pool *pool)
{
    struct crowd crowd = {.peak = 0};
    uint64_t next = 0;
    int reported = 0;
    int number = 0;
    sigset_t signals;

    fill_stop_signals(&signals);
    while (number == 0) {
        uint64_t now = deadlines_clock();

        if (now >= next) {
            struct pool_counts counts = pool_count(pool);

            report(counts.error, &reported);
            trim_after(&crowd, counts.total);
            look_at_deadlines(counts, now);
            next = now + LOOK_MS;
        }
        number = platform_wait_for_signal(&signals, pool_look(pool, now));
    }
    number = stop(pool, &signals);
    if (number == 0) {
        log_finish();
    }
    return number == 0 ? 0 : 128 + number;
}
