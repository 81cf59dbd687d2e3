/*
 * headers.h - header fields: a list of names and values, in order.
 *
 * The same type holds the fields that were received and those to be sent. Of
 * received ones, names and values point into the received octets, and are
 * valid as long as those. Those that headers_add makes are copies, owned by
 * the list. Neither name nor value ends in NUL: use the lengths.
 *
 * A failure sticks, as in buffer.h: look at `failed` once, at the end.
 * Threads: a list belongs to one thread.
 */
#ifndef HTTP_HEADERS_H
#define HTTP_HEADERS_H

#include <stdbool.h>
#include <stddef.h>

#include "characters.h"

struct header {
    const char *name;
    size_t name_length;
    const char *value; /* without the white space around it */
    size_t value_length;
    char *owned; /* what headers_add allocated for this field, or NULL */
};

struct headers {
    struct header *fields; /* owned; `count` of them, in order */
    size_t count;
    size_t capacity;
    bool copied; /* some field owns its octets */
    bool failed; /* memory ran out: a field is missing */
};

/* Makes an empty list; allocates nothing. */
void headers_init(struct headers *headers);

/* Frees the list and what headers_add copied, and makes it empty again. */
void headers_release(struct headers *headers);

/* Adds a field with copies of the strings `name` and `value`. Nothing is
 * checked here: see response_is_valid. */
void headers_add(struct headers *headers, const char *name, const char *value);

/* Adds `field` as it is, without copying what it points to. */
void headers_add_field(struct headers *headers, struct header field);

/* Makes the list longer; gives the room after its last field, or NULL if
 * memory ran out: then `failed` is set. */
struct header *headers_grow(struct headers *headers);

/* Room for one more field, to be filled in and then counted; or NULL. It
 * is here since most lists never grow. */
static inline struct header *headers_make_room(struct headers *headers)
{
    return headers->count < headers->capacity ? &headers->fields[headers->count]
                                              : headers_grow(headers);
}

/* The first field of that name, in any case of letters (RFC 9110, section
 * 5.1), or NULL. It is valid until the list changes. For a delegate that wants
 * to know what the client said: the server itself looks at every field. */
const struct header *headers_find(const struct headers *headers,
                                  const char *name);

/* True if the field's value is a list of nothing but `word`, in any case of
 * letters; empty elements are passed over (RFC 9110, section 5.6.1). */
bool header_lists_only(const struct header *field, const char *word);

/* True if the field's name is `name`, in any case of letters. */
static inline bool header_is(const struct header *field, const char *name)
{
    return characters_match(field->name, field->name_length, name);
}

#endif
