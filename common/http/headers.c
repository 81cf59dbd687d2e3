/* headers.c - a list of header fields; the contract is in headers.h. */
#include "headers.h"

#include <stdlib.h>
#include <string.h>

static const size_t first_capacity = 16; /* a browser sends about a dozen */

void headers_init(struct headers *headers)
{
    *headers = (struct headers){.fields = NULL};
}

void headers_release(struct headers *headers)
{
    for (size_t i = 0; i < headers->count && headers->copied; i++) {
        free(headers->fields[i].owned);
    }
    free(headers->fields);
    headers_init(headers);
}

struct header *headers_grow(struct headers *headers)
{
    size_t capacity = headers->capacity * 2;
    struct header *fields;

    if (headers->failed) {
        return NULL;
    }
    if (capacity < first_capacity) {
        capacity = first_capacity;
    }
    fields = realloc(headers->fields, capacity * sizeof *fields);
    if (fields == NULL) {
        headers->failed = true;
        return NULL;
    }
    headers->fields = fields;
    headers->capacity = capacity;
    return &fields[headers->count];
}

void headers_add_field(struct headers *headers, struct header field)
{
    struct header *room = headers_make_room(headers);

    if (room == NULL) {
        free(field.owned);
        return;
    }
    *room = field;
    headers->count++;
    headers->copied = headers->copied || field.owned != NULL;
}

void headers_add(struct headers *headers, const char *name, const char *value)
{
    size_t name_length = strlen(name);
    size_t value_length = strlen(value);
    char *owned = malloc(name_length + value_length + 1);

    if (owned == NULL) {
        headers->failed = true;
        return;
    }
    memcpy(owned, name, name_length);
    memcpy(owned + name_length, value, value_length);
    headers_add_field(headers, (struct header){
                                   .name = owned,
                                   .name_length = name_length,
                                   .value = owned + name_length,
                                   .value_length = value_length,
                                   .owned = owned,
                               });
}

const struct header *headers_find(const struct headers *headers,
                                  const char *name)
{
    for (size_t i = 0; i < headers->count; i++) {
        if (header_is(&headers->fields[i], name)) {
            return &headers->fields[i];
        }
    }
    return NULL;
}

bool header_lists_only(const struct header *field, const char *word)
{
    const char *next = field->value;
    const char *end = field->value + field->value_length;

    while (next < end) {
        const char *start = next;
        const char *comma = memchr(start, ',', (size_t)(end - start));
        const char *stop = comma == NULL ? end : comma;

        next = comma == NULL ? end : comma + 1;
        while (start < stop && character_is_space(*start)) {
            start++;
        }
        while (stop > start && character_is_space(stop[-1])) {
            stop--;
        }
        if (stop > start &&
            !characters_match(start, (size_t)(stop - start), word)) {
            return false;
        }
    }
    return true;
}
