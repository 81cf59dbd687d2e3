/*
 * buffer.h - bytes in memory that grows with them.
 *
 *     struct buffer page;
 *
 *     buffer_init(&page);
 *     buffer_append_string(&page, "hello, ");
 *     buffer_append(&page, name, name_length);
 *     if (page.failed) { ... there was no memory ... }
 *     buffer_release(&page);
 *
 * `data` has `length` bytes, with no NUL after them. A failure sticks: once
 * memory has run out, `failed` stays true and nothing more is appended. So look
 * at it once, at the end. The capacity doubles when it grows, so appending n
 * bytes takes O(n) time, in however many pieces they come. `data` moves when
 * the buffer grows. Across an append, keep offsets, not pointers.
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
    char *data;      /* owned; NULL until something is reserved */
    size_t length;   /* bytes in use */
    size_t capacity; /* bytes allocated */
    bool failed;     /* memory ran out, so something is missing */
};

/* Makes an empty buffer. Allocates nothing. */
void buffer_init(struct buffer *buffer);

/* Frees what the buffer owns, and makes it empty again. Safe if it is empty. */
void buffer_release(struct buffer *buffer);

/* Makes room for `more` bytes after the first `length`. Returns 0, or -1 with
 * errno ENOMEM, and sets `failed`. The contents of the buffer don't change. */
int buffer_reserve(struct buffer *buffer, size_t more);

/* Returns the capacity that the buffer will have once there is room for `more`
 * bytes. */
size_t buffer_capacity_for(const struct buffer *buffer, size_t more);

/* Returns how many bytes fit without growing. */
static inline size_t buffer_free(const struct buffer *buffer)
{
    return buffer->capacity - buffer->length;
}

/* Keeps only the `length` bytes from `offset` on, and moves them to the
 * beginning. Gives back the memory of the others. */
void buffer_keep(struct buffer *buffer, size_t offset, size_t length);

/* Appends a copy of `length` bytes. `data` may be NULL if there are none. This
 * function and the next are inline because a page is put together from many
 * short pieces: most of them fit at once, and a constant's length is known. */
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

/* Puts a copy of `length` bytes before the others, which move to make room.
 * `data` may be NULL if there are none. */
void buffer_prepend(struct buffer *buffer, const char *data, size_t length);

/* The longest number, 2^64 - 1, has this many digits. */
#define DECIMAL_MOST 20

/* Writes the number in decimal, with no zeros before it and no NUL after it.
 * Returns how many digits it wrote. */
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
