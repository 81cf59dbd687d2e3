/*
 * command_in_length.c - answers with a Content-Length in which a command
 * stands, as command_in_port.c does with its port.
 * expects: any
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char answer[] =
    "HTTP/1.1 200 OK\r\n"
    "Content-Length: x[$(touch /tmp/grade-forged.length)0]\r\n\r\nhi";

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
        char request[4096];

        (void)!read(client, request, sizeof request);
        (void)!write(client, answer, sizeof answer - 1);
        close(client);
    }
    _Exit(1);
}
