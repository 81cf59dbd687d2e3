/* fuzzer.c - the contracts are in fuzzer.h. */
#include "fuzzer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void hold(bool holds, const char *property)
{
    if (!holds) {
        fprintf(stderr, "\nThis is not true: %s\n", property);
        abort();
    }
}

struct answer read_answer(const char *data, size_t length, bool head_only,
                          time_t now)
{
    struct answer answer = answer_read(data, length, head_only, &now);

    hold(answer.kind == ANSWER_WHOLE,
         answer.kind == ANSWER_WRONG ? answer.mistake : "an answer is whole");
    return answer;
}

bool same_octets(const char *one, size_t one_length, const char *other,
                 size_t other_length)
{
    return one_length == other_length &&
           (one_length == 0 || memcmp(one, other, one_length) == 0);
}

bool same_name(const char *text, size_t length, const char *string)
{
    return length == strlen(string) && strncasecmp(text, string, length) == 0;
}

bool is_token(const char *text, size_t length)
{
    static const char allowed[] = "!#$%&'*+-.^_`|~0123456789"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "abcdefghijklmnopqrstuvwxyz";

    for (size_t i = 0; i < length; i++) {
        if (memchr(allowed, text[i], sizeof allowed - 1) == NULL) {
            return false;
        }
    }
    return length > 0;
}

char *exact_copy(const char *data, size_t length)
{
    char *copy = malloc(length);

    if (copy == NULL) {
        abort();
    }
    if (length > 0) {
        memcpy(copy, data, length);
    }
    return copy;
}

/* FNV-1a, and a last step that mixes the high bits into the low ones. */
uint64_t fingerprint(const char *data, size_t length)
{
    uint64_t number = 0xcbf29ce484222325;

    for (size_t i = 0; i < length; i++) {
        number = (number ^ (unsigned char)data[i]) * 0x100000001b3;
    }
    return number ^ (number >> 32);
}

/* True if this byte can follow in a character of `octets` bytes, of which
 * `so_far` have come and make `character`. The character must not be overlong,
 * a surrogate, or beyond U+10FFFF. */
static bool may_follow(unsigned char octet, long character, size_t octets,
                       size_t so_far)
{
    static const long least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned bits = 6 * (unsigned)(octets - so_far - 1);
    long low = ((character << 6) | (octet & 0x3F)) << bits;
    long high = low | ((1L << bits) - 1);

    return (octet & 0xC0) == 0x80 && high >= least[octets] && low <= 0x10FFFF &&
           (high < 0xD800 || low > 0xDFFF);
}

size_t utf8_read(const char *text, size_t length, long *character)
{
    unsigned char first = (unsigned char)text[0];
    size_t octets = first < 0x80                     ? 1
                    : first >= 0xC2 && first <= 0xDF ? 2
                    : first >= 0xE0 && first <= 0xEF ? 3
                    : first >= 0xF0 && first <= 0xF4 ? 4
                                                     : 0;
    size_t i = 1;

    *character = -1;
    if (octets == 0) {
        return 1;
    }
    long so_far = octets == 1 ? first : first & (0x7F >> octets);

    for (; i < octets; i++) {
        if (i == length ||
            !may_follow((unsigned char)text[i], so_far, octets, i)) {
            return i;
        }
        so_far = (so_far << 6) | (text[i] & 0x3F);
    }
    *character = so_far;
    return octets;
}

bool is_shown(long character)
{
    if (character < 0x20) {
        return character == '\t' || character == '\n' || character == '\r';
    }
    return character < 0x7F || character > 0x9F;
}

bool is_clean_text(const char *text, size_t length)
{
    size_t i = 0;

    while (i < length) {
        long character = (unsigned char)text[i];

        if (character >= 0x20 && character < 0x7F) { /* to save time */
            i++;
            continue;
        }
        i += utf8_read(text + i, length - i, &character);
        if (!is_shown(character)) {
            return false;
        }
    }
    return true;
}
