/*
 * delegate.c - a delegate that asks another program, which is not trusted.
 *
 * Linked into delegate_test in the place of a submission's delegate.o, and of
 * support_memory.o, whose limit then holds in that other program. So what a
 * submission does to its process, it does to its answers alone: the verdicts
 * are reached here, where none of its code runs.
 */
#include <stdlib.h>
#include <string.h>

#include "driver_process.h"
#include "support.h"
#include "support_memory.h"
#include "webserve.h"
#include "wire.h"

/* ---- Memory, which runs out in the driver */

static uint64_t allocations = UINT64_MAX;

void memory_lasts(size_t most, size_t failures)
{
    (void)failures;
    allocations = most == SIZE_MAX ? UINT64_MAX : most;
}

void memory_is_back(void)
{
    allocations = UINT64_MAX;
}

size_t memory_tried(void)
{
    return 0;
}

/* What --wrap gives the judge in place of the allocator: the allocator. */
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_malloc(size_t size)
{
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return __real_realloc(memory, size);
}

/* ---- The call and its answer */

static void put_string(struct buffer *call, const char *string)
{
    wire_put_octets(call, string, strlen(string));
}

static void put_form(struct buffer *call, const struct form *form)
{
    size_t length = 0;

    wire_put_number(call, form != NULL);
    if (form == NULL) {
        return;
    }
    if (form->entries != NULL) {
        length = form->entries[form->count].key;
    }
    wire_put_number(call, form->count);
    wire_put_octets(call, form->text, length);
    wire_put_octets(
        call, (const char *)form->entries,
        form->entries == NULL ? 0 : (form->count + 1) * sizeof(*form->entries));
}

/* What delegate returned; -1 if the answer is not one. */
static int take_answer(struct wire answer, struct response *response)
{
    int result = (int)wire_number(&answer);
    size_t length;
    const char *content;

    response->code = (int)wire_number(&answer);
    wire_fields(&answer, &response->headers);
    content = wire_octets(&answer, &length);
    buffer_append(&response->content, content, length);
    if (wire_number(&answer) != 0) {
        response->content.failed = true;
    }
    assert_row_that(NULL, !answer.broken && answer.left == 0,
                    "delegate's program gave an answer of no known form");
    return result;
}

/* Ends the test unless the driver answered. */
static void check_asked(enum asked asked)
{
    assert_row_that(NULL, asked != ASKED_NOT_STARTED,
                    "delegate's program could not be started");
    assert_row_that(NULL, asked != ASKED_HUNG,
                    "delegate did not return within 10 s");
    assert_row_that(NULL, asked != ASKED_TOO_LONG,
                    "delegate's answer has over 64 MiB");
    assert_row_that(NULL, asked == ASKED_ANSWERED,
                    "delegate did not return, it ended the program: %s",
                    driver_complaint());
}

int delegate(const char *request_type, const char *path,
             const struct headers *received_headers,
             const struct form *get_data, const struct form *post_data,
             struct response *response)
{
    struct buffer call;
    struct buffer answer;
    enum asked asked;
    int result;

    buffer_init(&call);
    buffer_init(&answer);
    wire_put_number(&call, allocations);
    put_string(&call, request_type);
    put_string(&call, path);
    wire_put_fields(&call, received_headers);
    put_form(&call, get_data);
    put_form(&call, post_data);
    asked = driver_ask(&call, &answer);
    buffer_release(&call);
    check_asked(asked);
    result = take_answer(
        (struct wire){.data = answer.data, .left = answer.length}, response);
    buffer_release(&answer);
    return result;
}
