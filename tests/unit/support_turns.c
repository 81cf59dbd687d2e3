/* support_turns.c - threads that take turns; see support_turns.h. */
#include "support_turns.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "limits.h"

/* ---- Thread creation and accept that fail */

static atomic_size_t creations; /* tried */
atomic_size_t creations_failed;
bool (*creation_fails)(size_t number); /* NULL: never */

atomic_size_t accepts;    /* tried */
const int *accept_errors; /* one for each of the next calls; 0 ends */
atomic_size_t accept_errors_given;
atomic_int accept_error_always; /* 0: none */

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*function)(void *), void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*function)(void *), void *argument);
int __real_accept(int socket, struct sockaddr *address, socklen_t *length);
int __wrap_accept(int socket, struct sockaddr *address, socklen_t *length);
int __real_accept4(int socket, struct sockaddr *address, socklen_t *length,
                   int flags);
int __wrap_accept4(int socket, struct sockaddr *address, socklen_t *length,
                   int flags);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*function)(void *), void *argument)
{
    size_t number = atomic_fetch_add(&creations, 1);

    if (creation_fails != NULL && creation_fails(number)) {
        atomic_fetch_add(&creations_failed, 1);
        return EAGAIN;
    }
    return __real_pthread_create(thread, attributes, function, argument);
}

/* True if this call of accept is to fail. */
static bool accept_fails(void)
{
    size_t given = atomic_load(&accept_errors_given);

    atomic_fetch_add(&accepts, 1);
    errno = atomic_load(&accept_error_always);
    if (errno == 0 && accept_errors != NULL && accept_errors[given] != 0) {
        atomic_fetch_add(&accept_errors_given, 1);
        errno = accept_errors[given];
    }
    return errno != 0;
}

int __wrap_accept(int socket, struct sockaddr *address, socklen_t *length)
{
    return accept_fails() ? -1 : __real_accept(socket, address, length);
}

/* What turns_accept calls where there is accept4. */
#ifndef PORTABLE
int __wrap_accept4(int socket, struct sockaddr *address, socklen_t *length,
                   int flags)
{
    return accept_fails() ? -1 : __real_accept4(socket, address, length, flags);
}
#endif

/* ---- Server and clients */

struct turns turns;
atomic_size_t threads;  /* that run */
atomic_size_t accepted; /* clients */
atomic_size_t served;
atomic_bool held; /* busy threads stay busy while this is true */
static struct sockaddr_in server;

/* The invariant of turns.h, at one moment. */
void check_invariant(void)
{
    struct turns_counts counts = turns_count();

    child_check(counts.waiting <= counts.total, "waiting <= total");
    child_check(counts.total <= counts.cap, "total <= cap");
    child_check(counts.total >= 1, "a thread is left");
    child_check(counts.waiting > 0 || counts.total == counts.cap ||
                    atomic_load(&creations_failed) > 0,
                "someone waits, or no thread can be added");
}

static void *take_turns(void *argument)
{
    struct sockaddr_storage address;
    int client;

    atomic_fetch_add(&threads, 1);
    while ((client = turns_accept(argument, &address)) != -1) {
        check_invariant();
        child_check(address.ss_family == AF_INET,
                    "the client's address is given");
        atomic_fetch_add(&accepted, 1);
        do {
            pause_a_moment();
        } while (atomic_load(&held));
        child_check(write(client, "x", 1) == 1, "the client is answered");
        child_check(close(client) == 0, "the client is closed");
        atomic_fetch_add(&served, 1);
    }
    atomic_fetch_sub(&threads, 1);
    return NULL;
}

void listen_for_clients(void)
{
    socklen_t length = sizeof server;
    int listening = socket(AF_INET, SOCK_STREAM, 0);

    server = (struct sockaddr_in){.sin_family = AF_INET};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    child_check(
        bind(listening, (struct sockaddr *)&server, sizeof server) == 0 &&
            listen(listening, 256) == 0 &&
            getsockname(listening, (struct sockaddr *)&server, &length) == 0,
        "the test listens");
    turns = (struct turns){listening, take_turns};
}

void start(void)
{
    listen_for_clients();
    child_check(turns_start(&turns) == 0, "turns_start");
}

int connect_client(void)
{
    int client = socket(AF_INET, SOCK_STREAM, 0);

    if (connect(client, (struct sockaddr *)&server, sizeof server) == -1) {
        child_check(close(client) == 0, "closed");
        return -1;
    }
    return client;
}

void connect_clients(int *clients, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        clients[i] = connect_client();
        child_check(clients[i] != -1, "connected");
    }
}

/* Each client is answered. */
void check_answers(const int *clients, size_t count)
{
    char octet;

    for (size_t i = 0; i < count; i++) {
        child_check(read(clients[i], &octet, 1) == 1 && octet == 'x',
                    "an answer");
        child_check(close(clients[i]) == 0, "closed");
    }
}

/* Waits until a number is reached, or for five seconds. */
void await_number(atomic_size_t *number, size_t expected)
{
    for (int i = 0; i < 5000 && atomic_load(number) != expected; i++) {
        check_invariant();
        pause_a_moment();
    }
    child_check(atomic_load(number) == expected, "a number is reached");
}

/* Waits until no thread is busy, and as many run as are counted. */
void await_rest(void)
{
    struct turns_counts counts = turns_count();

    for (int i = 0; i < 5000 && (counts.waiting < counts.total ||
                                 counts.total != atomic_load(&threads));
         i++) {
        pause_a_moment();
        counts = turns_count();
    }
    child_check(counts.waiting == counts.total, "all wait");
    child_check(counts.total == atomic_load(&threads),
                "all that run are counted");
    child_check(counts.total >= 1, "one is left");
    child_check(counts.total <= THREADS_SPARE,
                "no more are kept than are spare");
}
