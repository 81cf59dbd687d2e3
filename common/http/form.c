/* form.c - form data; the contract is in form.h. */
#include "form.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "characters.h"
#include "limits.h"

_Static_assert(CONTENT_MOST < UINT32_MAX, "form_entry counts in 32 bits");

void form_init(struct form *form)
{
    *form = (struct form){.count = 0};
}

void form_release(struct form *form)
{
    free(form->text);
    free(form->entries);
    form_init(form);
}

static const char *segment_end(const char *start, const char *end)
{
    const char *mark = memchr(start, '&', (size_t)(end - start));

    return mark == NULL ? end : mark;
}

/* How many pairs there are: the segments between `&` that are not empty. */
static size_t count_pairs(const char *data, const char *end)
{
    size_t count = 0;

    while (data < end) {
        const char *next = segment_end(data, end);

        count += next > data;
        data = next < end ? next + 1 : end;
    }
    return count;
}

/* Decodes an escape at `in`; false, and nothing changes, if it is not whole. */
static bool decode_escape(const char *in, const char *end, char *octet)
{
    int high;
    int low;

    if (end - in < 3) {
        return false;
    }
    high = character_hex(in[1]);
    low = character_hex(in[2]);
    if (high == -1 || low == -1) {
        return false;
    }
    *octet = (char)(high * 16 + low);
    return true;
}

/* Decodes from `in` until the octet `stop`, or `end`; moves `out`, and gives
 * where it stopped. */
static const char *decode(const char *in, const char *end, char stop,
                          char **out)
{
    char *to = *out;

    while (in < end && *in != stop) {
        char octet = *in;

        if (character_is(octet, CHARACTER_PLAIN_FORM) || octet == '=') {
            in++;
        } else if (octet == '+') {
            octet = ' ';
            in++;
        } else {
            in += decode_escape(in, end, &octet) ? 3 : 1;
        }
        *to++ = octet;
    }
    *out = to;
    return in;
}

static void decode_pairs(struct form *form, const char *data, const char *end)
{
    char *out = form->text;

    while (data < end) {
        const char *next = segment_end(data, end);

        if (next > data) {
            struct form_entry *entry = &form->entries[form->count++];

            entry->key = (uint32_t)(out - form->text);
            data = decode(data, next, '=', &out);
            entry->value = (uint32_t)(out - form->text);
            if (data < next) {
                decode(data + 1, next, '&', &out);
            }
        }
        data = next < end ? next + 1 : end;
    }
    form->entries[form->count].key = (uint32_t)(out - form->text);
}

enum verdict form_parse(struct form *form, const char *data, size_t length)
{
    size_t count;

    if (length == 0) {
        return VERDICT_DONE;
    }
    count = count_pairs(data, data + length);
    form->text = malloc(length);
    form->entries = malloc((count + 1) * sizeof *form->entries);
    if (form->text == NULL || form->entries == NULL) {
        form_release(form);
        return VERDICT_NO_MEMORY;
    }
    decode_pairs(form, data, data + length);
    return VERDICT_DONE;
}

struct form_pair form_pair(const struct form *form, size_t index)
{
    const struct form_entry *entry = &form->entries[index];

    return (struct form_pair){
        .key = form->text + entry->key,
        .key_length = entry->value - entry->key,
        .value = form->text + entry->value,
        .value_length = entry[1].key - entry->value,
    };
}
