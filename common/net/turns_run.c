/* turns_run.c - what the main thread does: waits for signals, and stops. */
#include <fcntl.h>
#include <signal.h>
#include <time.h>

#include "limits.h"
#include "platform.h"
#include "turns.h"
#include "turns_counts.h"

static const long watch_ms = 100;      /* how often waits are looked after */
static const long rush_ms = 5;         /* the same in a rush */
static const long stop_ms = 5;         /* and while stopping */
static const size_t crowd_least = 256; /* fewer threads are no crowd */
static const uint64_t trim_least = 4194304; /* fewer octets are not much */
static const int calm_looks = 10;

/* Looks after the waits, then waits for a signal; gives its number, or 0 when
 * the time is over. */
static int watch(long milliseconds)
{
    struct timespec time = {.tv_nsec = milliseconds * 1000000};
    sigset_t signals;
    int number;

    turns_watch();
    (void)sigemptyset(&signals); /* these fail for no valid signal */
    (void)sigaddset(&signals, SIGINT);
    (void)sigaddset(&signals, SIGTERM);
    number = sigtimedwait(&signals, NULL, &time);
    return number == -1 ? 0 : number;
}

/* What is known of a crowd, or of clients that had much held for them. */
struct crowd {
    size_t peak;      /* threads at their height; half of it after a trim */
    uint64_t trimmed; /* octets that had been let go then */
    uint64_t let_go;  /* and at the last look */
    int calm;         /* looks since either was over */
};

/* After a crowd, or much that was held, gives back the memory that it took:
 * once, and after a crowd again each second, from half its height, and so on.
 * For who is no longer counted may still be ending, and free more: 10,000 take
 * seconds. */
static void trim_after(struct crowd *crowd)
{
    struct turns_counts counts = turns_count();
    bool crowd_is_over =
        crowd->peak >= crowd_least && counts.total <= crowd->peak / 2;
    bool much_is_over = counts.let_go - crowd->trimmed >= trim_least &&
                        counts.let_go == crowd->let_go;

    crowd->let_go = counts.let_go;
    if (!crowd_is_over && !much_is_over) {
        crowd->calm = 0;
        crowd->peak = counts.total > crowd->peak ? counts.total : crowd->peak;
    } else if (++crowd->calm == calm_looks) {
        platform_trim_memory();
        *crowd = (struct crowd){.peak = crowd->peak / 2,
                                .trimmed = counts.let_go,
                                .let_go = counts.let_go};
    }
}

/* What the main thread sees of a rush. */
struct rush {
    bool on;
    int looks;         /* in this tenth of a second */
    uint64_t accepted; /* clients, before it */
};

/* Each tenth of a second: is there a rush? And somebody has to wait in accept:
 * nobody does when a rush is over, or if a thread could not be created. */
static void tell_rush(struct turns *turns, struct rush *rush)
{
    uint64_t accepted = turns_count().accepted;
    bool was_on = rush->on;

    rush->on = accepted - rush->accepted >=
               (uint64_t)RUSH_LEAST * (uint64_t)watch_ms / 1000;
    rush->looks = 0;
    rush->accepted = accepted;
    if (rush->on != was_on) {
        turns_set_rush(rush->on ? turns : NULL);
    }
    turns_ensure_waiting(turns);
}

/* One look at the queue. In a rush, clients who wait there, and for whom no
 * thread waits, get one more. */
static void look(struct turns *turns, struct rush *rush)
{
    if (rush->on && turns_clients_wait(turns->listening_socket)) {
        turns_ensure_waiting(turns);
    }
    rush->looks++;
    if (!rush->on || rush->looks * rush_ms >= watch_ms) {
        tell_rush(turns, rush);
    }
}

int turns_run(struct turns *turns)
{
    struct crowd crowd = {.peak = 0};
    struct rush rush = {.on = false};
    int number = 0;
    int flags = fcntl(turns->listening_socket, F_GETFL);
    uint64_t stopped;

    while (number == 0) {
        number = watch(rush.on ? rush_ms : watch_ms);
        look(turns, &rush);
        if (rush.looks == 0) {
            trim_after(&crowd); /* ten times a second */
        }
    }
    turns_stop();
    stopped = turns_clock();
    (void)fcntl(turns->listening_socket, F_SETFL,
                flags == -1 ? O_NONBLOCK : flags | O_NONBLOCK);
    number = 0;
    while (number == 0 && turns_clients_wait(turns->listening_socket) &&
           turns_clock() < stopped + STOP_MOST_MS - STOP_GRACE_MS) {
        turns_ensure_waiting(turns);
        number = watch(stop_ms);
    }
    /* Wakes those that wait in accept (elsewhere than on Linux it may not:
     * then the stop takes all of its time). Not close: they still use it. */
    (void)shutdown(turns->listening_socket, SHUT_RDWR);
    while (number == 0 && turns_count().total > 0 &&
           turns_clock() < stopped + STOP_MOST_MS) {
        number = watch(stop_ms);
    }
    return number == 0 ? 0 : 128 + number;
}
