/*
 * response_fuzz.c - response_is_valid, response_write_head and page_fault.
 *
 * The input is a response (see answering.h), with the time in front of it. What
 * holds:
 * - response_is_valid tells what the words of response.h say;
 * - a response that is valid is written as one that a strict reader takes, with
 *   its code, its fields in order, its content and the exact length of it;
 * - page_fault makes of any response, whatever stands in it, a valid one with
 *   the verdict's code, on a page without an unfinished sentence.
 */
/* octets: 1024 */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "answering.h"
#include "http/page.h"
#include "http/response.h"

/* The head and the content that are sent. */
static void write_response(const struct response *response, time_t now,
                           struct buffer *text)
{
    bool has_content = response_has_content(response);

    response_write_head(response, now, text,
                        has_content ? response->content.length : 0);
    if (has_content) {
        buffer_append(text, response->content.data, response->content.length);
    }
}

static void check_written(const struct answering *answering,
                          const struct response *response, time_t now)
{
    struct buffer text;
    struct answer answer;
    char *copy;

    buffer_init(&text);
    write_response(response, now, &text);
    copy = exact_copy(text.data, text.length);
    answer = read_answer(copy, text.length, false, now);
    answering_check(answering, &answer, false);
    free(copy);
    buffer_release(&text);
}

/* Any code, so that each phrase is written. */
static void check_code(int code, time_t now)
{
    struct response response;
    struct buffer text;
    struct answer answer;

    response_init(&response);
    buffer_init(&text);
    response.code = code;
    write_response(&response, now, &text);
    answer = read_answer(text.data, text.length, false, now);
    hold(answer.code == code, "each code is sent as it is");
    buffer_release(&text);
    response_release(&response);
}

static void check_fault(struct response *response, enum verdict verdict,
                        size_t line, time_t now)
{
    const struct request request = {
        .line = line,
        .post_refusal = "This server does not accept POST data.",
    };
    struct buffer text;
    struct answer answer;

    if (verdict_code(verdict) == 0) {
        return;
    }
    page_fault(response, verdict, &request);
    hold(response_is_valid(response), "a page of a fault can be sent");
    buffer_init(&text);
    write_response(response, now, &text);
    answer = read_answer(text.data, text.length, false, now);
    hold(answer.code == verdict_code(verdict), "it has the verdict's code");
    hold(is_clean_text(answer.content, answer.content_length),
         "the page of a fault is clean UTF-8");
    hold(memmem(answer.content, answer.content_length, "</html>\n", 8) ==
             answer.content + answer.content_length - 8,
         "the page of a fault is whole");
    buffer_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct answering answering;
    struct response response;
    uint32_t seconds = 0;
    time_t now;
    char *text;

    if (size < sizeof seconds) {
        return 0;
    }
    memcpy(&seconds, data, sizeof seconds);
    now = (time_t)seconds * 50; /* up to the year 8775 */
    size -= sizeof seconds;
    text = exact_copy((const char *)data + sizeof seconds, size);
    answering_read(&answering, text, size);
    response_init(&response);
    answering_fill(&answering, &response);
    hold(response_is_valid(&response) == answering_is_valid(&answering),
         "response_is_valid tells what response.h says");
    if (response_is_valid(&response)) {
        check_written(&answering, &response, now);
    }
    check_code(200 + (int)(seconds % 400), now);
    check_fault(&response, seconds % (VERDICT_RESPONSE_INVALID + 1),
                seconds / 64, now);
    response_release(&response);
    free(text);
    return 0;
}
