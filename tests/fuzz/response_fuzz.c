/*
 * response_fuzz.c - response_is_valid, response_write_head and page_fault.
 *
 * The input is the time, and then a response. For any input:
 * - response_is_valid returns what response.h says;
 * - a strict reader accepts a valid response as it is written, with its code,
 *   its fields in order, its content and the exact length of that;
 * - page_fault turns any response, whatever is in it, into a valid one, with
 *   the verdict's code and a page that has no unfinished sentence.
 */
/* octets: 1024 */
#include "fuzzer.h"

#include <stdlib.h>
#include <string.h>

#include "http/page.h"
#include "http/response.h"

enum {
    fields_most = 20
};

/*
 * A response made of the input, as a delegate could make it. The input has:
 *     1 byte    flags
 *     2 bytes   the code, high byte first; minus 1, and of 1000
 *     fields     NAME 0xFE VALUE 0xFF, as many as there are before 0xFD
 *     0xFD       and then the content
 */
struct made {
    unsigned flags;
    int code;
    struct answer_field fields[fields_most];
    size_t count;
    const char *content;
    size_t content_length; /* of the content, once */
    size_t times;          /* the content is repeated */
};

enum flag {
    NO_FIELD_ROOM = 2,   /* there was no memory for a field */
    NO_CONTENT_ROOM = 4, /* nor for the content */
    IS_LARGE = 8         /* the content is repeated 300 times */
};

/* ---- Made of the input */

static const char name_ends = '\xFE';
static const char value_ends = '\xFF';
static const char fields_end = '\xFD';

/* What comes before the mark, or before the end. */
static size_t until(const char *text, size_t length, char mark)
{
    const char *at = memchr(text, mark, length);

    return at == NULL ? length : (size_t)(at - text);
}

static void read_fields(struct made *made, const char *text, size_t length)
{
    size_t at = 0;

    while (at < length && made->count < fields_most) {
        size_t all = until(text + at, length - at, value_ends);
        size_t name = until(text + at, all, name_ends);
        struct answer_field *field = &made->fields[made->count++];

        field->name = text + at;
        field->name_length = name;
        field->value = text + at + name + (name < all);
        field->value_length = all - name - (name < all);
        at += all + 1;
    }
}

static void read_made(struct made *made, const char *data, size_t length)
{
    *made = (struct made){.times = 1, .content = ""};
    if (length < 3) {
        return;
    }
    made->flags = (unsigned char)data[0];
    made->code =
        ((unsigned char)data[1] * 256 + (unsigned char)data[2]) % 1000 - 1;
    data += 3;
    length -= 3;
    size_t fields = until(data, length, fields_end);

    read_fields(made, data, fields);
    if (fields < length) {
        made->content = data + fields + 1;
        made->content_length = length - fields - 1;
    }
    if ((made->flags & IS_LARGE) != 0) {
        made->times = 300;
    }
}

static bool has_nul(const struct answer_field *field)
{
    return memchr(field->name, '\0', field->name_length) != NULL ||
           memchr(field->value, '\0', field->value_length) != NULL;
}

static void add_copy(struct response *response,
                     const struct answer_field *field)
{
    struct buffer name;
    struct buffer value;

    buffer_init(&name);
    buffer_init(&value);
    buffer_append(&name, field->name, field->name_length);
    buffer_append(&value, field->value, field->value_length);
    buffer_append(&name, "", 1); /* their NULs */
    buffer_append(&value, "", 1);
    headers_add(&response->headers, name.data, value.data);
    buffer_release(&name);
    buffer_release(&value);
}

static void fill(const struct made *made, struct response *response)
{
    response->code = made->code;
    for (size_t i = 0; i < made->count; i++) {
        const struct answer_field *field = &made->fields[i];

        if (i % 2 == 0 && !has_nul(field)) {
            add_copy(response, field);
        } else {
            headers_add_field(&response->headers,
                              (struct header){
                                  .name = field->name,
                                  .name_length = field->name_length,
                                  .value = field->value,
                                  .value_length = field->value_length,
                              });
        }
    }
    for (size_t i = 0; i < made->times; i++) {
        buffer_append(&response->content, made->content, made->content_length);
    }
    if ((made->flags & NO_FIELD_ROOM) != 0) {
        response->headers.failed = true;
    }
    if ((made->flags & NO_CONTENT_ROOM) != 0) {
        response->content.failed = true;
    }
}

static bool field_is_valid(const struct answer_field *field)
{
    static const char *const own[] = {"Content-Length", "Transfer-Encoding",
                                      "Connection", "Date"};

    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if (answer_field_is(field, own[i])) {
            return false;
        }
    }
    return is_token(field->name, field->name_length) &&
           memchr(field->value, '\r', field->value_length) == NULL &&
           memchr(field->value, '\n', field->value_length) == NULL &&
           memchr(field->value, '\0', field->value_length) == NULL;
}

static bool made_is_valid(const struct made *made)
{
    for (size_t i = 0; i < made->count; i++) {
        if (!field_is_valid(&made->fields[i])) {
            return false;
        }
    }
    return made->code >= 200 && made->code <= 599 &&
           (made->flags & (NO_FIELD_ROOM | NO_CONTENT_ROOM)) == 0;
}

static struct answer_field without_spaces(struct answer_field field)
{
    while (field.value_length > 0 && memchr(" \t", field.value[0], 2) != NULL) {
        field.value++;
        field.value_length--;
    }
    while (field.value_length > 0 &&
           memchr(" \t", field.value[field.value_length - 1], 2) != NULL) {
        field.value_length--;
    }
    return field;
}

static void check_fields(const struct made *made, const struct answer *answer)
{
    const char *line = answer->fields;
    size_t count = 0;

    while (line < answer->fields_end) {
        struct answer_field sent;

        line = answer_read_field(&sent, line, answer->fields_end);
        if (answer_field_is(&sent, "Date") ||
            answer_field_is(&sent, "Connection") ||
            answer_field_is(&sent, "Content-Length")) {
            continue;
        }
        hold(count < made->count, "no field is sent that was not added");
        struct answer_field ours = without_spaces(made->fields[count++]);

        hold(same_octets(sent.name, sent.name_length, ours.name,
                         ours.name_length) &&
                 same_octets(sent.value, sent.value_length, ours.value,
                             ours.value_length),
             "the fields are sent as they are, in order");
    }
    hold(count == made->count, "all fields are sent");
}

static void check_sent(const struct made *made, const struct answer *answer)
{
    bool content =
        answer->code != 204 && answer->code != 205 && answer->code != 304;
    const char *at = answer->content;

    hold(answer->code == made->code, "the code is sent as it is");
    check_fields(made, answer);
    if (!content) {
        hold(answer->content_length == 0, "there is no content");
        return;
    }
    hold(answer->content_length == made->content_length * made->times,
         "the content is sent whole");
    for (size_t i = 0; i < made->times; i++) {
        hold(same_octets(at, made->content_length, made->content,
                         made->content_length),
             "the content is sent as it is");
        at += made->content_length;
    }
}

/* ---- The properties */

/* The head and the content that are sent. */
static void write_response(const struct response *response, time_t now,
                           struct buffer *text)
{
    response_write_head(response, now, text);
    if (response_has_content(response)) {
        buffer_append(text, response->content.data, response->content.length);
    }
}

static void check_written(const struct made *made,
                          const struct response *response, time_t now)
{
    struct buffer text;
    struct answer answer;
    char *copy;

    buffer_init(&text);
    write_response(response, now, &text);
    copy = exact_copy(text.data, text.length);
    answer = read_answer(copy, text.length, false, now);
    check_sent(made, &answer);
    free(copy);
    buffer_release(&text);
}

/* Writes a response with this code, so that each reason phrase is written. */
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
    hold(response_is_valid(response), "the page for a fault can be sent");
    buffer_init(&text);
    write_response(response, now, &text);
    answer = read_answer(text.data, text.length, false, now);
    hold(answer.code == verdict_code(verdict), "it has the verdict's code");
    hold(is_clean_text(answer.content, answer.content_length),
         "the page for a fault is clean UTF-8");
    hold(memmem(answer.content, answer.content_length, "</html>\n", 8) ==
             answer.content + answer.content_length - 8,
         "the page for a fault is whole");
    buffer_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct made made;
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
    read_made(&made, text, size);
    response_init(&response);
    fill(&made, &response);
    hold(response_is_valid(&response) == made_is_valid(&made),
         "response_is_valid says what response.h says");
    if (response_is_valid(&response)) {
        check_written(&made, &response, now);
    }
    check_code(200 + (int)(seconds % 400), now);
    check_fault(&response, seconds % (VERDICT_RESPONSE_INVALID + 1),
                seconds / 64, now);
    response_release(&response);
    free(text);
    return 0;
}
