/* buffer.c - octets that grow; the contract is in buffer.h. */
#include "buffer.h"

#include <errno.h>
#include <stdlib.h>

#include "decimal.h"

static const size_t smallest_capacity = 256;

void buffer_init(struct buffer *buffer)
{
    *buffer = (struct buffer){.data = NULL};
}

void buffer_release(struct buffer *buffer)
{
    free(buffer->data);
    buffer_init(buffer);
}

int buffer_reserve(struct buffer *buffer, size_t more)
{
    size_t capacity = buffer->capacity;
    char *data;

    if (!buffer->failed && more <= capacity - buffer->length) {
        return 0;
    }
    if (buffer->failed || more > SIZE_MAX / 2 - buffer->length) {
        buffer->failed = true;
        errno = ENOMEM;
        return -1;
    }
    if (capacity < smallest_capacity) {
        capacity = smallest_capacity;
    }
    while (capacity - buffer->length < more) {
        capacity *= 2;
    }
    data = realloc(buffer->data, capacity);
    if (data == NULL) {
        buffer->failed = true;
        return -1;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return 0;
}

void buffer_append_number(struct buffer *buffer, uint64_t number)
{
    char digits[DECIMAL_MOST];

    buffer_append(buffer, digits, decimal_write(digits, number));
}
