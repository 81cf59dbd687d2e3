/*
 * delegate_fuzz.c - a whole exchange of the last stage, with a delegate that
 * answers what stands in the input.
 *
 * The input is how the client sends and ends (client_read_plan), an octet that
 * chooses its request, and the response (answering.h). What holds:
 * - a response that may be sent comes as it is, with an exact length, to HEAD
 *   without its content; any other, and a delegate that fails, gives a clean
 * 500;
 * - delegate is called once, with an empty response and with what was sent, and
 *   is not interrupted;
 * - the log has one line with the code and length that were sent;
 * - the socket is closed, and no memory is kept.
 */
/* link: -Wl,--wrap=recv,--wrap=send,--wrap=poll,--wrap=pthread_kill */
/* link: -Wl,--wrap=write,--wrap=time,--wrap=clock_gettime */
/* octets: 1024 */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "answering.h"
#include "client.h"
#include "http/form.h"

static const struct {
    const char *request;
    bool post;
    bool head;
    bool get_data;
} requests[] = {
    {"GET /p HTTP/1.1\r\nHost: a\r\n\r\n", false, false, false},
    {"GET /p?k=v HTTP/1.0\r\n\r\n", false, false, true},
    {"HEAD /p HTTP/1.1\r\nHost: a\r\n\r\n", false, true, false},
    {"POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nk=v", true, false,
     false},
    {"POST /p?k=v HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
     "Expect: 100-continue\r\n\r\n3\r\nk=v\r\n0\r\n\r\n",
     true, false, true},
    {"GET /p HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nunwanted!", false,
     false, false},
    {"\r\n\r\nHEAD http://a/p?k=v HTTP/1.1\r\nHost: a\r\n\r\n", false, true,
     true},
};

static struct answering answering;
static size_t calls;
static size_t chosen;

static void check_form(const struct form *form, bool given)
{
    struct form_pair pair;

    hold((form != NULL) == given, "delegate gets the forms that were sent");
    if (given) {
        hold(form->count == 1, "a form has the pairs that were sent");
        pair = form_pair(form, 0);
        hold(same_octets(pair.key, pair.key_length, "k", 1) &&
                 same_octets(pair.value, pair.value_length, "v", 1),
             "a form has the pairs that were sent");
    }
}

int delegate(const char *request_type, const char *path,
             const struct headers *received_headers,
             const struct form *get_data, const struct form *post_data,
             struct response *response);

int delegate(const char *request_type, const char *path,
             const struct headers *received_headers,
             const struct form *get_data, const struct form *post_data,
             struct response *response)
{
    calls++;
    client_check_undisturbed();
    hold(strcmp(request_type, requests[chosen].post ? "POST" : "GET") == 0,
         "delegate gets the request's type");
    hold(strcmp(path, "/p") == 0, "delegate gets the path");
    hold(received_headers != NULL, "delegate gets the header fields");
    check_form(get_data, requests[chosen].get_data);
    check_form(post_data, requests[chosen].post);
    hold(response->code == 0 && response->headers.count == 0 &&
             response->content.length == 0,
         "delegate gets an empty response");
    answering_fill(&answering, response);
    return (answering.flags & ANSWERING_FAILS) != 0 ? -1 : 0;
}

static void check(const struct client_result *result, enum client_end end)
{
    bool fails = (answering.flags & ANSWERING_FAILS) != 0 ||
                 !answering_is_valid(&answering);
    bool head = requests[chosen].head;
    struct answer answer;

    hold(calls == 1, "delegate is called once");
    hold(result->logged_code == (fails ? 500 : answering.code),
         "the log tells the code");
    if (end == CLIENT_CLOSES) {
        return;
    }
    hold(!result->reset, "the answer is not lost to a reset");
    answer = read_answer(result->answer.data, result->answer.length, head,
                         client_now);
    hold(result->logged_octets == answer.content_length,
         "the log tells the octets of the content");
    if (fails) {
        hold(answer.code == 500, "what cannot be sent is a 500");
        hold(head || is_clean_text(answer.content, answer.content_length),
             "a 500 is clean, whatever stood in the response");
        hold(head || memmem(answer.content, answer.content_length,
                            "<h1>500 Internal Server Error</h1>", 34) != NULL,
             "a 500 is our page");
    } else {
        answering_check(&answering, &answer, head);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = exact_copy((const char *)data, size);
    struct client_plan plan;
    struct client_result result;
    size_t taken = client_read_plan(&plan, copy, size);

    if (taken < size) {
        chosen = (unsigned char)copy[taken++] %
                 (sizeof requests / sizeof requests[0]);
        plan.request = requests[chosen].request;
        plan.length = strlen(plan.request);
        answering_read(&answering, copy + taken, size - taken);
        calls = 0;
        client_run(&plan, &result);
        check(&result, plan.end);
        client_release(&result);
    }
    free(copy);
    return 0;
}
