/*
 * floor.c - the least that an exchange in a thread can cost.
 *
 *     floor ANSWER_FILE
 *
 * Threads take turns at accepting, as those of the stages do. The kernel hands
 * over a client when its request has come (TCP_DEFER_ACCEPT). One receive, one
 * send of the file's octets, head and all, and a close: no octet of the request
 * is looked at, nothing is allocated, counted, timed or logged. No server is
 * to be made like this; it shows what of a real one's cost is the kernel's.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listening.h"

/* As many as the stages keep waiting (THREADS_SPARE). */
enum {
    THREADS = 4
};

struct answering {
    int listening;
    const char *answer;
    size_t length;
};

static void *take_turns(void *argument)
{
    const struct answering *answering = argument;
    char request[4096];

    for (;;) {
        int client = accept(answering->listening, NULL, NULL);

        if (client == -1) {
            continue;
        }
        if (recv(client, request, sizeof request, 0) > 0) {
            (void)send(client, answering->answer, answering->length,
                       MSG_NOSIGNAL);
        }
        close(client);
    }
    return NULL;
}

int main(int argc, char *argv[])
{
    struct answering answering;
    pthread_t thread;

    if (argc != 2) {
        fputs("usage: floor ANSWER_FILE\n", stderr);
        return 2;
    }
    answering.answer = listening_read_file(argv[1], &answering.length);
    answering.listening = listening_open("floor");
    for (int i = 1; i < THREADS; i++) {
        if (pthread_create(&thread, NULL, take_turns, &answering) != 0) {
            return 1;
        }
    }
    take_turns(&answering);
}
