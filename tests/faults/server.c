/* server.c - the server under test; the contract is in server.h. */
#include "server.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "faults.h"
#include "net/limits.h"
#include "scripted_client.h"

static const uint64_t settle_ms = 3000;
static const int start_ms = 10000;
static const size_t other_threads = 2; /* the main one, and that of the log */

/* The server's own main. The linker gives its name to the driver's main. */
int __real_main(int, char **);

_Noreturn static void be_server(const struct server *server, int output)
{
    char name[] = "webserve";
    char interface[] = "127.0.0.1";
    char port[] = "0"; /* a free one */
    char *arguments[] = {name, interface, port, NULL};
    int log = open(server->log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0666);

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (log == -1 || dup2(output, STDOUT_FILENO) == -1 ||
        dup2(log, STDERR_FILENO) == -1) {
        _exit(126);
    }
    (void)close(log);
    (void)close(output);
    (void)close(STDIN_FILENO); /* the server opens one itself */
    program_invocation_name = name;
    if (faults_enter_server() != 0) {
        _exit(126);
    }
    exit(__real_main(3, arguments));
}

int server_fork(struct server *server)
{
    int pipes[2];

    (void)fflush(stdout);
    if (pipe2(pipes, O_CLOEXEC) == -1) {
        return -1;
    }
    server->connections = 0;
    server->port = 0;
    server->output = pipes[0];
    server->process = fork();
    if (server->process == 0) {
        (void)close(pipes[0]);
        be_server(server, pipes[1]);
    }
    (void)close(pipes[1]);
    return server->process == -1 ? -1 : 0;
}

bool server_listens(struct server *server)
{
    struct pollfd output = {.fd = server->output, .events = POLLIN};
    uint64_t end = clock_ms() + (uint64_t)start_ms;
    size_t length = 0;
    ssize_t got = 1;
    const char *colon;

    while (got > 0 && length < sizeof server->text - 1 &&
           memchr(server->text, '\n', length) == NULL && clock_ms() < end) {
        got = poll(&output, 1, start_ms) > 0
                  ? read(server->output, server->text + length,
                         sizeof server->text - 1 - length)
                  : 0;
        length += got > 0 ? (size_t)got : 0;
    }
    server->text[length] = '\0';
    colon = strrchr(server->text, ':');
    if (strstr(server->text, ": listening on http://127.0.0.1:") == NULL ||
        colon == NULL) {
        return false;
    }
    server->port = (unsigned short)strtoul(colon + 1, NULL, 10);
    return true;
}

/* How many entries a folder of the server in /proc has. */
static size_t count_entries(const struct server *server, const char *folder)
{
    char path[64];
    size_t count = 0;
    DIR *entries;

    (void)snprintf(path, sizeof path, "/proc/%ld/%s", (long)server->process,
                   folder);
    entries = opendir(path);
    if (entries == NULL) {
        return 0;
    }
    while (readdir(entries) != NULL) {
        count++;
    }
    (void)closedir(entries);
    return count - 2; /* . and .. */
}

bool server_start(struct server *server)
{
    static struct received received;

    faults_reset();
    if (server_fork(server) == -1 || !server_listens(server)) {
        (void)snprintf(server->text, sizeof server->text,
                       "it does not start: see %s", server->log);
        return false;
    }
    server->descriptors = count_entries(server, "fd");
    server->connections++;
    if (client_run(&script_ordinary, server->port, &received) == -1) {
        (void)snprintf(server->text, sizeof server->text, "cannot connect");
        return false;
    }
    return server_settles(server);
}

static bool is_settled(const struct server *server)
{
    return faults->accepted == server->connections &&
           faults->logged + faults->unlogged == server->connections &&
           faults->total == faults->waiting && faults->total > 0 &&
           faults->total <= THREADS_SPARE && !faults->short_of_threads &&
           faults->held == 0 && faults->blocks == 0 && faults->octets == 0 &&
           faults->wrong_closes == 0 &&
           count_entries(server, "fd") == server->descriptors &&
           count_entries(server, "task") == faults->total + other_threads;
}

static void tell_left_over(struct server *server)
{
    (void)snprintf(
        server->text, sizeof server->text,
        "left over: %u of %u clients accepted; %u lines in the log, and %u "
        "lost; %lu threads, of which %lu wait%s, and %zu with the %zu others "
        "in "
        "the kernel; %zu bytes held; %ld blocks of memory with %ld bytes; %zu "
        "descriptors where %zu were; %u closed that were not open",
        faults->accepted, server->connections, faults->logged, faults->unlogged,
        faults->total, faults->waiting,
        faults->short_of_threads ? " and more can't be had" : "",
        count_entries(server, "task"), other_threads, faults->held,
        faults->blocks, faults->octets, count_entries(server, "fd"),
        server->descriptors, faults->wrong_closes);
}

bool server_settles(struct server *server)
{
    uint64_t end = clock_ms() + settle_ms;

    while (!is_settled(server) && clock_ms() < end) {
        if (!server_lives(server)) {
            return false;
        }
        sleep_us(100);
    }
    if (is_settled(server)) {
        return true;
    }
    tell_left_over(server);
    return false;
}

/* Puts how it ended into `text`. Returns its exit code, or -1. */
static int tell_end(struct server *server, int status)
{
    (void)close(server->output);
    server->process = 0;
    if (WIFEXITED(status)) {
        (void)snprintf(server->text, sizeof server->text,
                       "it exited with %d: see %s", WEXITSTATUS(status),
                       server->log);
        return WEXITSTATUS(status);
    }
    (void)snprintf(server->text, sizeof server->text,
                   "it was ended by signal %d: see %s", WTERMSIG(status),
                   server->log);
    return -1;
}

bool server_lives(struct server *server)
{
    int status;

    if (server->process != 0 &&
        waitpid(server->process, &status, WNOHANG) == server->process) {
        (void)tell_end(server, status);
    }
    return server->process != 0;
}

void server_stop(const struct server *server)
{
    if (server->process > 0) {
        (void)kill(server->process, SIGTERM);
    }
}

int server_wait(struct server *server, unsigned milliseconds)
{
    uint64_t end = clock_ms() + milliseconds;
    int status;
    pid_t ended;

    if (server->process == 0) {
        return -1;
    }
    do {
        ended = waitpid(server->process, &status, WNOHANG);
        if (ended == 0) {
            sleep_us(500);
        }
    } while (ended == 0 && clock_ms() < end);
    if (ended == server->process) {
        return tell_end(server, status);
    }
    (void)kill(server->process, SIGKILL);
    (void)waitpid(server->process, &status, 0);
    (void)close(server->output);
    server->process = 0;
    (void)snprintf(server->text, sizeof server->text,
                   "it did not end within %u ms", milliseconds);
    return -1;
}

/* 127.0.0.1 - - [TIME] "REQUEST LINE" CODE BYTES: true if the parts are there
 * that every line has. */
static bool is_log_line(const char *line)
{
    static const char start[] = "127.0.0.1 - - [";
    const char *quote = strrchr(line, '"');

    return strncmp(line, start, sizeof start - 1) == 0 && quote != NULL &&
           strspn(quote + 1, " -0123456789\n") == strlen(quote + 1) &&
           line[strlen(line) - 1] == '\n';
}

bool server_log_is_whole(struct server *server)
{
    FILE *log = fopen(server->log, "re");
    char *line = NULL;
    size_t size = 0;
    bool whole = log != NULL;

    while (whole && getline(&line, &size, log) != -1) {
        whole = is_log_line(line);
    }
    if (!whole) {
        (void)snprintf(server->text, sizeof server->text,
                       "a line of %s is not whole: %.200s", server->log,
                       line == NULL ? "" : line);
    }
    free(line);
    if (log != NULL) {
        (void)fclose(log);
    }
    return whole;
}

void server_read_log(struct server *server)
{
    int log = open(server->log, O_RDONLY | O_CLOEXEC);
    ssize_t length =
        log == -1 ? 0 : read(log, server->text, sizeof server->text - 1);

    server->text[length > 0 ? length : 0] = '\0';
    if (log != -1) {
        (void)close(log);
    }
}
