/* driver_process.c - the process that the judge asks; see driver_process.h. */
#include "driver_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "wire.h"

#define CALL_SECONDS 10
#define COMPLAINT_SIZE 640

static pid_t driver; /* 0: none runs */
static int calls;    /* where it reads */
static int answers;  /* where it writes */
static FILE *said;   /* what it writes to standard error */
static char complaint[COMPLAINT_SIZE];

/* ---- Starting and stopping it */

/* The driver's path, next to this program. */
static bool driver_path(char *path, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", path, size);
    char *name;

    if (length <= 0 || (size_t)length >= size - sizeof("delegate_driver")) {
        return false;
    }
    path[length] = '\0';
    name = strrchr(path, '/');
    memcpy(name + 1, "delegate_driver", sizeof("delegate_driver"));
    return true;
}

static void run_driver(const int to[2], const int from[2])
{
    char path[4096];

    if (!driver_path(path, sizeof(path))) {
        _exit(126);
    }
    dup2(to[0], WIRE_CALLS);
    dup2(from[1], WIRE_ANSWERS);
    dup2(fileno(said), STDERR_FILENO);
    execl(path, path, (char *)NULL);
    _exit(127);
}

static bool start_driver(void)
{
    int to[2];
    int from[2];

    signal(SIGPIPE, SIG_IGN);
    said = tmpfile();
    if (said == NULL || pipe2(to, O_CLOEXEC) == -1) {
        return false;
    }
    if (pipe2(from, O_CLOEXEC) == -1) {
        return false;
    }
    driver = fork();
    if (driver == 0) {
        run_driver(to, from);
    }
    close(to[0]);
    close(from[1]);
    calls = to[1];
    answers = from[0];
    return driver > 0;
}

/* Keeps how it ended and the line that tells most of what it wrote: that of a
 * sanitizer, or else the first. One line, of printable characters. */
static void keep_complaint(int status)
{
    char line[512] = "";
    char best[512] = "";
    bool told = false;

    rewind(said);
    while (!told && fgets(line, sizeof(line), said) != NULL) {
        told = strstr(line, "ERROR: ") != NULL ||
               strstr(line, "runtime error: ") != NULL;
        if (told || best[0] == '\0') {
            memcpy(best, line, sizeof(best));
        }
    }
    for (char *c = best; *c != '\0'; c++) {
        *c = *c >= ' ' && *c < 0x7F ? *c : ' ';
    }
    if (WIFSIGNALED(status)) {
        snprintf(complaint, sizeof(complaint), "signal %d (%s). %s",
                 WTERMSIG(status), strsignal(WTERMSIG(status)), best);
    } else {
        snprintf(complaint, sizeof(complaint), "exit status %d. %s",
                 WEXITSTATUS(status), best);
    }
}

static enum asked stop_driver(enum asked why)
{
    int status = 0;
    struct timespec moment = {.tv_nsec = 200L * 1000 * 1000};

    /* One that ends by itself gets the time to say how. */
    if (why == ASKED_ENDED && waitpid(driver, &status, WNOHANG) == 0) {
        nanosleep(&moment, NULL);
    }
    kill(driver, SIGKILL);
    waitpid(driver, &status, 0);
    driver = 0;
    close(calls);
    close(answers);
    keep_complaint(status);
    fclose(said);
    return why;
}

/* ---- Asking it */

static long long milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* Reads that many octets before the deadline. */
static enum asked read_octets(char *data, size_t length, long long deadline)
{
    while (length > 0) {
        struct pollfd wait = {.fd = answers, .events = POLLIN};
        long long left = deadline - milliseconds();
        ssize_t octets;

        if (left <= 0) {
            return ASKED_HUNG;
        }
        if (poll(&wait, 1, (int)left) != 1) {
            continue;
        }
        octets = read(answers, data, length);
        if (octets <= 0) {
            return ASKED_ENDED;
        }
        data += octets;
        length -= (size_t)octets;
    }
    return ASKED_ANSWERED;
}

/* A call is far shorter than what a pipe holds: no need to wait here for a
 * driver that does not read. */
static bool send_call(const struct buffer *call)
{
    uint64_t length = call->length;

    return wire_write(calls, (char *)&length, sizeof(length)) == 0 &&
           wire_write(calls, call->data, call->length) == 0;
}

static enum asked read_answer(struct buffer *answer)
{
    long long deadline = milliseconds() + CALL_SECONDS * 1000LL;
    uint64_t length;
    enum asked asked = read_octets((char *)&length, sizeof(length), deadline);

    if (asked != ASKED_ANSWERED) {
        return asked;
    }
    if (length > WIRE_MOST) {
        return ASKED_TOO_LONG;
    }
    if (buffer_reserve(answer, length) == -1) {
        abort();
    }
    asked = read_octets(answer->data, length, deadline);
    answer->length = length;
    return asked;
}

enum asked driver_ask(const struct buffer *call, struct buffer *answer)
{
    enum asked asked;

    if (driver == 0 && !start_driver()) {
        driver = 0;
        return ASKED_NOT_STARTED;
    }
    asked = send_call(call) ? read_answer(answer) : ASKED_ENDED;
    return asked == ASKED_ANSWERED ? asked : stop_driver(asked);
}

const char *driver_complaint(void)
{
    return complaint;
}
