/* buffer.c - bytes in memory that grows; the contract is in buffer.h. */
#include "buffer.h"

#include <errno.h>
#include <stdlib.h>

static const size_t smallest_capacity = 256;
static const size_t smallest_kept = 4096;

void buffer_init(struct buffer *buffer)
{
    *buffer = (struct buffer){.data = NULL};
}

void buffer_release(struct buffer *buffer)
{
    free(buffer->data);
    buffer_init(buffer);
}

size_t buffer_capacity_for(const struct buffer *buffer, size_t more)
{
    size_t capacity = buffer->capacity;

    if (more <= buffer_free(buffer)) {
        return capacity;
    }
    if (capacity < smallest_capacity) {
        capacity = smallest_capacity;
    }
    while (capacity - buffer->length < more) {
        capacity *= 2;
    }
    return capacity;
}

int buffer_reserve(struct buffer *buffer, size_t more)
{
    size_t capacity;
    char *data;

    if (!buffer->failed && more <= buffer_free(buffer)) {
        return 0;
    }
    if (buffer->failed || more > SIZE_MAX / 2 - buffer->length) {
        buffer->failed = true;
        errno = ENOMEM;
        return -1;
    }
    capacity = buffer_capacity_for(buffer, more);
    data = realloc(buffer->data, capacity);
    if (data == NULL) {
        buffer->failed = true;
        return -1;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return 0;
}

void buffer_keep(struct buffer *buffer, size_t offset, size_t length)
{
    char *data;

    if (length == 0) {
        buffer_release(buffer);
        return;
    }
    buffer->length = length;
    memmove(buffer->data, buffer->data + offset, length);
    if (buffer->capacity <= smallest_kept) {
        return; /* so little is not worth a call */
    }
    data = realloc(buffer->data, length);
    if (data != NULL) {
        buffer->data = data;
        buffer->capacity = length;
    }
}

void buffer_prepend(struct buffer *buffer, const char *data, size_t length)
{
    if (length > 0 && buffer_reserve(buffer, length) == 0) {
        memmove(buffer->data + length, buffer->data, buffer->length);
        memcpy(buffer->data, data, length);
        buffer->length += length;
    }
}

void buffer_append_number(struct buffer *buffer, uint64_t number)
{
    char digits[DECIMAL_MOST];
    size_t count = decimal_write(digits, number);

    buffer_append(buffer, digits, count);
}
