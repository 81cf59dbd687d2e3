/* wire.c - how the judge and the driver talk; see wire.h. */
#include "wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void wire_put_number(struct buffer *message, uint64_t number)
{
    buffer_append(message, (const char *)&number, sizeof(number));
}

void wire_put_octets(struct buffer *message, const char *data, size_t length)
{
    wire_put_number(message, length);
    buffer_append(message, data, length);
}

void wire_put_fields(struct buffer *message, const struct headers *headers)
{
    wire_put_number(message, headers->count);
    for (size_t i = 0; i < headers->count; i++) {
        const struct header *field = &headers->fields[i];

        wire_put_octets(message, field->name, field->name_length);
        wire_put_octets(message, field->value, field->value_length);
    }
}

/* The next octets of the message; NULL, and none, behind its end. */
static const char *take(struct wire *wire, size_t length)
{
    const char *data = wire->data;

    if (wire->broken || length > wire->left) {
        wire->broken = true;
        return NULL;
    }
    wire->data += length;
    wire->left -= length;
    return data;
}

uint64_t wire_number(struct wire *wire)
{
    uint64_t number = 0;
    const char *data = take(wire, sizeof(number));

    if (data != NULL) {
        memcpy(&number, data, sizeof(number));
    }
    return number;
}

const char *wire_octets(struct wire *wire, size_t *length)
{
    uint64_t announced = wire_number(wire);
    const char *data = take(wire, announced);

    *length = data == NULL ? 0 : announced;
    return data == NULL ? "" : data;
}

/* A field with copies of its own. */
static struct header copied_field(const char *name, size_t name_length,
                                  const char *value, size_t value_length)
{
    char *copy = malloc(name_length + value_length + 1);

    if (copy == NULL) {
        abort();
    }
    memcpy(copy, name, name_length);
    memcpy(copy + name_length, value, value_length);
    return (struct header){.name = copy,
                           .name_length = name_length,
                           .value = copy + name_length,
                           .value_length = value_length,
                           .owned = copy};
}

void wire_fields(struct wire *wire, struct headers *headers)
{
    uint64_t count = wire_number(wire);

    for (uint64_t i = 0; i < count && !wire->broken; i++) {
        size_t name_length;
        size_t value_length;
        const char *name = wire_octets(wire, &name_length);
        const char *value = wire_octets(wire, &value_length);

        if (!wire->broken) {
            headers_add_field(
                headers, copied_field(name, name_length, value, value_length));
        }
    }
}

int wire_read(int descriptor, char *data, size_t length)
{
    while (length > 0) {
        ssize_t octets = read(descriptor, data, length);

        if (octets == 0) {
            errno = 0;
        }
        if (octets == 0 || (octets == -1 && errno != EINTR)) {
            return -1;
        }
        if (octets > 0) {
            data += octets;
            length -= (size_t)octets;
        }
    }
    return 0;
}

int wire_write(int descriptor, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t octets = write(descriptor, data, length);

        if (octets == -1 && errno != EINTR) {
            return -1;
        }
        if (octets > 0) {
            data += octets;
            length -= (size_t)octets;
        }
    }
    return 0;
}
