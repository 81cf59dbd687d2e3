/*
 * handle_connection_log_test.c - each exchange writes a line to the log, in one
 * piece, once the socket is closed. That is this design's: a solution without a
 * log is as good.
 */
/* stages: 3 4 5 6 */
/* tags: ours */
/* hint: The end of an exchange in common/ writes the log: is it reached on each
 * way out, once, and the socket closed before? */
#include "request_rows.h"

#include <signal.h>

/* Handles what is open, and closes it. */
static void check_log(const char *row)
{
    handle();
    memory_is_back();
    assert_row_times(row, "a line was written to the log", stub.writes, 1);
    assert_row_that(row, stub.closed_before_log,
                    "the log was written before the socket was closed");
    stub_close();
}

static void handle_connection_logs_each_request(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_rows); i++) {
        const char *row = request_rows[i].request;

        open_client(row, strlen(row));
        check_log(row);
    }
}

static void handle_connection_logs_a_client_that_leaves(void **state)
{
    static const enum stub_ending endings[] = {STUB_ENDS, STUB_RESETS,
                                               STUB_IS_SILENT};
    const char *row = request_rows[COUNT(request_rows) - 1].request;

    (void)state;
    for (size_t cut = 0; cut < strlen(row); cut++) {
        for (size_t i = 0; i < COUNT(endings); i++) {
            open_client(row, cut);
            stub.ending = endings[i];
            say_place("the client %s after octet %zu",
                      endings[i] == STUB_IS_SILENT ? "falls silent" : "leaves",
                      cut);
            check_log(row);
        }
    }
}

static int fail_early(struct response *response)
{
    (void)response;
    return -1;
}

static void handle_connection_logs_a_delegate_that_fails(void **state)
{
    const char *row = request_rows[0].request;

    (void)state;
    delegate_answers = fail_early;
    open_client(row, strlen(row));
    check_log(row);
    assert_row_has(row, "the log", stub.log, " 500 ");
}

static void handle_connection_logs_without_memory(void **state)
{
    const char *row = request_rows[COUNT(request_rows) - 1].request;

    (void)state;
    for (size_t most = 0; most == 0 || memory_tried() > most - 1; most++) {
        open_client(row, strlen(row));
        stub.ending = STUB_ENDS;
        say_place("with memory for %zu allocations", most);
        memory_lasts(most, SIZE_MAX);
        check_log(row);
    }
}

#define TEST(test) cmocka_unit_test_setup(test, set_up_delegate)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(handle_connection_logs_each_request),
        TEST(handle_connection_logs_a_client_that_leaves),
        TEST(handle_connection_logs_a_delegate_that_fails),
        TEST(handle_connection_logs_without_memory),
    };

    (void)signal(SIGPIPE, SIG_IGN); /* the server does not get it either */
    return run_all(tests);
}
