/* log.c - a queue of lines, and a thread that writes them; see log.h. */
#include "log.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "limits.h"
#include "lock.h"

/* The thread that writes rests after each write. So in a rush, it writes many
 * lines at once, and nobody has to wake it. */
static const struct timespec rest = {.tv_nsec = 10000000};

/* At the end, the queue has half a second to empty: so many rests. */
static const int finish_rests = 50;

static struct {
    pthread_mutex_t lock; /* guards the rest */
    pthread_cond_t filled;
    char lines[2][LOG_QUEUE_MOST]; /* one fills, the other is being written */
    int filling;                   /* which one fills */
    size_t length;                 /* bytes in the one that fills */
    uint64_t lost;                 /* lines lost since that was last reported */
    bool started;
    bool writing;
    bool idle; /* the thread waits for `filled` */
} queue = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .filled = PTHREAD_COND_INITIALIZER,
};

static void write_whole(const char *data, size_t length)
{
    struct pollfd log = {.fd = STDERR_FILENO, .events = POLLOUT};

    while (length > 0) {
        ssize_t count = write(STDERR_FILENO, data, length);

        if (count == -1 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            (void)poll(&log, 1, -1); /* somebody has set O_NONBLOCK */
        } else if (count == -1 && errno != EINTR) {
            return; /* the lines are lost, but the server goes on */
        }
        if (count > 0) {
            data += count;
            length -= (size_t)count;
        }
    }
}

/* With the lock held: appends a line, or counts it if there is no room. */
static void enqueue(const char *line, size_t length)
{
    if (length > LOG_QUEUE_MOST - queue.length) {
        queue.lost++;
        return;
    }
    memcpy(queue.lines[queue.filling] + queue.length, line, length);
    queue.length += length;
}

/* With the lock held, and room in the queue again: says what was lost. */
static void report_lost(void)
{
    char line[80];
    int length = snprintf(line, sizeof line,
                          "webserve: %llu lines of the log were lost\n",
                          (unsigned long long)queue.lost);

    if (queue.lost > 0) {
        queue.lost = 0;
        enqueue(line, (size_t)length);
    }
}

/* With the lock held: writes the queue, without the lock in the meantime. */
static void write_queue(void)
{
    const char *lines = queue.lines[queue.filling];
    size_t length = queue.length;

    queue.filling = !queue.filling;
    queue.length = 0;
    queue.writing = true;
    report_lost();
    lock_give(&queue.lock);
    write_whole(lines, length);
    (void)nanosleep(&rest, NULL);
    lock_take(&queue.lock);
    queue.writing = false;
}

static void *write_log(void *unused)
{
    (void)unused;
    lock_take(&queue.lock);
    for (;;) {
        while (queue.length == 0) {
            queue.idle = true;
            (void)pthread_cond_wait(&queue.filled, &queue.lock);
        }
        queue.idle = false;
        write_queue();
    }
    return NULL;
}

int log_start(void)
{
    pthread_t thread;

    errno = pthread_create(&thread, NULL, write_log, NULL);
    if (errno != 0) {
        return -1;
    }
    (void)pthread_detach(thread);
    lock_take(&queue.lock);
    queue.started = true;
    lock_give(&queue.lock);
    return 0;
}

void log_write(const char *line, size_t length)
{
    bool started;

    lock_take(&queue.lock);
    started = queue.started;
    if (started) {
        enqueue(line, length);
        if (queue.idle) {
            queue.idle = false;
            (void)pthread_cond_signal(&queue.filled);
        }
    }
    lock_give(&queue.lock);
    if (!started) {
        write_whole(line, length);
    }
}

void log_finish(void)
{
    bool done = false;

    for (int i = 0; i < finish_rests && !done; i++) {
        lock_take(&queue.lock);
        done = queue.length == 0 && !queue.writing;
        lock_give(&queue.lock);
        if (!done) {
            (void)nanosleep(&rest, NULL);
        }
    }
}
