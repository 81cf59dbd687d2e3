/* headers.c - header fields; the contract is in headers.h. */
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
    for (size_t i = 0; i < headers->count; i++) {
        free(headers->fields[i].owned);
    }
    free(headers->fields);
    headers_init(headers);
}

static bool make_room(struct headers *headers)
{
    size_t capacity = headers->capacity * 2;
    struct header *fields;

    if (headers->count < headers->capacity) {
        return true;
    }
    if (capacity < first_capacity) {
        capacity = first_capacity;
    }
    fields = realloc(headers->fields, capacity * sizeof *fields);
    if (fields == NULL) {
        return false;
    }
    headers->fields = fields;
    headers->capacity = capacity;
    return true;
}

void headers_add_field(struct headers *headers, struct header field)
{
    if (headers->failed || !make_room(headers)) {
        free(field.owned);
        headers->failed = true;
        return;
    }
    headers->fields[headers->count++] = field;
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
