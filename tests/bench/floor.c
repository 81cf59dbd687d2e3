/*
 * floor.c - the least that an exchange can cost.
 *
 *     floor ANSWER_FILE
 *
 * The kernel hands over a client when its request has come (TCP_DEFER_ACCEPT).
 * One receive, one send of the file's octets, head and all, of which the end
 * goes with the close, and the close: no octet of the request is looked at,
 * nothing is allocated, counted, timed or logged. It is one thread: with more
 * of them, the kernel wakes another for each client, which costs more. No
 * server is to be made like this, since one client that stalls would stop it;
 * it shows what of a real one's cost is the kernel's.
 */
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listening.h"

static void answer_one(int listening, const char *answer, size_t length)
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

int main(int argc, char *argv[])
{
    char *answer;
    size_t length;
    int listening;

    if (argc != 2) {
        fputs("usage: floor ANSWER_FILE\n", stderr);
        return 2;
    }
    answer = listening_read_file(argv[1], &length);
    listening = listening_open("floor");
    for (;;) {
        answer_one(listening, answer, length);
    }
}
