/* support_exchange.c - see support_exchange.h. */
#include "support_exchange.h"

#include <netinet/in.h>
#include <string.h>

#include "turns.h"

static struct sockaddr_storage client_address;
struct exchange exchange;

int set_up_exchange(void **state)
{
    (void)state;
    stub_forget();
    memory_is_back();
    turns_let_go(turns_count().held);
    return 0;
}

void begin_exchange(const char *request, size_t length)
{
    client_address.ss_family = AF_INET;
    ((struct sockaddr_in *)&client_address)->sin_addr.s_addr =
        htonl(INADDR_LOOPBACK);
    stub_open(request, length);
    exchange_begin(&exchange, stub.socket, &client_address);
}

enum verdict receive_head(void)
{
    enum verdict verdict = VERDICT_INCOMPLETE;

    while (verdict == VERDICT_INCOMPLETE) {
        verdict = exchange_receive(&exchange, &exchange.received);
        if (verdict == VERDICT_DONE) {
            verdict = request_parse(&exchange.request, exchange.received.data,
                                    exchange.received.length);
        }
    }
    return verdict;
}

void append_answer(const char *content)
{
    exchange.response.code = 200;
    buffer_append_string(&exchange.response.content, content);
}

void end_exchange(const char *row, enum verdict verdict)
{
    exchange_end(&exchange, verdict);
    memory_is_back();
    stub_check(row);
    assert_row_times(row, "a line was written to the log", stub.writes, 1);
    assert_row_that(row, stub.closed_before_log,
                    "the log was written before the socket was closed");
    assert_row(row, "the number of octets held", turns_count().held, 0);
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
