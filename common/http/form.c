/* form.c - form data; the contract is in form.h. */
#include "form.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "characters.h"
#include "limits.h"
#include "octets.h"

static const size_t first_capacity = 64;

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

/* Returns room for one more entry, after the last; NULL if memory ran out. */
static struct form_entry *make_room(struct form *form, size_t *capacity)
{
    struct form_entry *entries = form->entries;

    if (form->count == *capacity) {
        *capacity = *capacity == 0 ? first_capacity : *capacity * 2;
        entries = realloc(form->entries, *capacity * sizeof *entries);
        if (entries == NULL) {
            return NULL;
        }
        form->entries = entries;
    }
    return &entries[form->count];
}

/* Decodes the escape at `in`. If it is broken, only returns false. */
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

/* Copies what comes before the next & = or %, or part of it, and makes each `+`
 * a space. Returns how many bytes it copied. */
static size_t copy_plain(char *out, const char *in, const char *end)
{
    size_t count = 0;

    if (end - in >= OCTETS_AT_ONCE) { /* `out` has room for them, too */
        struct octets octets = octets_load(in);
        struct octets marks =
            octets_or(octets_equal(octets, '&'), octets_equal(octets, '='));

        octets_store(out, octets_replace(octets, '+', ' '));
        return octets_before(octets_or(marks, octets_equal(octets, '%')));
    }
    while (
        in + count < end &&
        (in[count] == '+' || character_is(in[count], CHARACTER_PLAIN_FORM))) {
        out[count] = in[count];
        if (in[count] == '+') {
            out[count] = ' ';
        }
        count++;
    }
    return count;
}

/* Decodes one pair, up to the next `&` or the end, into the entry after the
 * last. Moves `out`, and returns where it stopped. */
static const char *decode_pair(const struct form *form, const char *in,
                               const char *end, char **out)
{
    struct form_entry *entry = &form->entries[form->count];
    char *to = *out;
    char *value = NULL;

    for (;;) {
        size_t count = copy_plain(to, in, end);

        in += count;
        to += count;
        if (in == end || *in == '&') {
            break;
        }
        if (*in == '=' && value == NULL) {
            in++;
            value = to;
        } else if (*in == '=') {
            *to++ = *in++;
        } else if (*in == '%') {
            *to = *in;
            in += decode_escape(in, end, to) ? 3 : 1;
            to++;
        }
    }
    entry->key = (uint32_t)(*out - form->text);
    entry->value = (uint32_t)((value != NULL ? value : to) - form->text);
    *out = to;
    return in;
}

/* Decodes what is between the `&`s, wherever there is anything. */
static enum verdict decode_pairs(struct form *form, const char *data,
                                 const char *end)
{
    char *out = form->text;
    size_t capacity = 0;
    struct form_entry *entry = make_room(form, &capacity);

    while (data < end && entry != NULL) {
        if (*data != '&') {
            data = decode_pair(form, data, end, &out);
            form->count++;
            entry = make_room(form, &capacity);
        }
        data += data < end; /* the `&` */
    }
    if (entry == NULL) {
        return VERDICT_NO_MEMORY;
    }
    entry->key = (uint32_t)(out - form->text);
    return VERDICT_DONE;
}

enum verdict form_parse(struct form *form, const char *data, size_t length)
{
    enum verdict verdict = VERDICT_NO_MEMORY;

    if (length == 0) {
        return VERDICT_DONE;
    }
    form->text = malloc(length);
    if (form->text != NULL) {
        verdict = decode_pairs(form, data, data + length);
    }
    if (verdict != VERDICT_DONE) {
        form_release(form);
    }
    return verdict;
}

size_t form_most(const char *data, size_t length)
{
    size_t capacity = first_capacity;
    size_t pairs = 0;

    for (size_t i = 0; i < length; i++) {
        pairs += data[i] != '&' && (i == 0 || data[i - 1] == '&');
    }
    while (capacity < pairs + 1) {
        capacity *= 2;
    }
    return length + capacity * sizeof(struct form_entry);
}

size_t form_length(const struct form *form)
{
    return form->entries == NULL ? 0 : form->entries[form->count].key;
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
