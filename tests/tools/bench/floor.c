/*
 * floor.c - the least that an exchange can cost.
 *
 *     floor ANSWER_FILE THREADS
 *
 * The kernel hands over a client when its request has come (TCP_DEFER_ACCEPT).
 * Then floor receives once, sends the file, head and all, with the end of the
 * stream in the same packet, and closes. It looks at no byte of the request,
 * and allocates, counts, times and logs nothing. All its threads wait in
 * accept. Don't build a server like this: a few clients that stall, one for
 * each thread, would stop it. It shows how much of a real server's cost is the
 * kernel's.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listening.h"

static char *answer;
static size_t length;
static int listening;

static void answer_one(void)
{
    char request[4096];
    int client = accept(listening, NULL, NULL);

    if (client == -1) {
        return;
    }
    if (recv(client, request, sizeof request, 0) > 0) {
        (void)send(client, answer, length, MSG_NOSIGNAL | MSG_MORE);
    }
    close(client);
}

static void *answer_all(void *unused)
{
    for (;;) {
        answer_one();
    }
    return unused;
}

int main(int argc, char *argv[])
{
    int threads = argc == 3 ? atoi(argv[2]) : 0;
    pthread_t thread;

    if (threads <= 0) {
        fputs("usage: floor ANSWER_FILE THREADS\n", stderr);
        return 2;
    }
    answer = listening_read_file(argv[1], &length);
    listening = listening_open("floor");
    while (--threads > 0) {
        if (pthread_create(&thread, NULL, answer_all, NULL) != 0) {
            return 1;
        }
    }
    (void)answer_all(NULL);
}
