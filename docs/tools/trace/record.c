/*
 * record.c - writes down what the threads of a server do, and when.
 *
 *     cc -shared -fPIC record.c -o record.so
 *     TRACE=FILE LD_PRELOAD=./record.so build/stage6/webserve 127.0.0.1 0
 *
 * Loaded before libc, it takes the place of the stage's own calls: accept,
 * recv, send, close, and pthread_create (`create`). Each call is passed on to
 * libc, and leaves one line in FILE, in the order in which they end:
 *
 *     THREAD<TAB>CALL<TAB>BEGAN<TAB>ENDED<TAB>SOCKET<TAB>RESULT
 *
 * The times are microseconds on a clock that never goes back. SOCKET is -1 for
 * `create`. A thread's first and last moment are lines too: `begin` and `end`,
 * with SOCKET -1 and RESULT 0.
 *
 * Threads: each line is one write to a descriptor opened with O_APPEND, so
 * lines do not mix. errno is what libc left.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int file = -1;

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static void note(const char *call, int64_t began, int socket, ssize_t result)
{
    int error = errno;
    char line[160];
    int length = snprintf(
        line, sizeof(line), "%ld\t%s\t%" PRId64 "\t%" PRId64 "\t%d\t%zd\n",
        (long)syscall(SYS_gettid), call, began, now(), socket, result);

    if (file != -1 && length > 0 && (size_t)length < sizeof(line) &&
        write(file, line, (size_t)length) == -1) {
        file = -1; /* the drawing will say that the record ends early */
    }
    errno = error;
}

/* Has `*function`, a pointer to a function, point to libc's own. */
static void find(const char *name, void *function)
{
    void *found = dlsym(RTLD_NEXT, name);

    if (found == NULL) {
        abort();
    }
    memcpy(function, &found, sizeof(found));
}

__attribute__((constructor)) static void open_file(void)
{
    const char *name = getenv("TRACE");

    if (name != NULL) {
        file = open(name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    }
}

int accept(int socket, struct sockaddr *address, socklen_t *length)
{
    int (*libc)(int, struct sockaddr *, socklen_t *);
    int64_t began;
    int result;

    find("accept", &libc);
    began = now();
    result = libc(socket, address, length);
    note("accept", began, socket, result);
    return result;
}

ssize_t recv(int socket, void *data, size_t length, int flags)
{
    ssize_t (*libc)(int, void *, size_t, int);
    int64_t began;
    ssize_t result;

    find("recv", &libc);
    began = now();
    result = libc(socket, data, length, flags);
    note("recv", began, socket, result);
    return result;
}

ssize_t send(int socket, const void *data, size_t length, int flags)
{
    ssize_t (*libc)(int, const void *, size_t, int);
    int64_t began;
    ssize_t result;

    find("send", &libc);
    began = now();
    result = libc(socket, data, length, flags);
    note("send", began, socket, result);
    return result;
}

int close(int socket)
{
    int (*libc)(int);
    int64_t began;
    int result;

    find("close", &libc);
    began = now();
    result = libc(socket);
    note("close", began, socket, result);
    return result;
}

/* What a thread runs, between its first moment and its last. */
struct run {
    void *(*take)(void *);
    void *argument;
};

static void *run_noted(void *given)
{
    struct run run = *(struct run *)given;
    void *result;

    free(given);
    note("begin", now(), -1, 0);
    result = run.take(run.argument);
    note("end", now(), -1, 0);
    return result;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                   void *(*take)(void *), void *argument)
{
    int (*libc)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    struct run *run = malloc(sizeof(*run));
    int64_t began;
    int error;

    find("pthread_create", &libc);
    if (run == NULL) {
        return EAGAIN;
    }
    *run = (struct run){take, argument};
    began = now();
    error = libc(thread, attributes, run_noted, run);
    note("create", began, -1, error);
    if (error != 0) {
        free(run);
    }
    return error;
}
