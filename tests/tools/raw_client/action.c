/* action.c - one function a step. */
#include "action.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "answer.h"

/* A server that will close the connection does so in this time. */
#define SOON_MS 300

enum outcome outcome_of_errno(void)
{
    if (errno == ECONNRESET || errno == EPIPE) {
        return WAS_RESET;
    }
    if (errno == EFBIG) { /* of standard output: `ulimit -f` bounds it */
        return TOO_MUCH;
    }
    return errno == ECONNREFUSED ? WAS_REFUSED : SYSTEM_FAILED;
}

static enum outcome wait_for(size_t milliseconds, long nanoseconds)
{
    struct timespec time = {
        .tv_sec = (time_t)(milliseconds / 1000),
        .tv_nsec = (long)(milliseconds % 1000) * 1000000 + nanoseconds,
    };

    while (nanosleep(&time, &time) == -1 && errno == EINTR) {
    }
    return DONE;
}

static enum outcome send_all(int sock, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(sock, data, length, MSG_NOSIGNAL);

        if (sent == -1) {
            return outcome_of_errno();
        }
        data += sent;
        length -= (size_t)sent;
    }
    return DONE;
}

static enum outcome take_send(const struct step *step, struct pollfd *at)
{
    return send_all(at->fd, step->text, step->length);
}

static enum outcome take_pieces(const struct step *step, struct pollfd *at)
{
    enum outcome outcome = DONE;

    for (size_t i = 0; i < step->number && outcome == DONE; i++) {
        outcome = send_all(at->fd, step->text, step->length);
    }
    return outcome;
}

/* As pieces, but of many texts each. */
static enum outcome take_repeat(const struct step *step, struct pollfd *at)
{
    size_t count = 1 + 65536 / (step->length + 1);
    struct step many = {
        .number = step->number / count,
        .text = malloc(count * step->length + 1),
        .length = count * step->length,
    };
    enum outcome outcome = SYSTEM_FAILED;

    if (many.text != NULL) {
        for (size_t i = 0; i < count; i++) {
            memcpy(many.text + i * step->length, step->text, step->length);
        }
        outcome = take_pieces(&many, at);
    }
    if (outcome == DONE) {
        outcome =
            send_all(at->fd, many.text, step->number % count * step->length);
    }
    free(many.text);
    return outcome;
}

static enum outcome take_octets(const struct step *step, struct pollfd *at)
{
    enum outcome outcome = DONE;

    for (size_t i = 0; i < step->length && outcome == DONE; i++) {
        outcome = send_all(at->fd, step->text + i, 1);
        wait_for(0, 20000);
    }
    return outcome;
}

static enum outcome take_end(const struct step *step, struct pollfd *at)
{
    (void)step;
    return shutdown(at->fd, SHUT_WR) == -1 ? outcome_of_errno() : DONE;
}

static enum outcome take_reset(const struct step *step, struct pollfd *at)
{
    static const struct linger none = {.l_onoff = 1, .l_linger = 0};

    (void)step;
    if (setsockopt(at->fd, SOL_SOCKET, SO_LINGER, &none, sizeof none) == -1 ||
        close(at->fd) == -1) {
        return outcome_of_errno();
    }
    at->fd = -1;
    return DONE;
}

/* Receives what there is, up to `most` bytes, and prints it. Returns how
 * many, 0 at the end of the stream, or -1. */
static ssize_t print_some(int sock, char *data, size_t most)
{
    ssize_t received = recv(sock, data, most, 0);
    ssize_t printed = 0;

    while (printed < received) {
        ssize_t more =
            write(STDOUT_FILENO, data + printed, (size_t)(received - printed));

        if (more == -1) {
            return -1;
        }
        printed += more;
    }
    return received;
}

static enum outcome take_read(const struct step *step, struct pollfd *at)
{
    char data[16384];
    ssize_t received;

    (void)step;
    do {
        received = print_some(at->fd, data, sizeof data);
    } while (received > 0);
    if (received == 0) {
        (void)shutdown(at->fd, SHUT_WR); /* the other side may wait for it */
    }
    return received == -1 ? outcome_of_errno() : DONE;
}

/* What comes after a whole answer is printed as well, if it comes soon. */
static enum outcome take_answer(const struct step *step, struct pollfd *at)
{
    struct answer *answer = calloc(1, sizeof *answer);
    char data[16384];
    ssize_t received = 1;
    bool is_whole = false;

    (void)step;
    if (answer == NULL) {
        return SYSTEM_FAILED;
    }
    while (received > 0 && (!is_whole || poll(at, 1, SOON_MS) == 1)) {
        received = print_some(at->fd, data, sizeof data);
        if (received > 0) {
            answer_take(answer, data, (size_t)received);
            is_whole = answer_is_whole(answer);
        }
    }
    free(answer);
    if (received == -1 && !is_whole) {
        return outcome_of_errno();
    }
    (void)shutdown(at->fd, SHUT_WR); /* the other side may wait for it */
    return DONE;
}

static enum outcome take_take(const struct step *step, struct pollfd *at)
{
    char data[16384];
    size_t left = step->number;

    while (left > 0) {
        size_t most = left < sizeof data ? left : sizeof data;
        ssize_t received = print_some(at->fd, data, most);

        if (received <= 0) {
            return received == 0 ? ENDED_EARLY : outcome_of_errno();
        }
        left -= (size_t)received;
    }
    return DONE;
}

/* Byte by byte, so as to take nothing of what follows the text. */
static enum outcome take_until(const struct step *step, struct pollfd *at)
{
    size_t length = step->length;
    char *last = calloc(1, length + 1); /* what came last, and a new byte */
    enum outcome outcome = last == NULL ? SYSTEM_FAILED : DONE;

    for (size_t count = 0;
         outcome == DONE &&
         (count < length || memcmp(last, step->text, length) != 0);
         count++) {
        ssize_t received = print_some(at->fd, last + length, 1);

        if (received <= 0) {
            outcome = received == 0 ? ENDED_EARLY : outcome_of_errno();
        }
        memmove(last, last + 1, length);
    }
    free(last);
    return outcome;
}

static enum outcome take_pause(const struct step *step, struct pollfd *at)
{
    (void)at;
    return wait_for(step->number, 0);
}

static enum outcome take_silence(const struct step *step, struct pollfd *at)
{
    return poll(at, 1, (int)step->number) == 0 ? DONE : NOT_SILENT;
}

static enum outcome take_hold(const struct step *step, struct pollfd *at)
{
    (void)step;
    (void)at;
    (void)puts("holding");
    (void)fflush(stdout);
    while (getchar() != EOF) {
    }
    return DONE;
}

static const struct action actions[] = {
    {"send", take_send, false, true, false},
    {"repeat", take_repeat, true, true, false},
    {"pieces", take_pieces, true, true, false},
    {"octets", take_octets, false, true, false},
    {"end", take_end, false, false, false},
    {"reset", take_reset, false, false, false},
    {"read", take_read, false, false, false},
    {"answer", take_answer, false, false, false},
    {"take", take_take, true, false, false},
    {"until", take_until, false, true, false},
    {"pause", take_pause, true, false, true},
    {"silence", take_silence, true, false, false},
    {"hold", take_hold, false, false, true},
};

const struct action *action_find(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (strlen(actions[i].name) == length &&
            memcmp(actions[i].name, name, length) == 0) {
            return &actions[i];
        }
    }
    return NULL;
}
