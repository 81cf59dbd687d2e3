/*
 * ask.c - asks the same of a server again and again, and says how long it took.
 *
 *     ask PORT TIMES PIECE [MICROSECONDS] < REQUEST
 *
 * Each time it connects, sends the request in pieces of PIECE octets, each with
 * a call of its own (0: all with one call), with a pause behind each so that
 * the server sees them one by one, and reads until the other side ends. It
 * prints a line for each: nanoseconds from before connect until the end, and
 * octets of the answer, head and content. An answer that is no "HTTP/1.1 200",
 * or none, ends it with 1, and one sentence.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char expected[] = "HTTP/1.1 200";
static char answer[1 << 18];

struct request {
    char *octets;
    size_t length;
    size_t piece;
    long pause; /* behind each piece, in microseconds */
};

static long long nanoseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static bool read_request(struct request *request)
{
    size_t capacity = 1 << 16;
    size_t got = 1;

    request->octets = malloc(capacity);
    while (request->octets != NULL && got > 0) {
        if (request->length == capacity) {
            capacity *= 2;
            request->octets = realloc(request->octets, capacity);
        }
        if (request->octets != NULL) {
            got = fread(request->octets + request->length, 1,
                        capacity - request->length, stdin);
            request->length += got;
        }
    }
    return request->octets != NULL;
}

static int connect_to(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    int on = 1;
    int server = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_port = htons((uint16_t)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (server == -1 ||
        setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == -1 ||
        connect(server, (struct sockaddr *)&address, sizeof address) == -1) {
        return -1;
    }
    return server;
}

static bool send_request(int server, const struct request *request)
{
    size_t piece = request->piece > 0 ? request->piece : request->length;
    size_t sent = 0;

    while (sent < request->length) {
        size_t left = request->length - sent;
        ssize_t now = send(server, request->octets + sent,
                           left < piece ? left : piece, MSG_NOSIGNAL);

        if (now <= 0) {
            return false;
        }
        sent += (size_t)now;
        if (request->pause > 0) {
            nanosleep(&(struct timespec){.tv_nsec = request->pause * 1000},
                      NULL);
        }
    }
    return true;
}

/* Gives the octets of the answer, or -1. */
static long long read_answer(int server)
{
    long long octets = 0;
    char start[sizeof expected - 1] = "";
    ssize_t got;

    while ((got = recv(server, answer, sizeof answer, 0)) > 0) {
        for (ssize_t i = 0; i < got && octets + i < (long long)sizeof start;
             i++) {
            start[octets + i] = answer[i];
        }
        octets += got;
    }
    return got == 0 && memcmp(start, expected, sizeof start) == 0 ? octets : -1;
}

int main(int argc, char *argv[])
{
    struct request request = {0};
    bool fits = argc == 4 || argc == 5;
    int port = fits ? atoi(argv[1]) : 0;
    int times = fits ? atoi(argv[2]) : 0;

    if (port <= 0 || times <= 0 || !read_request(&request)) {
        fputs("usage: ask PORT TIMES PIECE [MICROSECONDS] < REQUEST\n", stderr);
        return 2;
    }
    request.piece = strtoul(argv[3], NULL, 10);
    request.pause = argc == 5 ? strtol(argv[4], NULL, 10) : 0;
    for (int i = 0; i < times; i++) {
        long long began = nanoseconds();
        int server = connect_to(port);
        bool sent = server != -1 && send_request(server, &request);
        long long octets = sent ? read_answer(server) : -1;

        if (octets == -1) {
            fprintf(stderr, "ask: no answer with 200 from port %d\n", port);
            return 1;
        }
        printf("%lld %lld\n", nanoseconds() - began, octets);
        close(server);
    }
    free(request.octets);
    return 0;
}
