/* wrap_start.c - the calls that the server makes only when it starts. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "faults.h"

int __real_getaddrinfo(const char *, const char *, const struct addrinfo *,
                       struct addrinfo **);
int __real_getnameinfo(const struct sockaddr *, socklen_t, char *, socklen_t,
                       char *, socklen_t, int);
int __real_open(const char *, int, ...);

FAILS_BY_ERRNO(FAULT_SOCKET, int, socket, (int family, int type, int protocol),
               (family, type, protocol))

FAILS_BY_ERRNO(FAULT_BIND, int, bind,
               (int socket, const struct sockaddr *address, socklen_t length),
               (socket, address, length))

FAILS_BY_ERRNO(FAULT_LISTEN, int, listen, (int socket, int queue_length),
               (socket, queue_length))

FAILS_BY_ERRNO(FAULT_GETSOCKNAME, int, getsockname,
               (int socket, struct sockaddr *address, socklen_t *length),
               (socket, address, length))

/* The error of a lookup, which has numbers of its own. EAI_SYSTEM means that
 * errno has the error. */
static int lookup_fails(enum fault_kind kind, const char *name)
{
    int error = fault_now(kind, name);

    if (error == EAI_SYSTEM) {
        errno = ENOMEM;
    }
    return error;
}

int __wrap_getaddrinfo(const char *node, const char *service,
                       const struct addrinfo *hints, struct addrinfo **result)
{
    int error = lookup_fails(FAULT_GETADDRINFO, "getaddrinfo");

    return error != 0 ? error
                      : __real_getaddrinfo(node, service, hints, result);
}

int __wrap_getnameinfo(const struct sockaddr *address, socklen_t length,
                       char *host, socklen_t host_size, char *service,
                       socklen_t service_size, int flags)
{
    int error = lookup_fails(FAULT_GETNAMEINFO, "getnameinfo");

    return error != 0 ? error
                      : __real_getnameinfo(address, length, host, host_size,
                                           service, service_size, flags);
}

FAILS_BY_RESULT(FAULT_SIGNALS, pthread_sigmask,
                (int how, const sigset_t *signals, sigset_t *old),
                (how, signals, old))

FAILS_BY_ERRNO(FAULT_SIGNALS, int, sigaction,
               (int number, const struct sigaction *action,
                struct sigaction *old),
               (number, action, old))

int __wrap_open(const char *path, int flags, ...)
{
    va_list arguments;
    mode_t mode = 0;

    if (fault_sets_errno(FAULT_OPEN, "open")) {
        return -1;
    }
    if ((flags & O_CREAT) != 0) {
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    return __real_open(path, flags, mode);
}

/* The first argument of these is an enum in glibc and an int elsewhere. */
#ifdef __GLIBC__
#define RESOURCE __rlimit_resource_t
#else
#define RESOURCE int
#endif

FAILS_BY_ERRNO(FAULT_RLIMIT, int, getrlimit,
               (RESOURCE resource, struct rlimit *limit), (resource, limit))

FAILS_BY_ERRNO(FAULT_RLIMIT, int, setrlimit,
               (RESOURCE resource, const struct rlimit *limit),
               (resource, limit))
