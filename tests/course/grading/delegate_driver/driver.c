/*
 * driver.c - calls a delegate that is not trusted, for a judge outside.
 *
 * Linked with the delegate, it runs in the jail: it takes calls on standard
 * input and gives answers on standard output, as wire.h tells, until the calls
 * end. Nothing it says is a verdict. A delegate that answers in its place, from
 * a constructor for instance, is judged by its answers like any other.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support_memory.h"
#include "webserve.h"
#include "wire.h"

/* A copy of exactly that length, so that a sanitizer sees each look beyond it;
 * NULL if there is nothing. */
static void *copied(const char *data, size_t length)
{
    void *copy = length == 0 ? NULL : malloc(length);

    if (copy != NULL) {
        memcpy(copy, data, length);
    }
    return copy;
}

/* A string of the caller's, who frees it. */
static char *next_string(struct wire *wire)
{
    size_t length;
    const char *data = wire_octets(wire, &length);
    char *string = malloc(length + 1);

    if (string == NULL) {
        abort();
    }
    memcpy(string, data, length);
    string[length] = '\0';
    return string;
}

/* The next form; returns it, or NULL if the call has none. */
static struct form *next_form(struct wire *wire, struct form *form)
{
    size_t length;
    const char *data;

    form_init(form);
    if (wire_number(wire) == 0) {
        return NULL;
    }
    form->count = wire_number(wire);
    data = wire_octets(wire, &length);
    form->text = copied(data, length);
    data = wire_octets(wire, &length);
    form->entries = copied(data, length);
    return form;
}

static void put_answer(struct buffer *answer, int result,
                       const struct response *response)
{
    wire_put_number(answer, (uint64_t)(int64_t)result);
    wire_put_number(answer, (uint64_t)(int64_t)response->code);
    wire_put_fields(answer, &response->headers);
    wire_put_octets(answer, response->content.data, response->content.length);
    wire_put_number(answer,
                    response->headers.failed || response->content.failed);
}

/* Takes a call apart, makes it, and writes the answer into the buffer. */
static void answer_call(struct wire call, struct buffer *answer)
{
    uint64_t memory = wire_number(&call);
    char *type = next_string(&call);
    char *path = next_string(&call);
    struct headers received;
    struct form forms[2];
    struct form *get_data;
    struct form *post_data;
    struct response response;
    int result;

    headers_init(&received);
    wire_fields(&call, &received);
    get_data = next_form(&call, &forms[0]);
    post_data = next_form(&call, &forms[1]);
    response_init(&response);
    memory_lasts(memory, SIZE_MAX);
    result = delegate(type, path, &received, get_data, post_data, &response);
    memory_is_back();
    put_answer(answer, result, &response);
    response_release(&response);
    form_release(&forms[0]);
    form_release(&forms[1]);
    headers_release(&received);
    free(path);
    free(type);
}

int main(void)
{
    int answers = dup(WIRE_ANSWERS);
    uint64_t length;

    /* What delegate prints is no answer. */
    dup2(STDERR_FILENO, STDOUT_FILENO);
    while (wire_read(WIRE_CALLS, (char *)&length, sizeof(length)) == 0) {
        char *call = malloc(length);
        struct buffer answer;
        uint64_t answered;

        if (call == NULL || wire_read(WIRE_CALLS, call, length) == -1) {
            return EXIT_FAILURE;
        }
        buffer_init(&answer);
        answer_call((struct wire){.data = call, .left = length}, &answer);
        answered = answer.length;
        if (wire_write(answers, (char *)&answered, sizeof(answered)) == -1 ||
            wire_write(answers, answer.data, answer.length) == -1) {
            return EXIT_FAILURE;
        }
        buffer_release(&answer);
        free(call);
    }
    return EXIT_SUCCESS;
}
