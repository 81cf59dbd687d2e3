/*
 * server.h - the server under test: a child of the driver, which is linked
 * with it and calls its main.
 */
#ifndef FAULTS_SERVER_H
#define FAULTS_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define SERVER_TEXT 1024

struct server {
    const char *log;        /* the file that gets its standard error */
    pid_t process;          /* 0: there is none */
    int output;             /* its standard output */
    unsigned short port;    /* once it listens */
    size_t descriptors;     /* that it has open while nothing happens */
    unsigned connections;   /* that were made to it */
    char text[SERVER_TEXT]; /* what is wrong with it, or what it said */
};

/* Forks it; `log` is set, and is emptied. What is armed stays armed. Returns
 * 0, or -1 with errno. */
int server_fork(struct server *server);

/* Waits until it says where it listens; false: it ended, or says nothing. What
 * it said is then in `text`. */
bool server_listens(struct server *server);

/* Forks, listens, answers one request. False, with the reason in `text`. */
bool server_start(struct server *server);

/* True once nothing is going on, all is as it was (descriptors, threads,
 * memory, budget), and the log has a line for each connection. False if that
 * takes too long: `text` says what is left. */
bool server_settles(struct server *server);

/* True if it still runs; false, with how it ended in `text`. */
bool server_lives(struct server *server);

/* Sends SIGTERM. */
void server_stop(const struct server *server);

/* Waits for its end, at most so long, then kills it. Gives its exit code, or
 * -1 with the reason in `text`. */
int server_wait(struct server *server, unsigned milliseconds);

/* True if its log consists of whole lines of the access log; false, with the
 * first other one in `text`. */
bool server_log_is_whole(struct server *server);

/* Reads what it wrote to its log into `text`. */
void server_read_log(struct server *server);

#endif
