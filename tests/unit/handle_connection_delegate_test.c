/*
 * handle_connection_delegate_test.c - what the client gets whatever delegate
 * does, and when there is no memory.
 */
/* stages: 3 4 5 6 */
/* tags: contract, handle_connection */
/* hint: Look at what delegate returns, and at what it leaves in the
 * response, before anything is sent. */
/* link: -Wl,--wrap=delegate,--wrap=malloc,--wrap=calloc,--wrap=realloc */
/* link: -Wl,--wrap=read,--wrap=readv,--wrap=recv,--wrap=recvfrom */
/* link: -Wl,--wrap=recvmsg,--wrap=write,--wrap=writev,--wrap=send */
/* link: -Wl,--wrap=sendto,--wrap=sendmsg,--wrap=dprintf,--wrap=vdprintf */
/* link: -Wl,--wrap=poll,--wrap=ppoll,--wrap=select,--wrap=pselect */
/* link: -Wl,--wrap=epoll_ctl,--wrap=ioctl,--wrap=close,--wrap=shutdown */
/* link: -Wl,--wrap=dup,--wrap=fdopen,--wrap=fileno,--wrap=setsockopt */
/* link: -Wl,--wrap=getpeername,--wrap=getsockname,--wrap=clock_gettime */
/* link: -Wl,--wrap=gettimeofday,--wrap=time,--wrap=sleep,--wrap=usleep */
/* link: -Wl,--wrap=nanosleep,--wrap=clock_nanosleep,--wrap=deadline_begin */
#include "request_rows.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "deadlines.h"

static int fail_early(struct response *response)
{
    (void)response;
    return -1;
}

static int fail_with_half_an_answer(struct response *response)
{
    response->code = 200;
    headers_add(&response->headers, "X-Secret", "1");
    buffer_append_string(&response->content, "secret");
    return 1;
}

static int leave_nothing(struct response *response)
{
    (void)response;
    return 0;
}

static int leave_no_code(struct response *response)
{
    (void)fail_with_half_an_answer(response);
    response->code = 0;
    return 0;
}

static int leave_code_100(struct response *response)
{
    (void)fail_with_half_an_answer(response);
    response->code = 100;
    return 0;
}

static int leave_code_600(struct response *response)
{
    (void)fail_with_half_an_answer(response);
    response->code = 600;
    return 0;
}

static int leave_code_below_zero(struct response *response)
{
    (void)fail_with_half_an_answer(response);
    response->code = -200;
    return 0;
}

static int leave_field(struct response *response, const char *name,
                       const char *value)
{
    (void)fail_with_half_an_answer(response);
    headers_add(&response->headers, name, value);
    return 0;
}

static int leave_cr_lf(struct response *response)
{
    return leave_field(response, "X", "a\r\nSet-Cookie: secret=1");
}

static int leave_lf(struct response *response)
{
    return leave_field(response, "X", "a\nb");
}

static int leave_cr(struct response *response)
{
    return leave_field(response, "X", "a\rb");
}

static int leave_nul(struct response *response)
{
    (void)fail_with_half_an_answer(response);
    headers_add_field(&response->headers,
                      (struct header){"X", 1, OCTETS("a\0b"), NULL});
    return 0;
}

static int leave_a_name_that_is_no_token(struct response *response)
{
    return leave_field(response, "X Y", "a");
}

static int leave_a_colon_in_a_name(struct response *response)
{
    return leave_field(response, "X:", "a");
}

static int leave_no_name(struct response *response)
{
    return leave_field(response, "", "a");
}

static int leave_content_length(struct response *response)
{
    return leave_field(response, "content-length", "6");
}

static int leave_transfer_encoding(struct response *response)
{
    return leave_field(response, "Transfer-encoding", "chunked");
}

static int leave_connection(struct response *response)
{
    return leave_field(response, "CONNECTION", "keep-alive");
}

static int leave_date(struct response *response)
{
    return leave_field(response, "Date", "today");
}

static int leave_half_a_content(struct response *response)
{
    (void)fail_with_half_an_answer(response);
    response->content.failed = true;
    return 0;
}

static int leave_half_the_fields(struct response *response)
{
    (void)fail_with_half_an_answer(response);
    response->headers.failed = true;
    return 0;
}

#define DELEGATE(function)                                                     \
    {                                                                          \
#function, function                                                    \
    }

/* hint: Is the result of delegate looked at? The client then gets a clean
 * 500, and nothing of what stood in the response. */
static void handle_connection_of_a_delegate_that_fails(void **state)
{
    static const struct {
        const char *name;
        int (*answers)(struct response *response);
    } rows[] = {
        DELEGATE(fail_early),
        DELEGATE(fail_with_half_an_answer),
        DELEGATE(leave_nothing),
        DELEGATE(leave_no_code),
        DELEGATE(leave_code_100),
        DELEGATE(leave_code_600),
        DELEGATE(leave_code_below_zero),
        DELEGATE(leave_cr_lf),
        DELEGATE(leave_lf),
        DELEGATE(leave_cr),
        DELEGATE(leave_nul),
        DELEGATE(leave_a_name_that_is_no_token),
        DELEGATE(leave_a_colon_in_a_name),
        DELEGATE(leave_no_name),
        DELEGATE(leave_content_length),
        DELEGATE(leave_transfer_encoding),
        DELEGATE(leave_connection),
        DELEGATE(leave_date),
        DELEGATE(leave_half_a_content),
        DELEGATE(leave_half_the_fields),
    };

    (void)state;
    for (size_t i = 0; i < 2 * COUNT(rows); i++) {
        const struct request_row *row = &request_rows[i % 2 == 0 ? 0 : 4];
        const char *name = rows[i / 2].name;

        delegate_answers = rows[i / 2].answers;
        open_client(row->request, strlen(row->request));
        handle();
        stub_check(name);
        assert_row_times(name, "delegate was called", delegate_calls, 1);
        stub_check_answer(name, "HTTP/1.1 500 Internal Server Error",
                          !row->head);
        assert_row_lacks(name, "the answer", stub_sent(), "ecret");
        stub_close();
    }
}

static int leave_204(struct response *response)
{
    response->code = 204;
    buffer_append_string(&response->content, "secret");
    return 0;
}

static int leave_304(struct response *response)
{
    response->code = 304;
    buffer_append_string(&response->content, "secret");
    return 0;
}

/* hint: 204 and 304 go without content and without Content-Length. */
static void handle_connection_of_an_answer_without_content(void **state)
{
    static int (*const delegates[])(struct response *) = {leave_204, leave_304};
    static const char *const lines[] = {"HTTP/1.1 204 No Content",
                                        "HTTP/1.1 304 Not Modified"};

    (void)state;
    for (size_t i = 0; i < COUNT(delegates); i++) {
        delegate_answers = delegates[i];
        open_client(request_rows[0].request, strlen(request_rows[0].request));
        handle();
        stub_check(lines[i]);
        stub_check_answer(lines[i], lines[i], false);
        assert_row_lacks(lines[i], "the answer", stub_sent(), "Content-Length");
        assert_row_lacks(lines[i], "the answer", stub_sent(), "secret");
        stub_close();
    }
}

static int leave_404(struct response *response)
{
    response->code = 404;
    headers_add(&response->headers, "X-Two", "1");
    headers_add(&response->headers, "X-Two", "");
    buffer_append(&response->content, OCTETS("a\0b"));
    return 0;
}

static int leave_599(struct response *response)
{
    response->code = 599;
    return 0;
}

/* hint: The code, the fields and the content are those of delegate, in their
 * order. */
static void handle_connection_sends_what_delegate_leaves(void **state)
{
    const char *content;

    (void)state;
    delegate_answers = leave_404;
    open_client(request_rows[0].request, strlen(request_rows[0].request));
    handle();
    stub_check("404");
    content = stub_check_answer("404", "HTTP/1.1 404 Not Found", true);
    assert_memory_equal(content, "a\0b", 4);
    assert_row_has("404", "the answer", stub_sent(),
                   "\r\nX-Two: 1\r\nX-Two: \r\n");
    stub_close();

    delegate_answers = leave_599;
    open_client(request_rows[0].request, strlen(request_rows[0].request));
    handle();
    stub_check("599");
    content = stub_check_answer("599", "HTTP/1.1 599 ", true);
    assert_row_octets("599", "the content of the answer", content,
                      strlen(content), "");
    stub_close();
}

static int take_half_an_hour(struct response *response)
{
    stub.clock += 1800000;
    deadlines_look(stub.clock);
    return leave_404(response);
}

/* tags: ours */
/* hint: Only a call that waits for the client may be interrupted: is the end of
 * the wait noted before delegate is called? */
static void handle_connection_never_interrupts_delegate(void **state)
{
    sig_atomic_t signals = stub_signals;

    (void)state;
    delegate_answers = take_half_an_hour;
    for (size_t i = 0; i < COUNT(request_rows); i++) {
        const char *row = request_rows[i].request;

        open_client(row, strlen(row));
        handle();
        stub_check(row);
        assert_row(row, "the number of signals", stub_signals - signals, 0);
        stub_check_answer(row, "HTTP/1.1 404 Not Found", !request_rows[i].head);
        stub_close();
    }
}

/* True if the answer is to have content: not to a HEAD, unless there was no
 * memory before anything was read, so that it is not known to be one. */
static bool has_content(const struct request_row *row, size_t most)
{
    const char *end = strstr(stub_sent(), "\r\n\r\n");

    return !row->head || (most == 0 && end != NULL && end[4] != '\0');
}

/* Gives how many allocations were tried. */
static size_t check_without_memory(const struct request_row *row, size_t most,
                                   size_t failures)
{
    bool answered;

    open_client(row->request, strlen(row->request));
    stub.step = 20;
    stub.ending = STUB_ENDS;
    say_place("with memory for %zu allocations, then none for %s", most,
              failures == 1 ? "one" : "any");
    memory_lasts(most, failures);
    handle();
    memory_is_back();
    answered = strstr(stub_sent(), "HTTP/1.1 200 ") != NULL;
    stub_check(row->request);
    stub_check_answer(row->request,
                      answered ? "HTTP/1.1 200 OK"
                               : "HTTP/1.1 500 Internal Server Error",
                      has_content(row, most));
    assert_row_that(row->request, memory_tried() > most || answered,
                    "with memory enough, the answer is no 200");
    stub_close();
    return memory_tried();
}

/* From the first allocation on, the second, and so on, until there is enough,
 * and with that one alone failing: the client gets a clean 500, or a 200 when
 * there was enough; never half an answer. */

/* hint: Each allocation may fail. Is what it gives looked at, and is
 * everything released on that way out? Where not even the error page fits into
 * memory, a 500 without one can be constant. */
static void handle_connection_without_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_rows); i++) {
        size_t tried = SIZE_MAX;

        for (size_t most = 0; tried > most; most++) {
            (void)check_without_memory(&request_rows[i], most, 1);
            tried = check_without_memory(&request_rows[i], most, SIZE_MAX);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(handle_connection_of_a_delegate_that_fails,
                               set_up_delegate),
        cmocka_unit_test_setup(handle_connection_of_an_answer_without_content,
                               set_up_delegate),
        cmocka_unit_test_setup(handle_connection_sends_what_delegate_leaves,
                               set_up_delegate),
        cmocka_unit_test_setup(handle_connection_never_interrupts_delegate,
                               set_up_delegate),
        cmocka_unit_test_setup(handle_connection_without_memory,
                               set_up_delegate),
    };

    (void)signal(SIGPIPE, SIG_IGN); /* the server does not get it either */
    return run_all(tests);
}
