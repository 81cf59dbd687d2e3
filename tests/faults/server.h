/*
 * server.h - the server under test. It is a child of the driver, which is
 * linked with the server and calls its main.
 */
#ifndef FAULTS_SERVER_H
#define FAULTS_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define SERVER_TEXT 1024

struct server {
    const char *log;        /* the file for its standard error */
    pid_t process;          /* 0: there is none */
    int output;             /* its standard output */
    unsigned short port;    /* once it listens */
    size_t descriptors;     /* that are open while nothing happens */
    unsigned connections;   /* that clients have made */
    char text[SERVER_TEXT]; /* what is wrong with it, or what it said */
};

/* Forks the server. The caller has set `log`, and that file is emptied. A fault
 * that is armed stays armed. Returns 0, or -1 with errno. */
int server_fork(struct server *server);

/* Waits until the server prints where it listens. False: it ended, or printed
 * nothing. What it printed is in `text`. */
bool server_listens(struct server *server);

/* Forks the server, waits until it listens, and has it answer one request. If
 * that fails, returns false, with the reason in `text`. */
bool server_start(struct server *server);

/* True once nothing is going on, everything is as it was (descriptors, threads,
 * memory, budget), and the log has a line for each connection. False if that
 * takes too long; `text` says what is left over. */
bool server_settles(struct server *server);

/* True if the server still runs; false, with how it ended in `text`. */
bool server_lives(struct server *server);

/* Sends it SIGTERM. */
void server_stop(const struct server *server);

/* Waits until it ends, but at most this long, and then kills it. Returns its
 * exit code, or -1 with the reason in `text`. */
int server_wait(struct server *server, unsigned milliseconds);

/* True if its log has whole lines of the access log and nothing else; false,
 * with the first other line in `text`. */
bool server_log_is_whole(struct server *server);

/* Reads its log into `text`. */
void server_read_log(struct server *server);

#endif
