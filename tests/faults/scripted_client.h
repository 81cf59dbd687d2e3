/*
 * scripted_client.h - the client of an exchange.
 */
#ifndef FAULTS_SCRIPTED_CLIENT_H
#define FAULTS_SCRIPTED_CLIENT_H

#include <stddef.h>
#include <stdint.h>

#include "scripts.h"

/* Milliseconds for a whole exchange: more than the server may ever take. */
#define CLIENT_MS 4000

/* An answer has at most this many bytes; more is an error. */
#define RECEIVED_MOST 262144

struct received {
    char data[RECEIVED_MOST];
    size_t length;
    bool ended; /* the server closed, or reset; false: time ran out */
};

struct client {
    const struct script *script;
    struct received *received;
    int socket;
    char *request; /* owned */
    size_t length;
    size_t pause; /* where `later` begins */
    size_t sent;
    bool ended;      /* it has ended its side, if it ever does */
    unsigned logged; /* lines in the log before this client */
    uint64_t began;
    uint64_t paused;
};

/* Connects. Returns 0, or -1 with errno. */
int client_open(struct client *client, const struct script *script,
                unsigned short port, struct received *received);

/* Sends the part before the pause. Returns 0, or -1 if that took too long. */
int client_send_first(struct client *client);

/* Does the rest, and closes. */
void client_finish(struct client *client);

/* Does all three. Returns 0, or -1 with errno if it could not connect. */
int client_run(const struct script *script, unsigned short port,
               struct received *received);

/* Milliseconds on a clock that never goes back, and a short sleep. */
uint64_t clock_ms(void);
void sleep_us(long microseconds);

#endif
