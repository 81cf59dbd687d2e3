/*
 * sockets.c - sockets and threads for a stage that runs in a web page.
 *
 * The page is the network, and there is one client. The stage's main runs as it
 * is: it gets a listening socket, pthread_create calls its thread's function,
 * accept has the client, and recv has the pieces of the request, one a call.
 * This file also has the parts of common/net that look after many clients and
 * the process: pool, address, platform, main_thread and log. The rest of
 * common/net, and all of common/http, are the server's own.
 */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "net/address.h"
#include "net/log.h"
#include "net/main_thread.h"
#include "net/platform.h"
#include "net/pool.h"
#include "network.h"

static const int listening_sock = 3;
static const int client_sock = 4;

static int report(const char *name, int result)
{
    page_called(name, result);
    return result;
}

/* ---- The nine calls ------------------------------------------------------ */

int socket(int domain, int type, int protocol)
{
    (void)domain;
    (void)type;
    (void)protocol;
    return report("socket", listening_sock);
}

int setsockopt(int sock, int level, int name, const void *value,
               socklen_t length)
{
    (void)sock;
    (void)level;
    (void)name;
    (void)value;
    (void)length;
    return report("setsockopt", 0);
}

int bind(int sock, const struct sockaddr *address, socklen_t length)
{
    (void)sock;
    (void)address;
    (void)length;
    return report("bind", 0);
}

int listen(int sock, int backlog)
{
    (void)sock;
    (void)backlog;
    return report("listen", 0);
}

int accept(int sock, struct sockaddr *restrict address,
           socklen_t *restrict length)
{
    struct sockaddr_in client = {
        .sin_family = AF_INET,
        .sin_port = htons(54321),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };

    (void)sock;
    *(struct sockaddr_in *)address = client;
    *length = sizeof client;
    return report("accept", client_sock);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                   void *(*function)(void *), void *argument)
{
    (void)attributes;
    *thread = pthread_self();
    report("pthread_create", 0);
    (void)function(argument);
    return 0;
}

ssize_t recv(int sock, void *into, size_t room, int flags)
{
    int count = network_receive(into, room);

    (void)sock;
    (void)flags;
    if (count < 0) {
        errno = count == NETWORK_RESET ? ECONNRESET : EINTR;
        count = -1;
    }
    return report("recv", count);
}

ssize_t send(int sock, const void *data, size_t length, int flags)
{
    (void)sock;
    (void)flags;
    network_send(data, length);
    return report("send", (int)length);
}

int close(int sock)
{
    (void)sock;
    return report("close", 0);
}

/* ---- What else common/net calls ------------------------------------------ */

int shutdown(int sock, int how)
{
    (void)sock;
    (void)how;
    return report("shutdown", 0);
}

int poll(struct pollfd *sockets, nfds_t count, int milliseconds)
{
    (void)milliseconds;
    sockets->revents = POLLIN;
    return network_is_ready() ? (int)count : 0;
}

int pthread_detach(pthread_t thread)
{
    (void)thread;
    return 0;
}

pthread_t pthread_self(void)
{
    return NULL;
}

int pthread_kill(pthread_t thread, int signal)
{
    (void)thread;
    (void)signal;
    return 0;
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    (void)mutex;
    return 0;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    (void)mutex;
    return 0;
}

void freeaddrinfo(struct addrinfo *addresses)
{
    (void)addresses; /* it is the static one below */
}

/* ---- The parts of common/net that look after many clients -----------------
 */

struct addrinfo *address_look_up(const char *interface, const char *port,
                                 char reason[REASON_SIZE])
{
    static struct addrinfo address = {
        .ai_family = AF_INET,
        .ai_socktype = SOCK_STREAM,
    };

    (void)interface;
    (void)port;
    (void)reason;
    return &address;
}

void address_explain(const char *interface, const char *port, int error,
                     char reason[REASON_SIZE])
{
    (void)interface;
    (void)port;
    (void)error;
    reason[0] = '\0';
}

int address_url(int sock, char url[ADDRESS_URL_SIZE], char reason[REASON_SIZE])
{
    (void)sock;
    (void)reason;
    url[0] = '\0';
    return 0;
}

void reason_write(char reason[REASON_SIZE], const char *what, int error)
{
    (void)what;
    (void)error;
    reason[0] = '\0';
}

/* One client, and so one wait. */
int pool_init(struct pool *pool, int sock, char reason[REASON_SIZE])
{
    (void)reason;
    *pool = (struct pool){.listening_socket = sock, .waiting = 1};
    return 0;
}

bool pool_wait(struct pool *pool)
{
    return pool->waiting-- > 0;
}

bool pool_accepted(struct pool *pool, int sock)
{
    (void)pool;
    (void)sock;
    return false;
}

void pool_thread_failed(struct pool *pool)
{
    (void)pool;
}

int main_thread_prepare(char reason[REASON_SIZE])
{
    (void)reason;
    return 0;
}

int main_thread_run(struct pool *pool)
{
    (void)pool;
    return 0;
}

void platform_defer_accept(int sock)
{
    (void)sock;
}

int platform_make_blocking(int sock)
{
    (void)sock;
    return 0;
}

const char *platform_program_name(void)
{
    return "webserve";
}

void log_write(const char *line, size_t length)
{
    page_found("log", line, length);
}
