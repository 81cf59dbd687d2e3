/* characters.c - the tables of characters.h. A unit test compares each entry
 * with the grammar that it comes from. */
#include "characters.h"

#include "octets.h"

/* clang-format off */
/* 16 bytes per row, from 0x00 on. */
const unsigned char character_classes[256] = {
    32, 32, 32, 32, 32, 32, 32, 32, 32, 50, 48, 32, 32, 48, 32, 32,
    32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32, 32,
    50, 63, 38, 51, 63, 23, 15, 47, 62, 62, 63, 31, 62, 63, 63, 54,
    63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 54, 62, 38, 30, 38, 54,
    54, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
    63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 54, 54, 54, 55, 63,
    55, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
    63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 54, 55, 54, 63, 32,
    38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38,
    38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38,
    38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38,
    38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38,
    38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38,
    38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38,
    38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38,
    38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38, 38,
};
/* clang-format on */

/* clang-format off */
const unsigned char character_hex_values[256] = {
    ['0'] = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ['A'] = 11, 12, 13, 14, 15, 16,
    ['a'] = 11, 12, 13, 14, 15, 16,
};
/* clang-format on */

/* Counts the bytes, of 16, before the first control character. */
static size_t count_before_control(const char *text)
{
    struct octets octets = octets_load(text);

    return octets_before(
        octets_or(octets_below(octets, 0x20), octets_equal(octets, 0x7f)));
}

const char *characters_skip_value(const char *text, const char *end)
{
    while (end - text >= OCTETS_AT_ONCE) {
        size_t count = count_before_control(text);

        text += count;
        if (count < OCTETS_AT_ONCE) {
            if (*text != '\t') {
                return text;
            }
            text++;
        }
    }
    return characters_skip(text, end, CHARACTER_VALUE);
}
