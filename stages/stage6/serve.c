/* serve.c - listens, and handles each connection in a thread. */
#include "webserve.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "net/address.h"
#include "net/main_thread.h"
#include "net/platform.h"
#include "net/pool.h"

static const int queue_length = 4096; /* the kernel may allow fewer */

static void *take_turns(void *argument);

/* Starts one more thread, which the pool has already counted. Returns 0, or the
 * error of pthread_create if there cannot be any more threads for now. */
static int start_thread(struct pool *pool)
{
    pthread_t thread;
    int error = pthread_create(&thread, &pool->attributes, take_turns, pool);

    if (error != 0) {
        pool_thread_failed(pool);
        return error;
    }
    (void)pthread_detach(thread); /* nobody will join it */
    return 0;
}

/* Each thread waits for a client, makes sure that another thread waits in its
 * place, and handles its client. */
static void *take_turns(void *argument)
{
    struct pool *pool = argument;
    struct sockaddr_storage client_address;

    while (pool_wait(pool)) { /* false: enough others are waiting */
        socklen_t length = sizeof client_address;
        int client_sock = accept(pool->listening_socket,
                                 (struct sockaddr *)&client_address, &length);

        /* True if nobody waits now. It deals with errors of accept, too. */
        if (pool_accepted(pool, client_sock)) {
            (void)start_thread(pool);
        }
        if (client_sock != -1) {
            handle_connection(client_sock, &client_address);
        }
    }
    return NULL;
}

/* Returns a listening socket, or -1 with the reason. A name may have several
 * addresses. It takes the first one that works. */
static int listen_on(const char *interface, const char *port, char *reason)
{
    struct addrinfo *addresses = address_look_up(interface, port, reason);
    int reuse = 1; /* lets a stopped server start again right away */
    int sock = -1;

    for (struct addrinfo *a = addresses; a != NULL && sock == -1;
         a = a->ai_next) {
        sock = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
        if (sock == -1 ||
            setsockopt(sock, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse) ==
                -1 ||
            bind(sock, a->ai_addr, a->ai_addrlen) == -1 ||
            listen(sock, queue_length) == -1) {
            address_explain(interface, port, errno, reason);
            if (sock != -1) {
                close(sock);
            }
            sock = -1;
        }
    }
    if (addresses != NULL) {
        freeaddrinfo(addresses);
    }
    return sock;
}

/* Says why the server cannot start. */
static int give_up(int sock, const char *reason)
{
    fprintf(stderr, "%s: %s\n", platform_program_name(), reason);
    if (sock != -1) {
        close(sock);
    }
    return -1;
}

int serve(const char *interface, const char *port)
{
    char reason[REASON_SIZE];
    char url[ADDRESS_URL_SIZE];
    struct pool pool;
    int sock = -1;
    int error;

    /* First, set up signals, and start the thread that writes the log. */
    if (main_thread_prepare(reason) == 0) {
        sock = listen_on(interface, port, reason);
    }
    if (sock == -1 || address_url(sock, url, reason) == -1 ||
        pool_init(&pool, sock, reason) == -1) {
        return give_up(sock, reason);
    }
    platform_defer_accept(sock); /* accepts clients with their first bytes */

    /* Threads handle the connections. This starts the first one, and each makes
     * sure that another one waits. The main thread looks after deadlines until
     * a signal ends the program. It must not return: the threads use `pool`. */
    error = start_thread(&pool);
    if (error != 0) {
        reason_write(reason, "create a thread", error);
        return give_up(sock, reason);
    }
    printf("%s: listening on %s\n", platform_program_name(), url);
    fflush(stdout);
    exit(main_thread_run(&pool));
}
