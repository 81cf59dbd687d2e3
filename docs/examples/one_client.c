/* one_client.c - the least that can be called a web server: it answers one
 * client, and ends.
 *
 *     cc -o one_client one_client.c
 *     ./one_client 8090
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char answer[] = "HTTP/1.1 200 OK\r\n"
                             "Connection: close\r\n"
                             "Content-Length: 6\r\n"
                             "\r\n"
                             "hello\n";

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    char request[4096] = "";
    size_t length = 0;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    int client;
    int yes = 1;

    /* Without this, the port stays taken for a minute if the last run was the
     * first to close its connection. */
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((in_port_t)(argc > 1 ? atoi(argv[1]) : 8090));
    if (bind(listener, (struct sockaddr *)&address, sizeof address) == -1 ||
        listen(listener, 1) == -1) {
        perror("one_client");
        return 1;
    }
    client = accept(listener, NULL, NULL); /* waits for somebody to come */

    /* The request comes in pieces; an empty line ends it. */
    while (strstr(request, "\r\n\r\n") == NULL && length < sizeof request - 1) {
        ssize_t received =
            recv(client, request + length, sizeof request - 1 - length, 0);

        if (received <= 0) {
            return 1; /* the client has gone */
        }
        length += (size_t)received;
    }
    printf("%s", request);
    send(client, answer, sizeof answer - 1, 0);
    close(client);
    return 0;
}
