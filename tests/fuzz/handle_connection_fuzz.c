/*
 * handle_connection_fuzz.c - a whole exchange of a stage, with its delegate,
 * over a socket pair. STAGE is its number; without it, the last stage.
 *
 * The input is how the client sends and ends (client_read_plan), then what it
 * sends. For any input:
 * - the client gets a valid HTTP response with an exact length, or nothing
 *   where the design says so; and the code is what the parsers of common/http
 *   find for all of the bytes at once;
 * - the answer is the same, byte for byte, however the request is cut and
 *   whichever calls are interrupted, and it is not lost to a reset;
 * - the page is clean UTF-8, and the log has one line with that code and
 *   length;
 * - the socket is closed, and all memory is freed.
 */
/* link: -Wl,--wrap=recv,--wrap=send,--wrap=poll,--wrap=pthread_kill */
/* link: -Wl,--wrap=write,--wrap=time,--wrap=clock_gettime */
/* octets: 3072 */
#include "fuzzer.h"

#include <stdlib.h>
#include <string.h>

#include "http/content.h"
#include "http/limits.h"
#include "http/request.h"
#include "made_up_client.h"
#include "net/limits.h"

#if defined STAGE && STAGE < 6
static const char *const post_refusal = "This stage does not accept POST.";
#else
static const char *const post_refusal = NULL;
#endif

/* What the client should get, now that all of the request is known. */
struct expectation {
    int code;       /* 0: no answer */
    bool continues; /* a 100 Continue may come first */
    bool more;      /* the client sends more than its request */
};

static enum verdict read_content(struct expectation *expected,
                                 struct request *request, const char *data,
                                 size_t length)
{
    struct content content;
    enum verdict verdict;

    content_init(&content);
    verdict = content_begin(&content, request);
    expected->more = verdict == VERDICT_DONE && length > 0;
    if (verdict == VERDICT_INCOMPLETE) {
        expected->continues =
            request->expects_continue && request->minor_version > 0;
        verdict = content_add(&content, data, length);
        expected->more = verdict == VERDICT_DONE && content.excess;
    }
    content_release(&content);
    return verdict;
}

static void expect(struct expectation *expected, const struct client_plan *plan)
{
    struct request request;
    enum verdict verdict;

    *expected = (struct expectation){.code = 0};
    request_init(&request);
    verdict = request_parse(&request, plan->request, plan->length);
    if (verdict == VERDICT_DONE) {
        verdict = request_check(&request, post_refusal);
    }
    if (verdict == VERDICT_DONE && request.method == METHOD_POST) {
        verdict =
            read_content(expected, &request, plan->request + request.length,
                         plan->length - request.length);
    } else if (verdict == VERDICT_DONE) {
        expected->more = !request.framing.chunked &&
                         plan->length - request.length > request.framing.length;
    }
    expected->code = verdict == VERDICT_DONE ? 200 : verdict_code(verdict);
    if (verdict == VERDICT_INCOMPLETE && plan->end == CLIENT_GOES_SILENT &&
        plan->length > 0) {
        expected->code = 408;
    }
    request_release(&request);
}

/* Empty lines, then HEAD and a space, within the limit. */
static bool is_head(const char *text, size_t length)
{
    size_t i = 0;

    while (i < length) {
        if (text[i] == '\n') {
            i += 1;
        } else if (text[i] == '\r' && i + 1 < length && text[i + 1] == '\n') {
            i += 2;
        } else {
            break;
        }
    }
    return i + 5 <= length && i + 5 <= REQUEST_LINE_MOST &&
           memcmp(text + i, "HEAD ", 5) == 0;
}

static void check_answer(const struct client_result *result,
                         const struct client_plan *plan,
                         const struct expectation *expected)
{
    struct answer answer;

    answer = read_answer(result->answer.data, result->answer.length,
                         is_head(plan->request, plan->length), client_now);
    hold(answer.code == expected->code, "the code is what the parsers say");
    hold(answer.interims == 0 || expected->continues,
         "100 Continue comes only when it is expected");
    hold(result->logged_octets == answer.content_length,
         "the log has the length of the content");
    hold(is_clean_text(answer.content, answer.content_length),
         "the page is clean UTF-8");
    hold(answer.code < 500 || answer.code == 501 || answer.code == 505,
         "the server does not fail");
}

/* There is no answer, but a 100 Continue may have been sent before the end of
 * the stream. */
static void check_silence(const struct client_result *result,
                          const struct expectation *expected)
{
    hold(result->answer.length == 0 ||
             (expected->continues && result->answer.length == 25),
         "nothing is sent where no answer is due");
    hold(result->logged_octets == 0, "the log says that nothing was sent");
}

static void check(const struct client_result *result,
                  const struct client_plan *plan)
{
    struct expectation expected;

    expect(&expected, plan);
    hold(result->logged_code == expected.code, "the log has the code");
    hold(expected.code != 408 || result->took >= ALLOWANCE_MS,
         "a 408 comes when time runs out");
    if (plan->end == CLIENT_CLOSES) {
        return;
    }
    hold(!result->reset || expected.more, "the answer is not lost to a reset");
    if (expected.code == 0) {
        check_silence(result, &expected);
    } else {
        check_answer(result, plan, &expected);
    }
}

/* The bytes after a 100 Continue, which depends on how they come. */
static const char *final_answer(const struct client_result *result,
                                size_t *length)
{
    static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";
    const char *text = result->answer.data;

    *length = result->answer.length;
    if (*length >= sizeof interim - 1 &&
        memcmp(text, interim, sizeof interim - 1) == 0) {
        text += sizeof interim - 1;
        *length -= sizeof interim - 1;
    }
    return text;
}

static void check_same(const struct client_result *one,
                       const struct client_result *other)
{
    size_t one_length;
    size_t other_length;
    const char *first = final_answer(one, &one_length);
    const char *second = final_answer(other, &other_length);

    hold(same_octets(first, one_length, second, other_length),
         "however it is cut, the answer is the same");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct client_plan plan;
    struct client_plan plain = {.length = 0};
    struct client_result result;
    struct client_result plain_result;
    size_t taken = client_read_plan(&plan, (const char *)data, size);
    char *request = exact_copy((const char *)data + taken, size - taken);

    plan.request = request;
    plan.length = size - taken;
    plain.request = plan.request;
    plain.length = plan.length;
    plain.end = plan.end;
    client_run(&plan, &result);
    check(&result, &plan);
    if (plan.end != CLIENT_CLOSES && (plan.cut_count > 0 || plan.waits ||
                                      plan.interrupted || plan.small_sends)) {
        client_run(&plain, &plain_result);
        check(&plain_result, &plain);
        check_same(&result, &plain_result);
        client_release(&plain_result);
    }
    client_release(&result);
    free(request);
    return 0;
}
