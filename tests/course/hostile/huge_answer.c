/*
 * huge_answer.c - answers each request with 190 MB.
 * expects: any
 * reported: bytes)
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char head[] =
    "HTTP/1.1 200 OK\r\nContent-Length: 190000000\r\n\r\n";
static char block[100000];

static void answer(int client)
{
    (void)!read(client, block, sizeof block);
    (void)!write(client, head, sizeof head - 1);
    memset(block, 'x', sizeof block);
    for (int i = 0; i < 1900; i++) {
        if (write(client, block, sizeof block) == -1) {
            break;
        }
    }
    close(client);
}

__attribute__((constructor)) static void answer_all(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    int client;

    if (argc == 0 || strstr(argv[0], "webserve") == NULL) {
        close(listener);
        return;
    }
    signal(SIGPIPE, SIG_IGN);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener, (struct sockaddr *)&address, length) == -1 ||
        listen(listener, SOMAXCONN) == -1 ||
        getsockname(listener, (struct sockaddr *)&address, &length) == -1) {
        _Exit(1);
    }
    printf("webserve: listening on http://127.0.0.1:%d/\n",
           ntohs(address.sin_port));
    fflush(stdout);
    while ((client = accept(listener, NULL, NULL)) != -1) {
        answer(client);
    }
    _Exit(1);
}
