/*
 * raw_client.c - speaks raw bytes over TCP, step by step; for tests.
 *
 *     raw_client [-c COUNT] [-s] [-t SECONDS] HOST PORT [STEP ...]
 *     raw_client -b PREFIX [-t SECONDS] HOST PORT
 *
 *     raw_client 127.0.0.1 80 'send GET / HTTP/1.1\r\nHost: a\r\n\r\n' read
 *     raw_client 127.0.0.1 80 < script
 *
 * Each step is an argument, or a line of a script on standard input. It has a
 * name and, after one blank each, a number and a text, if it needs them; the
 * text goes to the end. Empty lines of a script, and lines that start with #,
 * are left out.
 *
 *     send TEXT       sends the text
 *     repeat N TEXT   sends it N times, in pieces as large as possible
 *     pieces N TEXT   sends it N times, each time as a piece of its own
 *     octets TEXT     sends it byte by byte, a moment after each
 *     end             ends the sending side; reading goes on
 *     reset           resets the connection (RST); nothing can follow it
 *     read            prints everything that comes, until the other side ends;
 *                     then ends this side
 *     answer          prints what comes until the answer is whole, as its head
 *                     says, and what follows it within 300 ms
 *     take N          prints the next N bytes
 *     until TEXT      prints what comes, through that text
 *     pause MS        waits so many milliseconds
 *     silence MS      checks that nothing comes for so long, and no end either
 *     hold            prints "holding", then waits for the end of standard
 *                     input (only if the steps are arguments)
 *
 * In a text, \r \n \t \0 \\ and \xHH are one byte each, and \# is the number of
 * the connection. With -c there are COUNT connections, numbered from 0, and
 * each step is taken on all of them before the next. What comes is printed to
 * standard output as it is. Everything must be done in SECONDS, 20 by default.
 * With -s the connections have small buffers on both sides, so that a server
 * has to wait for a client that does not read.
 *
 * With -b the script on standard input is a batch of exchanges, one after
 * another, each on a connection of its own; an empty line ends an exchange.
 * What comes in the first is printed to the file PREFIX0, and so on. Standard
 * output has a line for each, with its outcome as a number. Each may take the
 * SECONDS; one that takes longer has no line, and is the last.
 *
 * The exit status is 0 if all steps are done; 1: the system failed; 2: wrong
 * usage; 3: it took too long; 4: the other side reset the connection; 5: it
 * refused the connection; 6: it ended before everything had come; 7: something
 * came during a silence; 8: more came than `ulimit -f` allows, which also ends
 * a batch. A sentence on standard error says which.
 */
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "step.h"

/* Says what went wrong where, if it did; gives the outcome. */
static enum outcome finish(enum outcome outcome, const char *where)
{
    static const char *const sentences[] = {
        [DONE] = "done",
        [SYSTEM_FAILED] = "the system failed",
        [WRONG_USAGE] =
            "not understood; the head of raw_client.c has the usage",
        [TOOK_TOO_LONG] = "it took too long",
        [WAS_RESET] = "the other side reset the connection",
        [WAS_REFUSED] = "the other side refused the connection",
        [ENDED_EARLY] = "the other side ended before all had come",
        [NOT_SILENT] = "something came where silence was expected",
        [TOO_MUCH] = "more came than is kept",
    };

    if (outcome != DONE) {
        (void)fprintf(stderr, "raw_client: %.60s: %s\n", where,
                      sentences[outcome]);
    }
    return outcome;
}

static void take_too_long(int signal_number)
{
    static const char message[] = "raw_client: it took too long\n";
    ssize_t ignored = write(STDERR_FILENO, message, sizeof message - 1);

    (void)signal_number;
    (void)ignored;
    _exit(TOOK_TOO_LONG);
}

/* The server's kernel makes its buffer to fit the segments that we take. */
static int make_small(int client)
{
    int octets = 2048;
    int segment = 536;

    return setsockopt(client, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets) |
           setsockopt(client, IPPROTO_TCP, TCP_MAXSEG, &segment,
                      sizeof segment);
}

static enum outcome connect_one(const struct addrinfo *address, bool small,
                                struct pollfd *connection)
{
    int on = 1;

    connection->events = POLLIN;
    connection->fd = socket(address->ai_family, SOCK_STREAM, 0);
    if (connection->fd == -1 || (small && make_small(connection->fd) == -1) ||
        connect(connection->fd, address->ai_addr, address->ai_addrlen) == -1 ||
        setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) ==
            -1) {
        return outcome_of_errno();
    }
    return DONE;
}

static enum outcome connect_all(char *const host_and_port[2], bool small,
                                struct pollfd *connections, size_t count)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *address;
    enum outcome outcome = DONE;

    if (getaddrinfo(host_and_port[0], host_and_port[1], &hints, &address)) {
        return SYSTEM_FAILED;
    }
    for (size_t i = 0; i < count && outcome == DONE; i++) {
        outcome = connect_one(address, small, &connections[i]);
    }
    freeaddrinfo(address);
    return outcome;
}

static enum outcome run_arguments(char *const steps[],
                                  struct pollfd *connections, size_t count)
{
    enum outcome outcome = DONE;

    for (; *steps != NULL && outcome == DONE; steps++) {
        outcome = finish(step_take(*steps, connections, count), *steps);
    }
    return outcome;
}

static enum outcome run_script(struct pollfd *connections, size_t count)
{
    enum outcome outcome = DONE;
    char *line = NULL;
    size_t size = 0;
    ssize_t length;

    while (outcome == DONE && (length = getline(&line, &size, stdin)) > 0) {
        if (line[length - 1] == '\n') {
            line[length - 1] = '\0';
        }
        if (line[0] != '\0' && line[0] != '#') {
            outcome = finish(step_take(line, connections, count), line);
        }
    }
    free(line);
    return outcome;
}

/* What comes from now on goes to the file of that exchange. */
static enum outcome print_to(const char *prefix, size_t number)
{
    char name[4096];
    int file;

    if (snprintf(name, sizeof name, "%s%zu", prefix, number) >=
        (int)sizeof name) {
        return WRONG_USAGE;
    }
    file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (file == -1 || dup2(file, STDOUT_FILENO) == -1 || close(file) == -1) {
        return SYSTEM_FAILED;
    }
    return DONE;
}

/* One exchange of a batch: takes the steps up to an empty line, or the end of
 * the script. After a step that failed the others are left out. */
static enum outcome run_steps(char *line, char *const host_and_port[2])
{
    struct pollfd connection = {.fd = -1};
    enum outcome outcome = connect_all(host_and_port, false, &connection, 1);
    size_t size = strlen(line) + 1;
    ssize_t length;

    line = strdup(line);
    while (line != NULL && line[0] != '\0') {
        if (outcome == DONE) {
            outcome = step_take(line, &connection, 1);
        }
        length = getline(&line, &size, stdin);
        if (length <= 0) {
            break;
        }
        line[length - (line[length - 1] == '\n')] = '\0';
    }
    free(line);
    (void)close(connection.fd);
    return outcome;
}

static enum outcome run_batch(const char *prefix, char *const host_and_port[2],
                              unsigned seconds)
{
    int report = dup(STDOUT_FILENO);
    enum outcome outcome = report == -1 ? SYSTEM_FAILED : DONE;
    char *line = NULL;
    size_t size = 0;
    ssize_t length;

    for (size_t i = 0; outcome == DONE; i++) {
        length = getline(&line, &size, stdin);
        if (length <= 0) {
            break;
        }
        line[length - (line[length - 1] == '\n')] = '\0';
        outcome = finish(print_to(prefix, i), prefix);
        (void)alarm(seconds);
        if (outcome == DONE) {
            outcome = run_steps(line, host_and_port);
            (void)dprintf(report, "%d\n", (int)outcome);
            outcome = outcome == TOO_MUCH ? TOO_MUCH : DONE;
        }
    }
    free(line);
    return outcome;
}

int main(int argc, char *argv[])
{
    struct sigaction alarm_action = {.sa_handler = take_too_long};
    struct pollfd *connections;
    enum outcome outcome;
    const char *batch = NULL;
    size_t count = 1;
    bool small = false;
    unsigned seconds = 20;
    int option;

    while ((option = getopt(argc, argv, "+b:c:st:")) != -1) {
        if (option == 'b') {
            batch = optarg;
        } else if (option == 'c') {
            count = strtoul(optarg, NULL, 10);
        } else if (option == 's') {
            small = true;
        } else if (option == 't') {
            seconds = (unsigned)strtoul(optarg, NULL, 10);
        } else {
            return (int)finish(WRONG_USAGE, "options");
        }
    }
    if (argc - optind < 2 || count == 0) {
        return (int)finish(WRONG_USAGE, "arguments");
    }
    connections = calloc(count, sizeof *connections);
    if (connections == NULL || sigaction(SIGALRM, &alarm_action, NULL) == -1 ||
        signal(SIGXFSZ, SIG_IGN) == SIG_ERR) {
        return (int)finish(SYSTEM_FAILED, "start");
    }
    if (batch != NULL) {
        free(connections);
        return (int)run_batch(batch, argv + optind, seconds);
    }
    alarm(seconds);
    outcome = finish(connect_all(argv + optind, small, connections, count),
                     "connect");
    if (outcome == DONE) {
        outcome = argc - optind == 2
                      ? run_script(connections, count)
                      : run_arguments(argv + optind + 2, connections, count);
    }
    free(connections);
    return (int)outcome;
}
