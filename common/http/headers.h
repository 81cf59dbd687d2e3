/*
 * headers.h - a list of header fields: names and values, in order.
 *
 * Fields that were received and fields to send have the same type. The names
 * and values of received fields point into the bytes that were received, and
 * are valid as long as those are. headers_add makes copies, which the list
 * owns. Names and values don't end in NUL: use their lengths.
 *
 * A failure sticks, as in buffer.h. Look at `failed` once, at the end.
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
    struct header *fields; /* owned: `count` of them, in order */
    size_t count;
    size_t capacity;
    bool copied; /* some field owns its name and value */
    bool failed; /* memory ran out, so a field is missing */
};

/* Makes an empty list. Allocates nothing. */
void headers_init(struct headers *headers);

/* Frees the list and what headers_add copied, and makes it empty again. */
void headers_release(struct headers *headers);

/* Adds a field, with copies of the strings `name` and `value`. Checks nothing:
 * response_is_valid does that. */
void headers_add(struct headers *headers, const char *name, const char *value);

/* Adds `field` as it is, without copying what it points to. */
void headers_add_field(struct headers *headers, struct header field);

/* Makes the list longer. Returns the place after its last field; or NULL, with
 * `failed` set, if memory ran out. */
struct header *headers_grow(struct headers *headers);

/* Returns a place for one more field, or NULL. The caller fills it in, and then
 * counts it. The function is inline because most lists never grow. */
static inline struct header *headers_make_room(struct headers *headers)
{
    return headers->count < headers->capacity ? &headers->fields[headers->count]
                                              : headers_grow(headers);
}

/* Returns the first field of that name, or NULL. The case of letters doesn't
 * matter (RFC 9110, section 5.1). The result is valid until the list changes.
 * This is for a delegate that wants to know what the client said. The server
 * itself looks at every field. */
const struct header *headers_find(const struct headers *headers,
                                  const char *name);

/* Returns true if the field's value is a list of nothing except `word`, in any
 * case of letters. Empty elements don't count (RFC 9110, section 5.6.1). */
bool header_lists_only(const struct header *field, const char *word);

/* Returns true if the field's name is `name`, in any case of letters. */
static inline bool header_is(const struct header *field, const char *name)
{
    return characters_match(field->name, field->name_length, name);
}

#endif
