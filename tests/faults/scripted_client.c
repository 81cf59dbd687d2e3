/* scripted_client.c - the client of an exchange; the contract is in
 * scripted_client.h. */
#include "scripted_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "faults.h"

static const uint64_t pause_ms = 3;
static const uint64_t wait_for_100_ms =
    100; /* then the client sends without it */
static const int small_buffer = 2048;

uint64_t clock_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void sleep_us(long microseconds)
{
    const struct timespec time = {.tv_nsec = microseconds * 1000};

    (void)nanosleep(&time, NULL);
}

static size_t length_of(const char *text)
{
    return text == NULL ? 0 : strlen(text);
}

static char *put(char *to, const char *text)
{
    size_t length = length_of(text);

    if (length > 0) {
        memcpy(to, text, length);
    }
    return to + length;
}

/* Builds the request. Returns 0, or -1 with errno. */
static int compose(struct client *client)
{
    const struct script *script = client->script;
    char *at;

    client->pause = length_of(script->first) +
                    length_of(script->filler) * script->times +
                    length_of(script->then);
    client->length = client->pause + length_of(script->later);
    client->request = malloc(client->length + 1);
    if (client->request == NULL) {
        return -1;
    }
    at = put(client->request, script->first);
    for (size_t i = 0; i < script->times; i++) {
        at = put(at, script->filler);
    }
    (void)put(put(at, script->then), script->later);
    return 0;
}

int client_open(struct client *client, const struct script *script,
                unsigned short port, struct received *received)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    unsigned accepted = faults->accepted;

    *client = (struct client){.script = script, .received = received};
    client->began = clock_ms();
    client->logged = faults->logged + faults->unlogged;
    faults->budget_taken = script->budget_taken;
    received->length = 0;
    received->ended = false;
    client->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client->socket == -1 || compose(client) == -1) {
        return -1;
    }
    if (script->reads_slowly) {
        (void)setsockopt(client->socket, SOL_SOCKET, SO_RCVBUF, &small_buffer,
                         sizeof small_buffer);
    }
    if (connect(client->socket, (struct sockaddr *)&address, sizeof address) ==
            -1 ||
        fcntl(client->socket, F_SETFL, O_NONBLOCK) == -1) {
        free(client->request);
        (void)close(client->socket);
        return -1;
    }
    while (script->early && faults->accepted == accepted &&
           clock_ms() < client->began + CLIENT_MS) {
        sleep_us(100);
    }
    if (script->early) {
        sleep_us(1000);
    }
    return 0;
}

/* Sends what may be sent: up to `until`. If the server no longer reads, that is
 * all that the client sends. */
static void send_until(struct client *client, size_t until)
{
    ssize_t sent = send(client->socket, client->request + client->sent,
                        until - client->sent, MSG_NOSIGNAL);

    if (sent > 0) {
        client->sent += (size_t)sent;
    } else if (sent == -1 && errno != EAGAIN && errno != EINTR) {
        client->sent = client->length;
        client->ended = true;
    }
}

static void receive(struct client *client)
{
    struct received *all = client->received;
    size_t room = sizeof all->data - all->length;
    ssize_t received;

    if (client->script->reads_slowly) {
        sleep_us(500);
        room = room > 4096 ? 4096 : room;
    }
    received = recv(client->socket, all->data + all->length, room, 0);
    if (received > 0) {
        all->length += (size_t)received;
    } else if (received == 0 || (errno != EAGAIN && errno != EINTR)) {
        all->ended = true;
    }
}

/* How much may be sent by now: everything up to the pause, or all. */
static size_t may_send(struct client *client)
{
    uint64_t now = clock_ms();

    if (client->sent < client->pause) {
        return client->pause;
    }
    if (client->paused == 0) {
        client->paused = now;
    }
    if (client->script->waits) {
        return client->received->length > 0 ||
                       now >= client->paused + wait_for_100_ms
                   ? client->length
                   : client->pause;
    }
    return now >= client->paused + pause_ms ? client->length : client->pause;
}

/* Waits until the server has closed its side, too, so that no thread is busy.
 */
static void stay(const struct client *client)
{
    while (faults->waiting != faults->total &&
           clock_ms() < client->began + CLIENT_MS) {
        sleep_us(200);
    }
}

/* Waits until the server has finished with the client. False: it takes too
 * long. */
static bool is_logged(const struct client *client)
{
    while (faults->logged + faults->unlogged == client->logged) {
        if (clock_ms() >= client->began + CLIENT_MS) {
            return false;
        }
        sleep_us(200);
    }
    return true;
}

/* Call it once everything is sent. True if the client reads no more. */
static bool end_side(struct client *client)
{
    const struct linger at_once = {.l_onoff = 1};

    client->ended = true;
    switch (client->script->end) {
    case END_HALF_CLOSES:
        (void)shutdown(client->socket, SHUT_WR);
        break;
    case END_RESETS:
        (void)setsockopt(client->socket, SOL_SOCKET, SO_LINGER, &at_once,
                         sizeof at_once);
        client->received->ended = true;
        break;
    case END_IS_DEAF:
        client->received->ended = is_logged(client);
        break;
    default:
        break;
    }
    if (client->script->reads_slowly) {
        sleep_us(10000);
    }
    return client->script->end == END_RESETS ||
           client->script->end == END_IS_DEAF;
}

int client_send_first(struct client *client)
{
    while (client->sent < client->pause &&
           clock_ms() < client->began + CLIENT_MS) {
        send_until(client, client->pause);
    }
    return client->sent < client->pause ? -1 : 0;
}

void client_finish(struct client *client)
{
    struct received *all = client->received;
    bool gone = false;

    while (!gone && !all->ended && all->length < sizeof all->data &&
           clock_ms() < client->began + CLIENT_MS) {
        size_t until = may_send(client);
        struct pollfd ready = {.fd = client->socket, .events = POLLIN};
        bool pausing = until < client->length;

        if (client->sent < until) {
            ready.events |= POLLOUT;
        } else if (!pausing && !client->ended) {
            gone = end_side(client);
        }
        if (!gone && poll(&ready, 1, pausing ? 1 : 100) > 0) {
            if (client->sent < until && (ready.revents & POLLOUT) != 0) {
                send_until(client, until);
            }
            if ((ready.revents & ~POLLOUT) != 0) {
                receive(client);
            }
        }
    }
    if (client->script->end == END_STAYS) {
        stay(client);
    }
    free(client->request);
    (void)close(client->socket);
}

int client_run(const struct script *script, unsigned short port,
               struct received *received)
{
    struct client client;

    if (client_open(&client, script, port, received) == -1) {
        return -1;
    }
    client_finish(&client);
    return 0;
}
