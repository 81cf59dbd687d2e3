/* characters.c - the tables of characters.h. The compiler works out the first
 * one. characters.h names the source of each grammar. */
#include "characters.h"

#include "octets.h"

/* The grammars, for a byte `c` from 0 to 255. They are macros because C wants
 * constants in a table. */
#define IS_BETWEEN(c, first, last) ((c) >= (first) && (c) <= (last))
#define IS_ONE_OF(c, v, w, x, y, z)                                            \
    ((c) == (v) || (c) == (w) || (c) == (x) || (c) == (y) || (c) == (z))
#define IS_CONTROL(c) ((c) < 0x20 || (c) == 0x7f)
#define IS_LETTER_OR_DIGIT(c)                                                  \
    (IS_BETWEEN(c, 'A', 'Z') || IS_BETWEEN(c, 'a', 'z') ||                     \
     IS_BETWEEN(c, '0', '9'))

#define IS_TOKEN(c)                                                            \
    (IS_LETTER_OR_DIGIT(c) || IS_ONE_OF(c, '!', '#', '$', '%', '&') ||         \
     IS_ONE_OF(c, '\'', '*', '+', '-', '.') ||                                 \
     IS_ONE_OF(c, '^', '_', '`', '|', '~'))
#define IS_VALUE(c) ((c) == '\t' || !IS_CONTROL(c))
#define IS_TARGET(c) (!IS_CONTROL(c) && (c) != ' ' && (c) != '#')
#define IS_HOST(c)                                                             \
    (IS_LETTER_OR_DIGIT(c) || IS_ONE_OF(c, '-', '.', '_', '~', '!') ||         \
     IS_ONE_OF(c, '$', '&', '\'', '(', ')') ||                                 \
     IS_ONE_OF(c, '*', '+', ',', ';', '='))
#define IS_PLAIN_HTML(c)                                                       \
    ((c) == '\t' || (c) == '\n' || (c) == '\r' ||                              \
     (IS_BETWEEN(c, 0x20, 0x7e) && !IS_ONE_OF(c, '&', '<', '>', '"', '\'')))
#define IS_PLAIN_FORM(c) ((c) != '&' && (c) != '=' && (c) != '+' && (c) != '%')

#define CLASSES(c)                                                             \
    ((IS_TOKEN(c) ? CHARACTER_TOKEN : 0) |                                     \
     (IS_VALUE(c) ? CHARACTER_VALUE : 0) |                                     \
     (IS_TARGET(c) ? CHARACTER_TARGET : 0) |                                   \
     (IS_HOST(c) ? CHARACTER_HOST : 0) |                                       \
     (IS_PLAIN_HTML(c) ? CHARACTER_PLAIN_HTML : 0) |                           \
     (IS_PLAIN_FORM(c) ? CHARACTER_PLAIN_FORM : 0))
#define FOUR(c) CLASSES(c), CLASSES((c) + 1), CLASSES((c) + 2), CLASSES((c) + 3)
#define SIXTEEN(c) FOUR(c), FOUR((c) + 4), FOUR((c) + 8), FOUR((c) + 12)
#define SIXTY_FOUR(c)                                                          \
    SIXTEEN(c), SIXTEEN((c) + 16), SIXTEEN((c) + 32), SIXTEEN((c) + 48)

const unsigned char character_classes[256] = {SIXTY_FOUR(0), SIXTY_FOUR(64),
                                              SIXTY_FOUR(128), SIXTY_FOUR(192)};

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
