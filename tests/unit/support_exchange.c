/* support_exchange.c - see support_exchange.h. */
#include "support_exchange.h"

#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "net/budget.h"
#include "net/platform.h"

static struct sockaddr_storage client_address;
static uint64_t held_before; /* by all exchanges, also those that failed */
struct exchange exchange;

int set_up_exchange(void **state)
{
    (void)state;
    stub_forget();
    memory_is_back();
    return 0;
}

void begin_exchange(const char *request, size_t length)
{
    client_address.ss_family = AF_INET;
    ((struct sockaddr_in *)&client_address)->sin_addr.s_addr =
        htonl(INADDR_LOOPBACK);
    stub_open(request, length);
    held_before = budget_held();
    assert_row_verdict(NULL,
                       exchange_begin(&exchange, stub.socket, &client_address),
                       VERDICT_INCOMPLETE);
}

enum verdict receive_into(struct buffer *into)
{
    ssize_t count = recv(exchange.client_sock, exchange_room(&exchange, into),
                         buffer_free(into), 0);

    return exchange_received(&exchange, into, count);
}

enum verdict receive_head(void)
{
    enum verdict verdict = VERDICT_INCOMPLETE;

    while (verdict == VERDICT_INCOMPLETE) {
        verdict = receive_into(&exchange.received);
        if (verdict == VERDICT_INCOMPLETE) {
            verdict = request_parse(&exchange.request, exchange.received.data,
                                    exchange.received.length);
        }
    }
    return verdict;
}

void begin_with_head(const char *head)
{
    begin_exchange(head, strlen(head));
    assert_row_verdict(head, receive_head(), VERDICT_DONE);
}

void append_answer(const char *content)
{
    exchange.response.code = 200;
    buffer_append_string(&exchange.response.content, content);
}

int send_answer(enum verdict verdict)
{
    exchange_answer(&exchange, verdict);
    while (exchange_left(&exchange) > 0) {
        ssize_t count = send(exchange.client_sock, exchange_next(&exchange),
                             exchange_left(&exchange), SEND_FLAGS);

        if (exchange_sent(&exchange, count) == -1) {
            return -1;
        }
    }
    return 0;
}

void close_exchange(const char *row)
{
    exchange_drain(&exchange);
    memory_is_back();
    assert_row(row, "the number of octets held", budget_held(), held_before);
    assert_row(row, "close", close(stub.socket), 0);
    exchange_log(&exchange);
    stub_check(row);
    assert_row_times(row, "a line was written to the log", stub.writes, 1);
}

void end_exchange(const char *row, enum verdict verdict)
{
    (void)send_answer(verdict);
    close_exchange(row);
}

void check_log(const char *row, const char *ending)
{
    size_t length = strlen(ending);

    assert_row_that(row, stub.log_length > length,
                    "the log's line is too short: %s", shown_string(stub.log));
    assert_row_octets(row, "the end of the log's line",
                      stub.log + stub.log_length - length, length, ending);
    assert_row_that(row, strncmp(stub.log, "127.0.0.1 - - [", 15) == 0,
                    "the log's line begins otherwise: %s",
                    shown_string(stub.log));
}
