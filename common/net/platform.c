/* platform.c - the contract is in platform.h. */
#include "platform.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#if defined(__linux__) && !defined(PORTABLE)

#ifdef __GLIBC__
#include <malloc.h>
#endif

int platform_accept(int listening_socket, struct sockaddr_storage *address)
{
    socklen_t length = sizeof *address;

    return accept4(listening_socket, (struct sockaddr *)address, &length,
                   SOCK_CLOEXEC);
}

void platform_defer_accept(int listening_socket)
{
    int seconds = 1;

    /* It only saves time: without it, all is served just as well. */
    (void)setsockopt(listening_socket, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds,
                     sizeof seconds);
}

int platform_prepare(int client_sock)
{
    (void)client_sock; /* MSG_DONTWAIT asks for it call by call */
    return 0;
}

ssize_t platform_receive(int client_sock, char *data, size_t length)
{
    return recv(client_sock, data, length, MSG_DONTWAIT);
}

ssize_t platform_send(int client_sock, const struct msghdr *message,
                      bool end_follows)
{
    return sendmsg(client_sock, message,
                   MSG_DONTWAIT | MSG_NOSIGNAL | (end_follows ? MSG_MORE : 0));
}

/* glibc gives each thread one of 8 heaps for each processor, and trims the end
 * of the first alone: clients with large requests left up to 11 MiB in each of
 * the others. With one heap for all, an exchange takes 2 % more on two
 * processors; on many, threads may wait for each other at its lock. */
void platform_share_heap(void)
{
#ifdef __GLIBC__
    (void)mallopt(M_ARENA_MAX, 1);
#endif
}

void platform_trim_memory(void)
{
#ifdef __GLIBC__ /* other C libraries do it by themselves */
    (void)malloc_trim(0);
#endif
}

const char *platform_program_name(void)
{
    return program_invocation_name;
}

#else

/* Lost: a child made by exec between the two calls would inherit the socket;
 * this server makes none. */
int platform_accept(int listening_socket, struct sockaddr_storage *address)
{
    socklen_t length = sizeof *address;
    int client = accept(listening_socket, (struct sockaddr *)address, &length);

    if (client != -1) {
        (void)fcntl(client, F_SETFD, FD_CLOEXEC);
    }
    return client;
}

/* Lost: a thread waits for the first octets of each client, which takes half
 * as much time again. */
void platform_defer_accept(int listening_socket)
{
    (void)listening_socket;
}

/* Lost: two system calls more for each exchange. */
int platform_prepare(int client_sock)
{
    int flags = fcntl(client_sock, F_GETFL);

    return flags == -1 ? -1 : fcntl(client_sock, F_SETFL, flags | O_NONBLOCK);
}

ssize_t platform_receive(int client_sock, char *data, size_t length)
{
    return recv(client_sock, data, length, 0);
}

/* Lost: a packet for each answer, with the end alone. SIGPIPE does not come as
 * long as it is blocked (turns_start sees to it). */
ssize_t platform_send(int client_sock, const struct msghdr *message,
                      bool end_follows)
{
    (void)end_follows;
    return sendmsg(client_sock, message, 0);
}

/* Lost: after a crowd, what it took may stay with the process. */
void platform_share_heap(void)
{
}

void platform_trim_memory(void)
{
}

/* Lost: the folder of the program in its messages. */
const char *platform_program_name(void)
{
    return "webserve";
}

#endif
