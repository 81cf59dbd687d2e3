/*
 * form_fuzz.c - form_parse: a query or the content of a POST.
 *
 * The input is the form data. For any input:
 * - the pairs are what a second decoder finds, which follows the URL standard
 *   step by step (section 5.1);
 * - the pairs lie one after another in the form's text, and take no more bytes
 *   than the data, and no more memory than form_most says;
 * - if they are encoded again, with any bytes escaped, and decoded, they are
 *   the same pairs: decode(encode(x)) = x;
 * - with a `&` put in anywhere, the pairs are those of the first part, then
 *   those of the second.
 */
/* octets: 512 */
#include "fuzzer.h"

#include <sanitizer/allocator_interface.h>
#include <stdlib.h>
#include <string.h>

#include "http/buffer.h"
#include "http/form.h"

static void parse(struct form *form, const char *data, size_t length)
{
    char *copy = exact_copy(data, length);

    form_init(form);
    hold(form_parse(form, copy, length) == VERDICT_DONE,
         "form_parse refuses no form");
    free(copy);
}

/* ---- The second decoder */

static int hex_value(char octet)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *digit = memchr(digits, octet, sizeof digits - 1);

    return digit == NULL ? -1 : (int)(digit - digits) % 16;
}

static void decode(struct buffer *decoded, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char octet = text[i] == '+' ? ' ' : text[i];

        if (octet == '%' && length - i > 2 && hex_value(text[i + 1]) != -1 &&
            hex_value(text[i + 2]) != -1) {
            octet =
                (char)(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        }
        buffer_append(decoded, &octet, 1);
    }
}

static void check_text(const char *found, size_t found_length,
                       const char *encoded, size_t length, const char *property)
{
    struct buffer decoded;

    buffer_init(&decoded);
    decode(&decoded, encoded, length);
    hold(same_octets(found, found_length, decoded.data, decoded.length),
         property);
    buffer_release(&decoded);
}

static void check_pairs(const struct form *form, const char *data,
                        size_t length)
{
    size_t count = 0;
    size_t start = 0;

    while (start < length) {
        const char *text = data + start;
        const char *mark = memchr(text, '&', length - start);
        size_t end = mark == NULL ? length : (size_t)(mark - data);
        const char *equals = memchr(text, '=', end - start);
        size_t key = equals == NULL ? end - start : (size_t)(equals - text);
        size_t value = equals == NULL ? key : key + 1;

        if (end > start) {
            hold(count < form->count, "there are as many pairs");
            struct form_pair pair = form_pair(form, count++);

            check_text(pair.key, pair.key_length, text, key,
                       "the names are the same");
            check_text(pair.value, pair.value_length, text + value,
                       end - start - value, "the values are the same");
        }
        start = end + 1;
    }
    hold(count == form->count, "there are as many pairs");
}

static void check_lengths(const struct form *form, size_t length)
{
    const char *at = form->text;

    for (size_t i = 0; i < form->count; i++) {
        struct form_pair pair = form_pair(form, i);

        hold(pair.key == at, "a name follows the pair before it");
        hold(pair.value == at + pair.key_length, "a value follows its name");
        at = pair.value + pair.value_length;
    }
    hold((size_t)(at - form->text) <= length, "decoding never makes it longer");
    hold((size_t)(at - form->text) == form_length(form),
         "form_length is the length of all names and values");
}

static size_t allocated(const void *memory)
{
    return memory == NULL ? 0 : __sanitizer_get_allocated_size(memory);
}

static void check_memory(const struct form *form, const char *data,
                         size_t length)
{
    hold(allocated(form->text) + allocated(form->entries) <=
             form_most(data, length),
         "it takes no more memory than form_most says");
}

/* ---- Encoded again */

static void encode(struct buffer *encoded, const char *text, size_t length,
                   uint64_t choice)
{
    static const char upper[] = "0123456789ABCDEF";
    static const char lower[] = "0123456789abcdef";

    for (size_t i = 0; i < length; i++) {
        const char *digits = (choice & 1) != 0 ? upper : lower;
        unsigned char octet = (unsigned char)text[i];
        char escape[3] = {'%', digits[octet / 16], digits[octet % 16]};
        bool plain = memchr("&=+%", octet, 4) == NULL && (choice & 2) != 0;

        if (octet == ' ' && (choice & 4) != 0) {
            buffer_append_string(encoded, "+");
        } else {
            buffer_append(encoded, plain ? text + i : escape, plain ? 1 : 3);
        }
        choice = (choice >> 1) | (choice << 63);
    }
}

/* Checks that the pairs of `form`, from `first` on, are those of `other`. */
static void check_same(const struct form *form, size_t first,
                       const struct form *other, const char *property)
{
    hold(form->count >= first + other->count, property);
    for (size_t i = 0; i < other->count; i++) {
        struct form_pair one = form_pair(form, first + i);
        struct form_pair two = form_pair(other, i);

        hold(same_octets(one.key, one.key_length, two.key, two.key_length) &&
                 same_octets(one.value, one.value_length, two.value,
                             two.value_length),
             property);
    }
}

static void check_encoded(const struct form *form, uint64_t choice)
{
    struct buffer encoded;
    struct form again;

    buffer_init(&encoded);
    for (size_t i = 0; i < form->count; i++) {
        struct form_pair pair = form_pair(form, i);

        encode(&encoded, pair.key, pair.key_length, choice);
        buffer_append_string(&encoded, "=");
        encode(&encoded, pair.value, pair.value_length, choice / 3);
        buffer_append_string(&encoded, i + 1 < form->count ? "&" : "");
    }
    parse(&again, encoded.data, encoded.length);
    hold(again.count == form->count, "decode(encode(x)) has as many pairs");
    check_same(form, 0, &again, "decode(encode(x)) = x");
    form_release(&again);
    buffer_release(&encoded);
}

static void check_cut(const char *data, size_t length, size_t cut)
{
    struct buffer joined;
    struct form whole;
    struct form first;
    struct form second;

    buffer_init(&joined);
    buffer_append(&joined, data, cut);
    buffer_append_string(&joined, "&");
    buffer_append(&joined, data + cut, length - cut);
    parse(&whole, joined.data, joined.length);
    parse(&first, data, cut);
    parse(&second, data + cut, length - cut);
    hold(whole.count == first.count + second.count,
         "cut by a &, there are the pairs of both parts");
    check_same(&whole, 0, &first, "the pairs before a & are the first part's");
    check_same(&whole, first.count, &second,
               "the pairs after a & are the second part's");
    form_release(&whole);
    form_release(&first);
    form_release(&second);
    buffer_release(&joined);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    uint64_t choice = fingerprint(text, size);
    struct form form;

    parse(&form, text, size);
    check_lengths(&form, size);
    check_memory(&form, text, size);
    check_pairs(&form, text, size);
    check_encoded(&form, choice);
    check_cut(text, size, choice % (size + 1));
    form_release(&form);
    return 0;
}
