/*
 * support_serve.h - serve, in a process of its own, and its clients.
 */
#ifndef UNIT_SUPPORT_SERVE_H
#define UNIT_SUPPORT_SERVE_H

#include "support.h"

#include <netinet/in.h>
#include <pthread.h>
#include <sys/types.h>

/* The server that is running. */
extern struct server {
    pid_t process; /* 0: none */
    int output;    /* the reading end of its standard output */
    char line[256];
    struct sockaddr_in address;
} server;

/* In its process: true, and the thread that called serve. */
extern bool is_server;
extern pthread_t serving_thread;

/* Starts a server at a free port of 127.0.0.1, and reads the line that says
 * which port. */
void start_server(void);

/* Signals it, and returns the status with which it ended. */
int stop_server(int number);

/* The teardown of each test: ends it if it still runs. */
int end_server(void **state);

/* The status of a process whose serve returned. */
enum {
    serve_returned = 99
};

/* Connects a client, and returns its socket. It waits for up to 10 s in recv.
 */
int connect_to_server(void);

#endif
