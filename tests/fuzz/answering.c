/* answering.c - the contract is in answering.h. */
#include "answering.h"

#include <string.h>

#include "support.h"

static const char name_ends = '\xFE';
static const char value_ends = '\xFF';
static const char fields_end = '\xFD';

/* What stands before the mark, or before the end. */
static size_t until(const char *text, size_t length, char mark)
{
    const char *at = memchr(text, mark, length);

    return at == NULL ? length : (size_t)(at - text);
}

static void read_fields(struct answering *answering, const char *text,
                        size_t length)
{
    size_t at = 0;

    while (at < length && answering->count < ANSWERING_FIELDS_MOST) {
        size_t all = until(text + at, length - at, value_ends);
        size_t name = until(text + at, all, name_ends);
        struct answer_field *field = &answering->fields[answering->count++];

        field->name = text + at;
        field->name_length = name;
        field->value = text + at + name + (name < all);
        field->value_length = all - name - (name < all);
        at += all + 1;
    }
}

void answering_read(struct answering *answering, const char *data,
                    size_t length)
{
    *answering = (struct answering){.times = 1, .content = ""};
    if (length < 3) {
        return;
    }
    answering->flags = (unsigned char)data[0];
    answering->code =
        ((unsigned char)data[1] * 256 + (unsigned char)data[2]) % 1000 - 1;
    data += 3;
    length -= 3;
    size_t fields = until(data, length, fields_end);

    read_fields(answering, data, fields);
    if (fields < length) {
        answering->content = data + fields + 1;
        answering->content_length = length - fields - 1;
    }
    if ((answering->flags & ANSWERING_LARGE) != 0) {
        answering->times = 300;
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

void answering_fill(const struct answering *answering,
                    struct response *response)
{
    response->code = answering->code;
    for (size_t i = 0; i < answering->count; i++) {
        const struct answer_field *field = &answering->fields[i];

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
    for (size_t i = 0; i < answering->times; i++) {
        buffer_append(&response->content, answering->content,
                      answering->content_length);
    }
    if ((answering->flags & ANSWERING_NO_FIELD_ROOM) != 0) {
        response->headers.failed = true;
    }
    if ((answering->flags & ANSWERING_NO_CONTENT_ROOM) != 0) {
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

bool answering_is_valid(const struct answering *answering)
{
    for (size_t i = 0; i < answering->count; i++) {
        if (!field_is_valid(&answering->fields[i])) {
            return false;
        }
    }
    return answering->code >= 200 && answering->code <= 599 &&
           (answering->flags &
            (ANSWERING_NO_FIELD_ROOM | ANSWERING_NO_CONTENT_ROOM)) == 0;
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

static void check_fields(const struct answering *answering,
                         const struct answer *answer)
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
        hold(count < answering->count, "no field is sent that is not ours");
        struct answer_field ours = without_spaces(answering->fields[count++]);

        hold(same_octets(sent.name, sent.name_length, ours.name,
                         ours.name_length) &&
                 same_octets(sent.value, sent.value_length, ours.value,
                             ours.value_length),
             "the fields are sent as they are, in order");
    }
    hold(count == answering->count, "all fields are sent");
}

void answering_check(const struct answering *answering,
                     const struct answer *answer, bool head_only)
{
    bool content = !head_only && answer->code != 204 && answer->code != 205 &&
                   answer->code != 304;
    const char *at = answer->content;

    hold(answer->code == answering->code, "the code is sent as it is");
    check_fields(answering, answer);
    if (!content) {
        hold(answer->content_length == 0, "there is no content");
        return;
    }
    hold(answer->content_length == answering->content_length * answering->times,
         "the content is sent whole");
    for (size_t i = 0; i < answering->times; i++) {
        hold(same_octets(at, answering->content_length, answering->content,
                         answering->content_length),
             "the content is sent as it is");
        at += answering->content_length;
    }
}
