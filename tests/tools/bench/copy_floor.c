/*
 * copy_floor.c - the least that a POST that is read, decoded and shown can
 * cost.
 *
 *     copy_floor
 *
 * The target of a request names how many octets to answer, its Content-Length
 * how many to receive:
 *
 *     POST /25000000 HTTP/1.1
 *
 * The content is received where it will stay. Then the octets are copied as
 * often as the work demands: once for what decoding gives, and once for the
 * page (the content again and again, up to the page's length). The page is
 * sent. So a server that decodes and escapes, octet by octet, is measured
 * against memcpy. One thread serves one client after the other; each has its
 * memory anew.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listening.h"

/* A request whose head has come, with the beginning of its content. */
struct posted {
    char head[8192];
    size_t length; /* octets of the head and what came with it */
    size_t content_at;
    size_t content_length;
    size_t answer_length;
};

static bool receive_head(int client, struct posted *posted)
{
    const char *end = NULL;
    const char *field;

    posted->length = 0;
    while (end == NULL) {
        size_t room = sizeof posted->head - 1 - posted->length;
        ssize_t received = recv(client, posted->head + posted->length, room, 0);

        if (received <= 0) {
            return false;
        }
        posted->length += (size_t)received;
        posted->head[posted->length] = '\0';
        end = strstr(posted->head, "\r\n\r\n");
    }
    posted->content_at = (size_t)(end - posted->head) + 4;
    field = strstr(posted->head, "Content-Length: ");
    if (field == NULL ||
        sscanf(posted->head, "POST /%zu ", &posted->answer_length) != 1) {
        return false;
    }
    posted->content_length =
        strtoul(field + strlen("Content-Length: "), NULL, 10);
    return posted->content_length > 0;
}

static bool receive_content(int client, const struct posted *posted,
                            char *content)
{
    size_t length = posted->length - posted->content_at;

    memcpy(content, posted->head + posted->content_at, length);
    while (length < posted->content_length) {
        ssize_t received =
            recv(client, content + length, posted->content_length - length, 0);

        if (received <= 0) {
            return false;
        }
        length += (size_t)received;
    }
    return true;
}

static bool send_all(int client, const char *octets, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(client, octets, length, MSG_NOSIGNAL);

        if (sent <= 0) {
            return false;
        }
        octets += sent;
        length -= (size_t)sent;
    }
    return true;
}

/* Fills the page with the decoded octets, again and again. */
static void copy_to_page(char *page, size_t page_length, const char *decoded,
                         size_t decoded_length)
{
    while (page_length > 0) {
        size_t length =
            page_length < decoded_length ? page_length : decoded_length;

        memcpy(page, decoded, length);
        page += length;
        page_length -= length;
    }
}

static void answer(int client, const struct posted *posted, const char *page)
{
    char head[512];
    char rest[4096];
    int length = snprintf(head, sizeof head,
                          "HTTP/1.1 200 OK\r\nConnection: close\r\n"
                          "Content-Type: text/html; charset=utf-8\r\n"
                          "Content-Length: %zu\r\n\r\n",
                          posted->answer_length);

    if (send_all(client, head, (size_t)length) &&
        send_all(client, page, posted->answer_length)) {
        shutdown(client, SHUT_WR);
        while (recv(client, rest, sizeof rest, 0) > 0) {
        }
    }
}

static void handle(int client)
{
    struct posted posted;
    char *content = NULL;
    char *decoded = NULL;
    char *page = NULL;

    if (receive_head(client, &posted)) {
        content = malloc(posted.content_length);
        decoded = malloc(posted.content_length);
        page = malloc(posted.answer_length + 1);
    }
    if (content != NULL && decoded != NULL && page != NULL &&
        receive_content(client, &posted, content)) {
        memcpy(decoded, content, posted.content_length);
        copy_to_page(page, posted.answer_length, decoded,
                     posted.content_length);
        answer(client, &posted, page);
    }
    free(content);
    free(decoded);
    free(page);
}

int main(void)
{
    int listening = listening_open("copy_floor");

    for (;;) {
        int client = accept(listening, NULL, NULL);

        if (client != -1) {
            handle(client);
            close(client);
        }
    }
}
