/* html.c - escapes text; the contract is in html.h. */
#include "html.h"

#include <stdbool.h>

#include "characters.h"

static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */

static const size_t longest_reference = 6; /* &quot; */

static const char *reference(char octet)
{
    switch (octet) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return replacement; /* a control */
    }
}

/* Well-formed UTF-8 beyond ASCII: first byte, second byte, and their number. */
static const struct sequence {
    unsigned char first_low, first_high, second_low, second_high, length;
} sequences[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
    {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3},
    {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
    {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

static const struct sequence *find_sequence(unsigned char first)
{
    for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++) {
        if (first >= sequences[i].first_low &&
            first <= sequences[i].first_high) {
            return &sequences[i];
        }
    }
    return NULL;
}

/* Measures the sequence at `text`, which has at least one byte. Returns how
 * many bytes belong together, and sets `*whole` if they are a character that
 * may be shown. U+0080 to U+009F are controls. */
static size_t measure(const unsigned char *text, size_t length, bool *whole)
{
    const struct sequence *sequence = find_sequence(text[0]);
    size_t i = 1;

    *whole = false;
    if (sequence == NULL || length < 2 || text[1] < sequence->second_low ||
        text[1] > sequence->second_high) {
        return 1;
    }
    for (i = 2; i < sequence->length; i++) {
        if (i == length || text[i] < 0x80 || text[i] > 0xBF) {
            return i;
        }
    }
    *whole = !(text[0] == 0xC2 && text[1] < 0xA0);
    return i;
}

void html_append(struct buffer *page, const char *text, size_t length)
{
    size_t start = 0; /* of the bytes that are shown as they are */
    size_t i = 0;

    while (i < length) {
        bool whole = false;
        size_t octets = 1;

        if (character_is(text[i], CHARACTER_PLAIN_HTML)) {
            i = (size_t)(characters_skip(text + i + 1, text + length,
                                         CHARACTER_PLAIN_HTML) -
                         text);
            continue;
        }
        if ((unsigned char)text[i] >= 0x80) {
            octets =
                measure((const unsigned char *)text + i, length - i, &whole);
        }
        if (!whole) {
            buffer_append(page, text + start, i - start);
            buffer_append_string(page, reference(text[i]));
            start = i + octets;
        }
        i += octets;
    }
    buffer_append(page, text + start, length - start);
}

size_t html_most(const char *text, size_t length)
{
    size_t most = length;

    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)text[i] >= 0x80) {
            most += sizeof replacement - 1 - 1;
        } else if (!character_is(text[i], CHARACTER_PLAIN_HTML)) {
            most += longest_reference - 1;
        }
    }
    return most;
}
