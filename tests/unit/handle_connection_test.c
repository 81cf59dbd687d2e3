/*
 * handle_connection_test.c - one exchange, with a delegate and a client that
 * are the test's: what delegate gets however the request is cut, and what the
 * client gets whatever delegate does.
 */
/* stages: 3 4 5 6 */
/* link: -Wl,--wrap=delegate,--wrap=malloc,--wrap=calloc,--wrap=realloc */
/* link: -Wl,--wrap=recv,--wrap=sendmsg,--wrap=poll,--wrap=shutdown */
/* link: -Wl,--wrap=close,--wrap=write,--wrap=clock_gettime */
#include "net_support.h"

#include <signal.h>
#include <stdlib.h>

#include "limits.h"
#include "webserve.h"

/* ---- A delegate that writes down what it gets ------------------------------
 */

static size_t delegate_calls;
static struct sockaddr_storage client_address;

/* What it was given, a line each: "GET /path", "Name=value", "get:a=1,b=",
 * "post:NULL". */
static char delegate_got[8192];
static size_t delegate_got_length;

/* What it does. */
static int (*delegate_answers)(struct response *response);

static void note(const char *text, size_t length)
{
    if (length < sizeof delegate_got - delegate_got_length) {
        memcpy(delegate_got + delegate_got_length, text, length);
        delegate_got_length += length;
        delegate_got[delegate_got_length] = '\0';
    }
}

static void note_string(const char *text)
{
    note(text, strlen(text));
}

static void note_form(const char *name, const struct form *form)
{
    note_string(name);
    if (form == NULL) {
        note_string("NULL");
    } else if (form->count == 0) {
        note_string("empty");
    }
    for (size_t i = 0; form != NULL && i < form->count; i++) {
        struct form_pair pair = form_pair(form, i);

        note_string(i == 0 ? "" : ",");
        note(pair.key, pair.key_length);
        note_string("=");
        note(pair.value, pair.value_length);
    }
    note_string("\n");
}

int __wrap_delegate(const char *request_type, const char *path,
                    const struct headers *received_headers,
                    const struct form *get_data, const struct form *post_data,
                    struct response *response);

int __wrap_delegate(const char *request_type, const char *path,
                    const struct headers *received_headers,
                    const struct form *get_data, const struct form *post_data,
                    struct response *response)
{
    delegate_calls++;
    note_string(request_type);
    note_string(" ");
    note_string(path);
    note_string("\n");
    for (size_t i = 0; i < received_headers->count; i++) {
        const struct header *field = &received_headers->fields[i];

        note(field->name, field->name_length);
        note_string("=");
        note(field->value, field->value_length);
        note_string("\n");
    }
    note_form("get:", get_data);
    note_form("post:", post_data);
    assert_int_equal(response->code, 0);
    assert_int_equal(response->headers.count, 0);
    assert_int_equal(response->content.length, 0);
    return delegate_answers(response);
}

static int answer_hello(struct response *response)
{
    response->code = 200;
    headers_add(&response->headers, "Content-Type", "text/plain");
    buffer_append_string(&response->content, "hello");
    return 0;
}

/* ---- Memory that runs out --------------------------------------------------
 */

static size_t allocations;
static size_t allocations_most; /* so many succeed, */
static size_t allocations_fail; /* then so many fail */

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);

static bool memory_is_out(void)
{
    if (stub.socket == -1 || allocations++ < allocations_most ||
        allocations - allocations_most > allocations_fail) {
        return false;
    }
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return memory_is_out() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return memory_is_out() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return memory_is_out() ? NULL : __real_realloc(memory, size);
}

/* ---- Helpers ---------------------------------------------------------------
 */

static int set_up_delegate(void **state)
{
    (void)state;
    delegate_answers = answer_hello;
    allocations_most = SIZE_MAX;
    return 0;
}

static void open_client(const char *request, size_t length)
{
    stub_open(request, length);
    delegate_calls = 0;
    delegate_got_length = 0;
    delegate_got[0] = '\0';
    allocations = 0;
}

static void handle(void)
{
    handle_connection(stub.socket, &client_address);
}

/* ---- Requests, however they are cut ----------------------------------------
 */

struct request_row {
    const char *request;
    const char *got; /* what delegate is given */
    bool head;
};

static const struct request_row request_rows[] = {
    {"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
     "GET /\nHost=a\nget:NULL\npost:NULL\n", false},
    {"GET / HTTP/1.0\r\n\r\n", "GET /\nget:NULL\npost:NULL\n", false},
    {"GET /p?a=1&b=&c&a=%26+x HTTP/1.1\r\nHost: a\r\n\r\n",
     "GET /p\nHost=a\nget:a=1,b=,c=,a=& x\npost:NULL\n", false},
    {"GET /p? HTTP/1.1\r\nHost: a\r\n\r\n",
     "GET /p\nHost=a\nget:empty\npost:NULL\n", false},
    {"HEAD /p?a=1 HTTP/1.1\r\nHost: a\r\n\r\n",
     "GET /p\nHost=a\nget:a=1\npost:NULL\n", true},
    {"GET /a%20b/%2e/\xC3\xA9/<\"> HTTP/1.1\r\nHost: a\r\n\r\n",
     "GET /a%20b/%2e/\xC3\xA9/<\">\nHost=a\nget:NULL\npost:NULL\n", false},
    {"GET http://a.example:80/p?q=1?2 HTTP/1.1\r\nHost: a.example:80\r\n\r\n",
     "GET /p\nHost=a.example:80\nget:q=1?2\npost:NULL\n", false},
    {"GET http://a.example HTTP/1.1\r\nHost: a.example\r\n\r\n",
     "GET /\nHost=a.example\nget:NULL\npost:NULL\n", false},
    {"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
     "GET /\nHost=a\nget:NULL\npost:NULL\n", false},
    {"GET / HTTP/1.1\r\nX: 1\r\nHOST:a\r\nx: \t2, 3\t \r\nEmpty:\r\nX: 1\r\n"
     "\r\n",
     "GET /\nX=1\nHOST=a\nx=2, 3\nEmpty=\nX=1\nget:NULL\npost:NULL\n", false},
    {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
     "GET /\nHost=a\nContent-Length=0\nget:NULL\npost:NULL\n", false},
#if STAGE >= 6
    {"POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\na=1&b=%26+x",
     "POST /p\nHost=a\nContent-Length=11\nget:NULL\npost:a=1,b=& x\n", false},
    {"POST /p?q=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na",
     "POST /p\nHost=a\nContent-Length=1\nget:q=1\npost:a=\n", false},
    {"POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
     "POST /p\nHost=a\nContent-Length=0\nget:NULL\npost:empty\n", false},
    {"POST /p HTTP/1.0\r\nContent-Length: 3\r\n\r\na=1",
     "POST /p\nContent-Length=3\nget:NULL\npost:a=1\n", false},
    {"POST /p? HTTP/1.1\r\nHost: a\r\n\r\n",
     "POST /p\nHost=a\nget:empty\npost:empty\n", false},
    {"POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
     "3\r\na=1\r\n1;x=\"y;\"\r\n&\r\nA\r\nb=23456789\r\n0\r\n"
     "Trailer: dropped\r\n\r\n",
     "POST /p\nHost=a\nTransfer-Encoding=chunked\nget:NULL\n"
     "post:a=1,b=23456789\n",
     false},
    {"POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
     "0\r\n\r\n",
     "POST /p\nHost=a\nTransfer-Encoding=chunked\nget:NULL\npost:empty\n",
     false},
#endif
};

/* Handles the request that is open, and looks at all that came of it. */
static void check_request(const struct request_row *row)
{
    const char *content;

    handle();
    stub_check(row->request);
    assert_row(row->request, delegate_calls, 1);
    assert_row_octets(row->request, delegate_got, delegate_got_length,
                      row->got);
    content = stub_check_answer(row->request, "HTTP/1.1 200 OK", !row->head);
    assert_row_octets(row->request, content, strlen(content),
                      row->head ? "" : "hello");
    assert_row(row->request, stub.given, stub.length);
    assert_row(row->request, stub.writes, 1);
    assert_row(row->request, stub.closed_before_log, true);
    stub_close();
}

static void handle_connection_gives_delegate_the_request(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_rows); i++) {
        const struct request_row *row = &request_rows[i];

        open_client(row->request, strlen(row->request));
        check_request(row);
    }
}

static void handle_connection_of_a_request_cut_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_rows); i++) {
        const struct request_row *row = &request_rows[i];

        for (size_t cut = 1; cut < strlen(row->request); cut++) {
            open_client(row->request, strlen(row->request));
            stub.cuts[0] = cut;
            stub.waits = cut % 2 == 0;
            check_request(row);
        }
    }
}

static void handle_connection_of_a_request_cut_in_three(void **state)
{
    const struct request_row *row = &request_rows[COUNT(request_rows) - 1];
    size_t length = strlen(row->request);

    (void)state;
    for (size_t cut = 1; cut < length; cut++) {
        for (size_t next = cut + 1; next < length; next += 1 + next % 3) {
            open_client(row->request, length);
            stub.cuts[0] = cut;
            stub.cuts[1] = next;
            check_request(row);
        }
    }
}

static void handle_connection_of_a_request_octet_by_octet(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_rows); i++) {
        const struct request_row *row = &request_rows[i];

        for (size_t step = 1; step < 4; step++) {
            open_client(row->request, strlen(row->request));
            stub.step = step;
            stub.waits = step != 2;
            stub.interrupted = step;
            check_request(row);
        }
    }
}

/* Sizes that no buffer is made for in advance. */
static void handle_connection_of_a_large_header_section(void **state)
{
    enum {
        start = 25,
        fields = 300000
    };
    char *request = test_malloc_or_fail(start + fields + 4);

    (void)state;
    memcpy(request, "GET / HTTP/1.1\r\nHost: a\r\n", start);
    memset(request + start, 'x', fields);
    request[start + 1000] = ':';
    memcpy(request + start + fields, "\r\n\r\n", 4);
    for (size_t step = 997; step < 200000; step *= 13) {
        open_client(request, start + fields + 4);
        stub.step = step;
        stub.waits = true;
        handle();
        stub_check("large");
        assert_int_equal(delegate_calls, 1);
        stub_check_answer("large", "HTTP/1.1 200 OK", true);
        stub_close();
    }
    free(request);
}

#if STAGE >= 6
static void handle_connection_of_a_large_post(void **state)
{
    static const char head[] = "POST / HTTP/1.1\r\nHost: a\r\n"
                               "Content-Length: 3000000\r\n\r\n";
    size_t length = sizeof head - 1 + 3000000;
    char *request = test_malloc_or_fail(length);

    (void)state;
    memcpy(request, head, sizeof head - 1);
    memset(request + sizeof head - 1, '&', 3000000);
    memcpy(request + length - 4, "&b=9", 4);
    for (size_t step = 1460; step < 200000; step *= 11) {
        open_client(request, length);
        stub.step = step;
        stub.waits = true;
        handle();
        stub_check("large");
        assert_non_null(strstr(delegate_got, "post:b=9\n"));
        stub_check_answer("large", "HTTP/1.1 200 OK", true);
        stub_close();
    }
    free(request);
}

/* 100 Continue is sent when none of the content has come with the head, and
 * never to HTTP/1.0, nor without content. */
static void handle_connection_continues_when_it_is_waited_for(void **state)
{
    static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";
    static const struct {
        const char *request;
        bool continues; /* if the pieces are head and content */
    } rows[] = {
        {"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
         "Content-Length: 3\r\n\r\na=1",
         true},
        {"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\n"
         "Transfer-Encoding: chunked\r\n\r\n3\r\na=1\r\n0\r\n\r\n",
         true},
        {"POST / HTTP/1.0\r\nExpect: 100-continue\r\n"
         "Content-Length: 3\r\n\r\na=1",
         false},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na=1", false},
        {"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
         "Content-Length: 0\r\n\r\n",
         false},
        {"GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *row = rows[i].request;
        size_t head = (size_t)(strstr(row, "\r\n\r\n") + 4 - row);

        for (size_t cut = 1; cut < strlen(row); cut++) {
            bool continues = rows[i].continues && cut == head;

            open_client(row, strlen(row));
            stub.cuts[0] = cut;
            handle();
            stub_check(row);
            assert_row(row, delegate_calls, 1);
            assert_row(row, strncmp(stub_sent(), interim, 25) == 0, continues);
            assert_row(row,
                       strstr(stub_sent(), "\r\nDate") ==
                           stub_sent() + (continues ? 25 : 0) + 15,
                       true);
            stub_close();
        }
    }
}
#endif

/* ---- Requests that delegate does not see ------------------------------------
 */

static void handle_connection_refuses(void **state)
{
    static const struct {
        const char *request;
        const char *status;
    } rows[] = {
        {"GET / HTTP/1.1\n\n", "400 Bad Request"},
        {"GET /\r\n\r\n", "400 Bad Request"},
        {"GET / HTTP/1.1\r\n\r\n", "400 Bad Request"},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", "400 Bad Request"},
        {"GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n", "400 Bad Request"},
        {"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n",
         "400 Bad Request"},
        {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505 HTTP Version Not Supported"},
        {"PUT / HTTP/1.1\r\nHost: a\r\n\r\n", "501 Not Implemented"},
        {"GET / HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\n\r\n",
         "417 Expectation Failed"},
#if STAGE < 6
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na=1",
         "501 Not Implemented"},
        {"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
         "Content-Length: 3\r\n\r\n",
         "501 Not Implemented"},
#else
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n",
         "413 Content Too Large"},
        {"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
         "Content-Length: 99999999\r\n\r\n",
         "413 Content Too Large"},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n"
         "Content-Length: 3\r\n\r\na=1",
         "415 Unsupported Media Type"},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx",
         "400 Bad Request"},
#endif
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *row = rows[i].request;

        for (size_t step = 0; step < 2; step++) {
            char line[64];

            (void)snprintf(line, sizeof line, "HTTP/1.1 %s", rows[i].status);
            open_client(row, strlen(row));
            stub.step = step;
            stub.ending = STUB_ENDS; /* part of it may be unread: it drains */
            handle();
            stub_check(row);
            assert_row(row, delegate_calls, 0);
            stub_check_answer(row, line, true);
            assert_row(row, stub.given, stub.length);
            stub_close();
        }
    }
}

/* The answer is not lost: what is unread is drained, and then the socket is
 * closed. */
static void handle_connection_drains_what_follows_a_get(void **state)
{
    static const char row[] = "GET / HTTP/1.1\r\nHost: a\r\n"
                              "Content-Length: 5\r\n\r\nhello";

    (void)state;
    for (size_t cut = 1; cut < sizeof row - 1; cut++) {
        open_client(row, sizeof row - 1);
        stub.cuts[0] = cut;
        stub.waits = true;
        stub.ending = STUB_ENDS;
        handle();
        stub_check(row);
        assert_row(row, delegate_calls, 1);
        stub_check_answer(row, "HTTP/1.1 200 OK", true);
        assert_row(row, stub.given, stub.length);
        stub_close();
    }
}

/* ---- Clients that leave
 * ------------------------------------------------------ */

static void check_left(const struct request_row *row, size_t length,
                       enum stub_ending ending)
{
    open_client(row->request, length);
    stub.ending = ending;
    stub.waits = length % 2 == 0;
    handle();
    stub_check(row->request);
    assert_row(row->request, delegate_calls, 0);
    assert_row(row->request, stub.sent_length, 0);
    assert_row(row->request, stub.writes, 1);
    stub_close();
}

static void handle_connection_of_a_client_that_leaves(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_rows); i++) {
        const struct request_row *row = &request_rows[i];

        for (size_t cut = 0; cut < strlen(row->request); cut++) {
            check_left(row, cut, STUB_ENDS);
            check_left(row, cut, STUB_RESETS);
        }
    }
}

/* A client may end its side and still wait for its answer. */
static void handle_connection_of_a_client_that_half_closes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_rows); i++) {
        const struct request_row *row = &request_rows[i];

        open_client(row->request, strlen(row->request));
        stub.ending = STUB_ENDS;
        check_request(row);
    }
}

static void handle_connection_of_a_client_that_falls_silent(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_rows); i++) {
        const char *row = request_rows[i].request;

        for (size_t cut = 0; cut < strlen(row); cut += 1 + cut % 5) {
            open_client(row, cut);
            stub.ending = STUB_IS_SILENT;
            handle();
            stub_check(row);
            assert_row(row, delegate_calls, 0);
            if (cut == 0) {
                assert_row(row, stub.sent_length, 0);
            } else {
                stub_check_answer(row, "HTTP/1.1 408 Request Timeout",
                                  cut < 5 || !request_rows[i].head);
            }
            stub_close();
        }
    }
}

static void handle_connection_of_a_client_that_does_not_read(void **state)
{
    static const int errors[] = {EPIPE, ECONNRESET};
    const struct request_row *row = &request_rows[0];

    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        for (size_t after = 0; after < 150; after += 30) {
            open_client(row->request, strlen(row->request));
            stub.send_error = errors[i];
            stub.send_fails_after = after;
            handle();
            stub_check(row->request);
            assert_int_equal(delegate_calls, 1);
            assert_int_equal(stub.sent_length, after);
            stub_close();
        }
    }
    open_client(row->request, strlen(row->request));
    stub.send_stalls = true;
    handle();
    stub_check(row->request);
    assert_int_equal(stub.sent_length, 0);
    stub_close();
}

static void handle_connection_sends_the_whole_answer_in_parts(void **state)
{
    const struct request_row *row = &request_rows[0];

    (void)state;
    for (size_t most = 1; most < 200; most += 1 + most / 4) {
        open_client(row->request, strlen(row->request));
        stub.send_most = most;
        stub.send_waits = most % 2 == 0;
        check_request(row);
    }
}

/* A real socket of which the other side is gone: nothing that the stub makes
 * up, and no SIGPIPE. */
static void handle_connection_of_a_client_that_is_gone(void **state)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    size_t descriptors = count_descriptors();

    (void)state;
    for (size_t length = 0; length < sizeof request; length += 26) {
        int pair[2];

        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
        assert_int_equal(__real_write(pair[1], request, length), length);
        assert_int_equal(close(pair[1]), 0);
        stub.closes = 0;
        stub.socket = -2; /* the log alone is the stub's */
        handle_connection(pair[0], &client_address);
        stub.socket = -1;
        assert_int_equal(count_descriptors(), descriptors);
    }
}

/* ---- Delegates that fail
 * ----------------------------------------------------- */

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

static void handle_connection_of_a_delegate_that_fails(void **state)
{
    static int (*const delegates[])(struct response *) = {
        fail_early,
        fail_with_half_an_answer,
        leave_nothing,
        leave_no_code,
        leave_code_100,
        leave_code_600,
        leave_code_below_zero,
        leave_cr_lf,
        leave_lf,
        leave_cr,
        leave_nul,
        leave_a_name_that_is_no_token,
        leave_a_colon_in_a_name,
        leave_no_name,
        leave_content_length,
        leave_transfer_encoding,
        leave_connection,
        leave_date,
        leave_half_a_content,
        leave_half_the_fields,
    };

    (void)state;
    for (size_t i = 0; i < 2 * COUNT(delegates); i++) {
        const struct request_row *row = &request_rows[i % 2 == 0 ? 0 : 4];
        char name[32];

        (void)snprintf(name, sizeof name, "delegate %zu", i / 2);
        delegate_answers = delegates[i / 2];
        open_client(row->request, strlen(row->request));
        handle();
        stub_check(name);
        assert_row(name, delegate_calls, 1);
        stub_check_answer(name, "HTTP/1.1 500 Internal Server Error",
                          !row->head);
        assert_row(name, strstr(stub_sent(), "ecret") == NULL, true);
        assert_row(name, strstr(stub.log, " 500 ") != NULL, true);
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
        assert_null(strstr(stub_sent(), "Content-Length"));
        assert_null(strstr(stub_sent(), "secret"));
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
    assert_non_null(strstr(stub_sent(), "\r\nX-Two: 1\r\nX-Two: \r\n"));
    stub_close();

    delegate_answers = leave_599;
    open_client(request_rows[0].request, strlen(request_rows[0].request));
    handle();
    stub_check("599");
    content = stub_check_answer("599", "HTTP/1.1 599 ", true);
    assert_string_equal(content, "");
    stub_close();
}

static void check_without_memory(const struct request_row *row, size_t most)
{
    bool answered;

    open_client(row->request, strlen(row->request));
    stub.step = 20;
    stub.ending = STUB_ENDS;
    handle();
    answered = strstr(stub_sent(), "HTTP/1.1 200 ") != NULL;
    stub_check(row->request);
    /* Without the first allocation, it is not known to be a HEAD. */
    stub_check_answer(row->request,
                      answered ? "HTTP/1.1 200 OK"
                               : "HTTP/1.1 500 Internal Server Error",
                      !row->head || most == 0);
    assert_row(row->request, stub.writes, 1);
    assert_row(row->request, allocations > most || answered, true);
    stub_close();
}

/* From the first allocation on, the second, and so on, until there is enough,
 * and with that one alone failing: the client gets a clean 500, or a 200 when
 * there was enough; never half an answer. */
static void handle_connection_without_memory(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(request_rows); i++) {
        allocations = SIZE_MAX;
        for (size_t most = 0; allocations > most; most++) {
            allocations_most = most;
            allocations_fail = 1;
            check_without_memory(&request_rows[i], most);
            allocations_fail = SIZE_MAX;
            check_without_memory(&request_rows[i], most);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(handle_connection_gives_delegate_the_request,
                               set_up_delegate),
        cmocka_unit_test_setup(handle_connection_of_a_request_cut_anywhere,
                               set_up_delegate),
        cmocka_unit_test_setup(handle_connection_of_a_request_cut_in_three,
                               set_up_delegate),
        cmocka_unit_test_setup(handle_connection_of_a_request_octet_by_octet,
                               set_up_delegate),
        cmocka_unit_test_setup(handle_connection_of_a_large_header_section,
                               set_up_delegate),
#if STAGE >= 6
        cmocka_unit_test_setup(handle_connection_of_a_large_post,
                               set_up_delegate),
        cmocka_unit_test_setup(
            handle_connection_continues_when_it_is_waited_for, set_up_delegate),
#endif
        cmocka_unit_test_setup(handle_connection_refuses, set_up_delegate),
        cmocka_unit_test_setup(handle_connection_drains_what_follows_a_get,
                               set_up_delegate),
        cmocka_unit_test_setup(handle_connection_of_a_client_that_leaves,
                               set_up_delegate),
        cmocka_unit_test_setup(handle_connection_of_a_client_that_half_closes,
                               set_up_delegate),
        cmocka_unit_test_setup(handle_connection_of_a_client_that_falls_silent,
                               set_up_delegate),
        cmocka_unit_test_setup(handle_connection_of_a_client_that_does_not_read,
                               set_up_delegate),
        cmocka_unit_test_setup(
            handle_connection_sends_the_whole_answer_in_parts, set_up_delegate),
        cmocka_unit_test_setup(handle_connection_of_a_client_that_is_gone,
                               set_up_delegate),
        cmocka_unit_test_setup(handle_connection_of_a_delegate_that_fails,
                               set_up_delegate),
        cmocka_unit_test_setup(handle_connection_of_an_answer_without_content,
                               set_up_delegate),
        cmocka_unit_test_setup(handle_connection_sends_what_delegate_leaves,
                               set_up_delegate),
        cmocka_unit_test_setup(handle_connection_without_memory,
                               set_up_delegate),
    };

#ifdef PORTABLE
    (void)signal(SIGPIPE, SIG_IGN); /* there, turns_start blocks it */
#endif
    return cmocka_run_group_tests(tests, NULL, NULL);
}
