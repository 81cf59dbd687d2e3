/*
 * scripted_client.h - the client of an exchange.
 */
#ifndef FAULTS_SCRIPTED_CLIENT_H
#define FAULTS_SCRIPTED_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include "scripts.h"

/* Milliseconds for all of an exchange: longer than the server may take. */
#define CLIENT_MS 4000

/* At most so many octets are in an answer; more is wrong. */
#define RECEIVED_MOST 262144

struct received {
    char data[RECEIVED_MOST];
    size_t length;
    bool ended; /* the server closed, or reset; false: the time was up */
};

struct client {
    const struct script *script;
    struct received *received;
    int socket;
    char *request; /* owned */
    size_t length;
    size_t pause; /* where `later` begins */
    size_t sent;
    bool ended;      /* its side, or as much as it will */
    unsigned logged; /* lines of the log, before this client */
    uint64_t began;
    uint64_t paused;
};

/* Connects. Returns 0, or -1 with errno. */
int client_open(struct client *client, const struct script *script,
                unsigned short port, struct received *received);

/* Sends the part before the pause. Returns 0, or -1 if that took too long. */
int client_send_first(struct client *client);

/* Does all the rest, and closes. */
void client_finish(struct client *client);

/* All of it. Returns 0, or -1 with errno if there was nobody to connect to. */
int client_run(const struct script *script, unsigned short port,
               struct received *received);

/* Milliseconds on a clock that never goes back, and a short sleep. */
uint64_t clock_ms(void);
void sleep_us(long microseconds);

#endif
