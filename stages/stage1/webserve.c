/* webserve.c - a threaded web server, all of it in one loop. */
#include "webserve.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arguments.h"
#include "exchange.h"
#include "html.h"
#include "listener.h"
#include "page.h"
#include "platform.h"
#include "turns.h"

/* Each thread takes turns at accepting, and handles the client that it got
 * from the first octet to the last. */
static void *take_turns(void *turns)
{
    struct sockaddr_storage client_address;
    int client_sock;

    while ((client_sock = turns_accept(turns, &client_address)) != -1) {
        struct exchange exchange;
        struct buffer *received = &exchange.received;
        struct request *request = &exchange.request;
        struct response *response = &exchange.response;
        struct buffer *page = &response->content;
        struct form *get_data = NULL;
        enum verdict verdict = VERDICT_INCOMPLETE;

        exchange_begin(&exchange, client_sock, &client_address);

        /* The header section comes in as many pieces as the network likes: to
         * receive is done when some of it has come, to parse when all has. */
        while (verdict == VERDICT_INCOMPLETE) {
            verdict = exchange_receive(&exchange, received);
            if (verdict == VERDICT_DONE) {
                verdict =
                    request_parse(request, received->data, received->length);
            }
        }
        if (verdict == VERDICT_DONE) {
            verdict = request_check(request, POST_REFUSED);
        }

        /* What stands behind the `?` of the URL is form data. */
        if (verdict == VERDICT_DONE && request->query != NULL) {
            get_data = &exchange.get_data;
            verdict = exchange_decode(&exchange, get_data, request->query,
                                      request->query_length);
        }

        /* The page says hello to the path and shows the pairs of the query.
         * All of that comes from the client, so all of it is escaped. */
        if (verdict == VERDICT_DONE) {
            page_begin(response, 200, "hello");
            buffer_append_string(page, "<h1>hello, ");
            html_append(page, request->path, strlen(request->path));
            buffer_append_string(page, "</h1>\n");
            if (get_data != NULL) {
                buffer_append_string(page, "<ul>\n");
                for (size_t i = 0; i < get_data->count; i++) {
                    struct form_pair pair = form_pair(get_data, i);

                    buffer_append_string(page, "<li>key=");
                    html_append(page, pair.key, pair.key_length);
                    buffer_append_string(page, "; value=");
                    html_append(page, pair.value, pair.value_length);
                    buffer_append_string(page, "; </li>\n");
                }
                buffer_append_string(page, "</ul>\n");
            }
            page_form(response);
            page_end(response);
        }
        exchange_end(&exchange, verdict);
    }
    return NULL;
}

int main(int argc, char **argv)
{
    struct arguments arguments;
    struct listener listener;
    struct turns turns;

    switch (arguments_read(&arguments, argc, argv)) {
    case ARGUMENTS_HELP:
        fputs(arguments_usage, stdout);
        return 0;
    case ARGUMENTS_WRONG:
        fputs(arguments_usage, stderr);
        return 2;
    case ARGUMENTS_RUN:
        break;
    }

    if (listener_open(&listener, arguments.interface, arguments.port) == -1) {
        fprintf(stderr, "%s: %s\n", platform_program_name(), listener.reason);
        return 1;
    }

    /* Threads handle the connections: turns_start makes the first, turns_accept
     * one more whenever none is left to wait. This one waits for the end, and
     * exits: it cannot return while they use `turns`. */
    turns.listening_socket = listener.socket;
    turns.take = take_turns;
    if (turns_start(&turns) == -1) {
        perror(platform_program_name());
        close(listener.socket);
        return 1;
    }
    printf("%s: listening on %s\n", platform_program_name(), listener.url);
    fflush(stdout);
    exit(turns_run(&turns));
}
