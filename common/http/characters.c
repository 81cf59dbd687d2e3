/* characters.c - the table of characters.h; 16 octets a row, from 0x00. A unit
 * test holds each entry against the grammar that it comes from. */
#include "characters.h"

#include <stdint.h>

/* clang-format off */
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

int character_hex(char octet)
{
    if (character_is_digit(octet)) {
        return octet - '0';
    }
    if (octet >= 'A' && octet <= 'F') {
        return octet - 'A' + 10;
    }
    if (octet >= 'a' && octet <= 'f') {
        return octet - 'a' + 10;
    }
    return -1;
}

/* True if none of 8 octets is a control: each is at least 0x20, and not 0x7f.
 * All 8 are told from one word, which takes a third of the instructions. */
static bool are_no_controls(const char *text)
{
    const uint64_t ones = 0x0101010101010101;
    uint64_t word;
    uint64_t from_delete;

    memcpy(&word, text, sizeof word);
    from_delete = word ^ (ones * 0x7f);
    return ((((word - ones * 0x20) & ~word) |
             ((from_delete - ones) & ~from_delete)) &
            (ones * 0x80)) == 0;
}

const char *characters_skip_value(const char *text, const char *end)
{
    while (text < end) {
        const char *next = end - text > 8 ? text + 8 : end;

        if (next == text + 8 && are_no_controls(text)) {
            text = next;
        }
        /* There is a control among these, or fewer than 8 are left. */
        while (text < next) {
            if (!character_is(*text, CHARACTER_VALUE)) {
                return text;
            }
            text++;
        }
    }
    return end;
}
