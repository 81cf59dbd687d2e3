/* support_pool.c - threads that take turns; see support_pool.h. */
#include "support_pool.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/limits.h"

struct pool pool;
atomic_size_t threads;
atomic_size_t accepted;
atomic_bool held;
bool (*creation_fails)(size_t number);
atomic_size_t creations_failed;

static atomic_size_t creations; /* tried */
static atomic_size_t starting;  /* created, perhaps not yet detached */
static struct sockaddr_in server;

static void *take_turns(void *unused);

static int start_thread(void)
{
    size_t number = atomic_fetch_add(&creations, 1);
    int error = EAGAIN;
    pthread_t thread;

    atomic_fetch_add(&starting, 1);
    if (creation_fails == NULL || !creation_fails(number)) {
        error = pthread_create(&thread, &pool.attributes, take_turns, NULL);
    }
    if (error == 0) {
        error = pthread_detach(thread);
    } else {
        pool_thread_failed(&pool);
        atomic_fetch_add(&creations_failed, 1);
    }
    atomic_fetch_sub(&starting, 1);
    return error;
}

static void *take_turns(void *unused)
{
    atomic_fetch_add(&threads, 1);
    while (pool_wait(&pool)) {
        int client = accept(pool.listening_socket, NULL, NULL);

        if (pool_accepted(&pool, client)) {
            (void)start_thread();
        }
        if (client == -1) {
            continue;
        }
        atomic_fetch_add(&accepted, 1);
        do {
            pause_a_moment();
        } while (atomic_load(&held));
        child_check(write(client, "x", 1) == 1, "the client is answered");
        child_check(close(client) == 0, "the client is closed");
    }
    atomic_fetch_sub(&threads, 1);
    return unused;
}

void listen_for_clients(void)
{
    socklen_t length = sizeof server;
    int listening = socket(AF_INET, SOCK_STREAM, 0);
    char reason[REASON_SIZE];

    server = (struct sockaddr_in){.sin_family = AF_INET};
    server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    child_check(
        bind(listening, (struct sockaddr *)&server, sizeof server) == 0 &&
            listen(listening, 256) == 0 &&
            getsockname(listening, (struct sockaddr *)&server, &length) == 0,
        "the test listens");
    child_check(pool_init(&pool, listening, reason) == 0, "there is a pool");
}

void start_first_thread(void)
{
    child_check(start_thread() == 0, "the first thread is created");
}

int connect_client(void)
{
    int client = socket(AF_INET, SOCK_STREAM, 0);

    if (connect(client, (struct sockaddr *)&server, sizeof server) == 0) {
        return client;
    }
    (void)close(client);
    return -1;
}

void connect_clients(int *clients, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        clients[i] = connect_client();
        child_check(clients[i] != -1, "a client is connected");
    }
}

void check_answers(const int *clients, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char octet = '?';

        child_check(read(clients[i], &octet, 1) == 1 && octet == 'x',
                    "each client is answered");
        child_check(close(clients[i]) == 0, "closed");
    }
}

void await_number(atomic_size_t *number, size_t expected)
{
    for (int i = 0; i < 5000 && atomic_load(number) != expected; i++) {
        pause_a_moment();
    }
    child_check(atomic_load(number) == expected, "a number is reached");
}

void await_detached(void)
{
    await_number(&starting, 0);
}

void await_rest(void)
{
    struct pool_counts counts = pool_count(&pool);

    for (int i = 0;
         i < 5000 && (counts.busy > 0 || counts.total != atomic_load(&threads));
         i++) {
        pause_a_moment();
        counts = pool_count(&pool);
    }
    child_check(counts.busy == 0, "all wait");
    child_check(counts.total == atomic_load(&threads),
                "the threads that run are those that are counted");
    child_check(counts.total >= 1 && counts.total <= THREADS_SPARE,
                "one is left, and no more than THREADS_SPARE");
}
