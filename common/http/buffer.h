/*
 * buffer.h - octets that grow.
 *
 *     struct buffer page;
 *
 *     buffer_init(&page);
 *     buffer_append_string(&page, "hello, ");
 *     buffer_append(&page, name, name_length);
 *     if (page.failed) { ... there was no memory ... }
 *     buffer_release(&page);
 *
 * `data` has `length` octets, with no NUL after them. A failure sticks:
 * once there was no memory, `failed` stays true and nothing more is appended,
 * so that it is enough to look once, at the end. Growing doubles, so that
 * appending n octets takes O(n) time however they are cut. `data` moves when
 * the buffer grows: keep offsets, or no pointer across an append.
 *
 * Threads: a buffer belongs to one thread.
 */
#ifndef HTTP_BUFFER_H
#define HTTP_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buffer {
    char *data;      /* owned; NULL while nothing was ever reserved */
    size_t length;   /* octets in use */
    size_t capacity; /* octets allocated */
    bool failed;     /* memory ran out: what is here is not whole */
};

/* Makes an empty buffer; allocates nothing. */
void buffer_init(struct buffer *buffer);

/* Frees what the buffer owns and makes it empty again. Safe on empty ones. */
void buffer_release(struct buffer *buffer);

/* Makes room for `more` bytes after the first `length`. Returns 0, or -1 with
 * errno ENOMEM (and `failed` set); what was in the buffer stays as it was. */
int buffer_reserve(struct buffer *buffer, size_t more);

/* The capacity that the buffer has, or will have, with room for `more` bytes.
 */
size_t buffer_capacity_for(const struct buffer *buffer, size_t more);

/* Bytes that have room in the buffer as it is. */
static inline size_t buffer_free(const struct buffer *buffer)
{
    return buffer->capacity - buffer->length;
}

/* Keeps only `length` bytes, from `offset` on, which move to the beginning; the
 * memory of the others is given back. */
void buffer_keep(struct buffer *buffer, size_t offset, size_t length);

/* Appends a copy of `length` octets; `data` may be NULL if there are none. This
 * and the next are here since a page is put together from many short pieces:
 * most find their room at once, and a constant's length is known. */
static inline void buffer_append(struct buffer *buffer, const char *data,
                                 size_t length)
{
    bool has_room = !buffer->failed && length <= buffer_free(buffer);

    if (length > 0 && (has_room || buffer_reserve(buffer, length) == 0)) {
        memcpy(buffer->data + buffer->length, data, length);
        buffer->length += length;
    }
}

/* Appends a copy of a string, without its NUL. */
static inline void buffer_append_string(struct buffer *buffer,
                                        const char *string)
{
    buffer_append(buffer, string, strlen(string));
}

/* Octets of the longest number: 2^64 - 1. */
#define DECIMAL_MOST 20

/* Writes the number in decimal, without zeros before it and with no NUL after
 * it; gives how many octets it took. */
static inline size_t decimal_write(char text[DECIMAL_MOST], uint64_t number)
{
    size_t length = 1;

    for (uint64_t rest = number; rest >= 10; rest /= 10) {
        length++;
    }
    for (size_t i = length; i-- > 0; number /= 10) {
        text[i] = (char)('0' + number % 10);
    }
    return length;
}

/* Appends a number in decimal. */
void buffer_append_number(struct buffer *buffer, uint64_t number);

#endif
