/* framing.c - Content-Length and Transfer-Encoding; see framing.h. */
#include "framing.h"

#include <string.h>

#include "characters.h"

/* Reads the number in a Content-Length: UINT64_MAX for that or more. */
static enum verdict read_number(const struct header *field, uint64_t *number)
{
    const char *text = field->value;

    *number = 0;
    if (memchr(text, ',', field->value_length) != NULL) {
        return VERDICT_LENGTH_LIST;
    }
    for (size_t i = 0; i < field->value_length; i++) {
        uint64_t digit = (uint64_t)(text[i] - '0');

        if (!character_is_digit(text[i])) {
            return VERDICT_LENGTH_NOT_NUMBER;
        }
        if (*number > (UINT64_MAX - digit) / 10) {
            *number = UINT64_MAX; /* over any limit, and it stays there */
        } else {
            *number = *number * 10 + digit;
        }
    }
    return field->value_length == 0 ? VERDICT_LENGTH_NOT_NUMBER : VERDICT_DONE;
}

/* `first` is the first Content-Length, which may be this one. */
static enum verdict read_length(struct framing *framing,
                                const struct header *field,
                                const struct header *first)
{
    uint64_t number;
    enum verdict verdict = read_number(field, &number);
    bool same = field->value_length == first->value_length &&
                memcmp(field->value, first->value, first->value_length) == 0;

    if (verdict != VERDICT_DONE) {
        return verdict;
    }
    if (framing->length_given && !same &&
        (framing->length != number || number == UINT64_MAX)) {
        return VERDICT_LENGTHS_DIFFER;
    }
    framing->length_given = true;
    framing->length = number;
    return VERDICT_DONE;
}

static size_t skip_spaces(const char *text, size_t length, size_t i)
{
    while (i < length && character_is_space(text[i])) {
        i++;
    }
    return i;
}

static size_t skip_token(const char *text, size_t length, size_t i)
{
    while (i < length && character_is(text[i], CHARACTER_TOKEN)) {
        i++;
    }
    return i;
}

/* quoted-string (RFC 9110, section 5.6.4). Returns `i` if it is not one. */
static size_t skip_quoted(const char *text, size_t length, size_t i)
{
    size_t start = i;

    for (i++; i < length && text[i] != '"'; i++) {
        if (text[i] == '\\') {
            i++;
        }
    }
    return i < length ? i + 1 : start;
}

/* *( OWS ";" OWS token BWS "=" BWS ( token / quoted-string ) ). Returns where
 * they end, or the semicolon of the first one that is malformed. */
static size_t skip_parameters(const char *text, size_t length, size_t i)
{
    for (;;) {
        size_t semicolon = skip_spaces(text, length, i);
        size_t name;
        size_t value;

        if (semicolon == length || text[semicolon] != ';') {
            return semicolon;
        }
        name = skip_spaces(text, length, semicolon + 1);
        i = skip_token(text, length, name);
        value = skip_spaces(text, length, i);
        if (i == name || value == length || text[value] != '=') {
            return semicolon;
        }
        value = skip_spaces(text, length, value + 1);
        i = value < length && text[value] == '"'
                ? skip_quoted(text, length, value)
                : skip_token(text, length, value);
        if (i == value) {
            return semicolon;
        }
    }
}

/* Adds one coding. Chunked has no parameters; with some, it is another one. */
static enum verdict add_coding(struct framing *framing, const char *text,
                               size_t name_length, bool parameters)
{
    bool chunked =
        characters_match(text, name_length, "chunked") && !parameters;

    if (chunked && framing->chunked) {
        return VERDICT_CHUNKED_TWICE;
    }
    if (framing->chunked) {
        return VERDICT_CHUNKED_NOT_LAST;
    }
    framing->chunked = chunked;
    framing->unknown_codings = framing->unknown_codings || !chunked;
    return VERDICT_DONE;
}

/* #transfer-coding. Elements may be empty (RFC 9110, section 5.6.1). */
static enum verdict read_codings(struct framing *framing, const char *text,
                                 size_t length)
{
    enum verdict verdict = VERDICT_DONE;
    size_t i = 0;

    while (i < length && verdict == VERDICT_DONE) {
        size_t name = skip_spaces(text, length, i);
        size_t name_end = skip_token(text, length, name);
        size_t after = skip_spaces(text, length, name_end);

        i = skip_parameters(text, length, name_end);
        if (i < length && text[i] != ',') {
            return VERDICT_CODING_MALFORMED;
        }
        if (name_end > name) {
            verdict =
                add_coding(framing, text + name, name_end - name, i > after);
        } else if (i > after) {
            return VERDICT_CODING_MALFORMED;
        }
        i++;
    }
    return verdict;
}

enum verdict framing_read(struct framing *framing,
                          const struct headers *headers, int minor_version,
                          size_t *at)
{
    const struct header *first = NULL;
    enum verdict verdict = VERDICT_DONE;
    bool coded = false;

    *framing = (struct framing){.chunked = false};
    for (*at = 0; *at < headers->count; ++*at) {
        const struct header *field = &headers->fields[*at];

        if (header_is(field, "Content-Length")) {
            first = first == NULL ? field : first;
            verdict = read_length(framing, field, first);
        } else if (header_is(field, "Transfer-Encoding")) {
            coded = true;
            verdict = read_codings(framing, field->value, field->value_length);
        }
        if (verdict != VERDICT_DONE) {
            return verdict;
        }
    }
    if (coded && framing->length_given) {
        return VERDICT_BOTH_LENGTHS;
    }
    if (coded && minor_version == 0) {
        return VERDICT_CODING_IN_1_0;
    }
    return coded && !framing->chunked ? VERDICT_CHUNKED_NOT_LAST : VERDICT_DONE;
}
