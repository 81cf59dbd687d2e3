/*
 * serve.c - one thread accepts, and each client gets a new thread.
 *
 * This is how most would write it first. Compare stages/stage6/serve.c, where
 * the threads take turns at accepting and no socket changes hands.
 */
#include "webserve.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

#include "limits.h"
#include "listener.h"
#include "platform.h"

/* What a new thread is given. It is on the heap, and that thread frees it: a
 * variable of the loop that accepts would be the next client's by then. */
struct client {
    int socket;
    struct sockaddr_storage address;
};

/* The clients that are being handled; `mutex` guards their number. */
static struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    size_t count;
} clients = {
    .mutex = PTHREAD_MUTEX_INITIALIZER,
    .changed = PTHREAD_COND_INITIALIZER,
};

/* Set by SIGINT and SIGTERM, which are let in only while pselect waits. */
static volatile sig_atomic_t stopping;

static void stop(int number)
{
    (void)number;
    stopping = 1;
}

static void count_client(bool is_there)
{
    (void)pthread_mutex_lock(&clients.mutex);
    if (is_there) {
        clients.count++;
    } else {
        clients.count--;
        (void)pthread_cond_signal(&clients.changed);
    }
    (void)pthread_mutex_unlock(&clients.mutex);
}

/* Waits until the last client has been handled, or for STOP_MOST_MS. A second
 * signal ends the program at once. */
static void wait_for_clients(const sigset_t *signals)
{
    struct timespec end;
    int error = 0;

    (void)signal(SIGINT, SIG_DFL);
    (void)signal(SIGTERM, SIG_DFL);
    (void)pthread_sigmask(SIG_UNBLOCK, signals, NULL);
    (void)clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += STOP_MOST_MS / 1000;
    (void)pthread_mutex_lock(&clients.mutex);
    while (clients.count > 0 && error == 0) {
        error = pthread_cond_timedwait(&clients.changed, &clients.mutex, &end);
    }
    (void)pthread_mutex_unlock(&clients.mutex);
}

static void *handle_client(void *argument)
{
    struct client *client = argument;

    handle_connection(client->socket, &client->address);
    free(client);
    count_client(false);
    return NULL;
}

/* Accepts a client; NULL with errno if there is none. */
static struct client *accept_client(int listening_socket)
{
    struct client *client = malloc(sizeof *client);

    if (client == NULL) {
        return NULL;
    }
    client->socket = platform_accept(listening_socket, &client->address);
    if (client->socket == -1) {
        int error = errno;

        free(client);
        errno = error;
        return NULL;
    }
    return client;
}

/* Has the client handled in a thread of its own; if there can be no more
 * threads, in this one, while the others wait. */
static void start_client(struct client *client)
{
    pthread_t thread;

    count_client(true);
    if (pthread_create(&thread, NULL, handle_client, client) == 0) {
        (void)pthread_detach(thread);
    } else {
        (void)handle_client(client);
    }
}

/* Until a client comes, or a signal. */
static void wait_for_client(int listening_socket)
{
    sigset_t none;
    fd_set sockets;

    (void)sigemptyset(&none);
    FD_ZERO(&sockets);
    FD_SET(listening_socket, &sockets);
    (void)pselect(listening_socket + 1, &sockets, NULL, NULL, NULL, &none);
}

/* Accepts until the program is to end and nobody waits any more; then it may
 * take so many more clients as the queue can hold. */
static void accept_clients(int listening_socket)
{
    static const struct timespec pause = {.tv_nsec = 20000000};
    int last_clients = SOMAXCONN;
    bool is_done = false;

    while (!is_done && last_clients > 0) {
        struct client *client = accept_client(listening_socket);

        if (client != NULL) {
            start_client(client);
            last_clients -= stopping;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            is_done = stopping != 0;
            if (!is_done) {
                wait_for_client(listening_socket);
            }
        } else if (errno != EINTR && errno != ECONNABORTED) {
            (void)nanosleep(&pause, NULL); /* descriptors come free again */
        }
    }
}

/* Before there are threads, which inherit what is blocked. */
static int prepare(int listening_socket, sigset_t *signals)
{
    struct sigaction action = {.sa_handler = stop};

    (void)sigemptyset(&action.sa_mask);
    (void)sigemptyset(signals);
    (void)sigaddset(signals, SIGINT);
    (void)sigaddset(signals, SIGTERM);
    errno = pthread_sigmask(SIG_BLOCK, signals, NULL);
    if (errno != 0 || sigaction(SIGINT, &action, NULL) == -1 ||
        sigaction(SIGTERM, &action, NULL) == -1 ||
        signal(SIGPIPE, SIG_IGN) == SIG_ERR) {
        return -1;
    }
    return fcntl(listening_socket, F_SETFL, O_NONBLOCK);
}

int serve(const char *interface, const char *port)
{
    struct listener listener;
    sigset_t signals;

    if (listener_open(&listener, interface, port) == -1) {
        fprintf(stderr, "%s: %s\n", platform_program_name(), listener.reason);
        return -1;
    }
    if (prepare(listener.socket, &signals) == -1) {
        perror(platform_program_name());
        close(listener.socket);
        return -1;
    }
    printf("%s: listening on %s\n", platform_program_name(), listener.url);
    fflush(stdout);
    accept_clients(listener.socket);
    close(listener.socket);
    wait_for_clients(&signals);
    exit(0);
}
