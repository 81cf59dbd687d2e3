/* webserve.c - the main program of a threaded web server. */
#include "webserve.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "arguments.h"
#include "listener.h"
#include "platform.h"
#include "turns.h"

/* Each thread takes turns at accepting, and handles the client that it got. */
static void *take_turns(void *turns)
{
    struct sockaddr_storage client_address;
    int client_sock;

    while ((client_sock = turns_accept(turns, &client_address)) != -1) {
        handle_connection(client_sock, &client_address);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    struct arguments arguments;
    struct listener listener;
    struct turns turns;

    switch (arguments_read(&arguments, argc, argv)) {
    case ARGUMENTS_HELP:
        fputs(arguments_usage, stdout);
        return 0;
    case ARGUMENTS_WRONG:
        fputs(arguments_usage, stderr);
        return 2;
    case ARGUMENTS_RUN:
        break;
    }

    if (listener_open(&listener, arguments.interface, arguments.port) == -1) {
        fprintf(stderr, "%s: %s\n", platform_program_name(), listener.reason);
        return 1;
    }

    /* Threads handle the connections: turns_start makes the first, turns_accept
     * one more whenever none is left to wait. This one waits for the end, and
     * exits: it cannot return while they use `turns`. */
    turns.listening_socket = listener.socket;
    turns.take = take_turns;
    if (turns_start(&turns) == -1) {
        perror(platform_program_name());
        close(listener.socket);
        return 1;
    }
    printf("%s: listening on %s\n", platform_program_name(), listener.url);
    fflush(stdout);
    exit(turns_run(&turns));
}
