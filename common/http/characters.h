/*
 * characters.h - tables that say which bytes are allowed where.
 */
#ifndef HTTP_CHARACTERS_H
#define HTTP_CHARACTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

enum character_class {
    CHARACTER_TOKEN = 1,  /* tchar; RFC 9110, section 5.6.2 */
    CHARACTER_VALUE = 2,  /* field-vchar, SP, HTAB; RFC 9110, section 5.5 */
    CHARACTER_TARGET = 4, /* all except controls, SP and # (target.h) */
    CHARACTER_HOST = 8,   /* unreserved, sub-delims; RFC 3986, section 2 */
    CHARACTER_PLAIN_HTML = 16, /* a page shows it as it is (html.h) */
    CHARACTER_PLAIN_FORM = 32  /* form data keeps it as it is: not &=+% */
};

/* For each of the 256 bytes, the classes that it is in, added up. */
extern const unsigned char character_classes[256];

/* Returns true if `octet` is in one of `classes`. */
static inline bool character_is(char octet, unsigned classes)
{
    return (character_classes[(unsigned char)octet] & classes) != 0;
}

/* Returns true if the text equals the string, whatever the case of its ASCII
 * letters. It is inline so that the length of a constant costs nothing. Most
 * texts differ in their length, or in their last letter. */
static inline bool characters_match(const char *text, size_t length,
                                    const char *string)
{
    return length == strlen(string) &&
           (length == 0 ||
            ((text[length - 1] ^ string[length - 1]) & ~0x20) == 0) &&
           strncasecmp(text, string, length) == 0;
}

/* Returns the first byte from `text` to `end` that is in none of `classes`, or
 * `end`. Looking at four bytes per turn takes a third less time than at one. */
static inline const char *characters_skip(const char *text, const char *end,
                                          unsigned classes)
{
    while (end - text >= 4 && character_is(text[0], classes) &&
           character_is(text[1], classes) && character_is(text[2], classes) &&
           character_is(text[3], classes)) {
        text += 4;
    }
    while (text < end && character_is(*text, classes)) {
        text++;
    }
    return text;
}

/* Returns the first byte from `text` to `end` that is not in CHARACTER_VALUE,
 * or `end`. */
const char *characters_skip_value(const char *text, const char *end);

/* The value of each hexadecimal digit, plus 1; 0 for any other byte. */
extern const unsigned char character_hex_values[256];

/* Returns the value of a hexadecimal digit, 0 to 15, or -1. */
static inline int character_hex(char octet)
{
    return character_hex_values[(unsigned char)octet] - 1;
}

/* Returns true for SP and HTAB, white space in a line (RFC 9110, 5.6.3). */
static inline bool character_is_space(char octet)
{
    return octet == ' ' || octet == '\t';
}

static inline bool character_is_digit(char octet)
{
    return octet >= '0' && octet <= '9';
}

static inline bool character_is_letter(char octet)
{
    return (octet >= 'A' && octet <= 'Z') || (octet >= 'a' && octet <= 'z');
}

#endif
