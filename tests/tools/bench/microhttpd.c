/*
 * microhttpd.c - libmicrohttpd doing what the stages do.
 *
 *     microhttpd threads|epoll PAGE_FILE
 *
 * Answers every GET with the page and the fields that the stages send, closes
 * the connection, and writes a line to standard error in the Common Log Format.
 * `threads` starts a thread for each connection; `epoll` has two threads, each
 * with an event loop. The page stays in memory, and is not copied.
 */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "listening.h"

/* The part of the line between the client and the request. It is made once a
 * second; if threads last as long as a connection, once for each. */
struct date {
    time_t made;
    char text[48];
};

static void update_date(struct date *date)
{
    time_t now = time(NULL);
    struct tm parts;

    if (now != date->made) {
        (void)gmtime_r(&now, &parts);
        (void)strftime(date->text, sizeof date->text,
                       " - - [%d/%b/%Y:%H:%M:%S +0000] \"", &parts);
        date->made = now;
    }
}

/* Appends a string, at most this many bytes of it. Returns the end. */
static char *append(char *end, const char *text, size_t most)
{
    size_t length = strnlen(text, most);

    memcpy(end, text, length);
    return end + length;
}

/* It does without printf, which would cost more than the rest of the line. */
static void write_log(struct MHD_Connection *connection, const char *method,
                      const char *url, const char *version)
{
    static _Thread_local struct date date;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char client[INET_ADDRSTRLEN] = "-";
    char line[512];
    char *end = line;

    update_date(&date);
    (void)inet_ntop(
        AF_INET,
        &((const struct sockaddr_in *)(const void *)info->client_addr)
             ->sin_addr,
        client, sizeof client);
    end = append(end, client, sizeof client);
    end = append(end, date.text, sizeof date.text);
    end = append(end, method, 20);
    end = append(end, " ", 1);
    end = append(end, url, 300);
    end = append(end, " ", 1);
    end = append(end, version, 10);
    end = append(end, "\" 200\n", 6);
    (void)!write(STDERR_FILENO, line, (size_t)(end - line));
}

static enum MHD_Result answer(void *response, struct MHD_Connection *connection,
                              const char *url, const char *method,
                              const char *version, const char *upload_data,
                              size_t *upload_data_size, void **context)
{
    (void)upload_data;
    (void)upload_data_size;
    (void)context;
    write_log(connection, method, url, version);
    return MHD_queue_response(connection, MHD_HTTP_OK, response);
}

static struct MHD_Response *make_response(const char *path)
{
    size_t length;
    char *page = listening_read_file(path, &length);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(length, page, MHD_RESPMEM_PERSISTENT);

    MHD_add_response_header(response, "Content-Type",
                            "text/html; charset=utf-8");
    MHD_add_response_header(response, "Content-Security-Policy",
                            "default-src 'none'; style-src 'unsafe-inline'; "
                            "form-action 'self'; base-uri 'none'; "
                            "frame-ancestors 'none'");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "Connection", "close");
    return response;
}

int main(int argc, char *argv[])
{
    struct MHD_Daemon *daemon;
    struct MHD_Response *response;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD;
    unsigned pool = 2;

    if (argc != 3) {
        fputs("usage: microhttpd threads|epoll PAGE_FILE\n", stderr);
        return 2;
    }
    if (strcmp(argv[1], "threads") == 0) {
        flags = MHD_USE_THREAD_PER_CONNECTION |
                MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_POLL;
        pool = 0;
    }
    response = make_response(argv[2]);
    daemon = MHD_start_daemon(
        flags | MHD_USE_ERROR_LOG, 0, NULL, NULL, answer, response,
        MHD_OPTION_LISTEN_SOCKET, listening_open("microhttpd"),
        MHD_OPTION_CONNECTION_LIMIT, 16384U, MHD_OPTION_THREAD_POOL_SIZE, pool,
        MHD_OPTION_THREAD_STACK_SIZE, (size_t)131072, MHD_OPTION_END);
    if (daemon == NULL) {
        return 1;
    }
    pause();
}
