/*
 * serve.c - accept, which blocks, and a new thread for each client; SIGTERM and
 * SIGINT end the program at once, with 0.
 */
#include "webserve.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "listener.h"
#include "platform.h"

struct client {
    int socket;
    struct sockaddr_storage address;
};

static void end(int number)
{
    (void)number;
    _exit(0);
}

static void *handle_client(void *argument)
{
    struct client client = *(struct client *)argument;

    free(argument);
    handle_connection(client.socket, &client.address);
    return NULL;
}

static void accept_client(int listening_socket)
{
    struct client *client = malloc(sizeof *client);
    socklen_t length = sizeof client->address;
    pthread_t thread;

    if (client == NULL) {
        (void)usleep(20000);
        return;
    }
    client->socket =
        accept(listening_socket, (struct sockaddr *)&client->address, &length);
    if (client->socket == -1) {
        free(client);
        (void)usleep(20000); /* descriptors come free again */
        return;
    }
    while (pthread_create(&thread, NULL, handle_client, client) != 0) {
        (void)usleep(20000); /* threads end */
    }
    (void)pthread_detach(thread);
}

int serve(const char *interface, const char *port)
{
    struct listener listener;

    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGTERM, end);
    (void)signal(SIGINT, end);
    if (listener_open(&listener, interface, port) == -1) {
        fprintf(stderr, "%s: %s\n", platform_program_name(), listener.reason);
        return -1;
    }
    printf("%s: listening on %s\n", platform_program_name(), listener.url);
    fflush(stdout);
    while (1) {
        accept_client(listener.socket);
    }
}
