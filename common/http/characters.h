/*
 * characters.h - which octets are allowed where, by one look at a table.
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
    CHARACTER_TARGET = 4, /* all but controls, SP and # (see target.h) */
    CHARACTER_HOST = 8,   /* unreserved, sub-delims; RFC 3986, section 2 */
    CHARACTER_PLAIN_HTML = 16, /* shown as it is in a page (html.h) */
    CHARACTER_PLAIN_FORM = 32  /* kept as it is in form data: not &=+% */
};

/* The classes that each of the 256 octets is in, added up. */
extern const unsigned char character_classes[256];

/* True if `octet` is in one of `classes`. */
static inline bool character_is(char octet, unsigned classes)
{
    return (character_classes[(unsigned char)octet] & classes) != 0;
}

/* True if the text equals the string, whatever the case of ASCII letters. It
 * is here so that the length of a constant costs nothing: most texts differ in
 * their length, or in their last letter. */
static inline bool characters_match(const char *text, size_t length,
                                    const char *string)
{
    return length == strlen(string) &&
           (length == 0 ||
            ((text[length - 1] ^ string[length - 1]) & ~0x20) == 0) &&
           strncasecmp(text, string, length) == 0;
}

/* The first octet from `text` to `end` that is in none of `classes`, or `end`.
 * Four octets a turn take a third less than one. */
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

/* The first octet from `text` to `end` that is not in CHARACTER_VALUE, or
 * `end`. */
const char *characters_skip_value(const char *text, const char *end);

/* The value of each hexadecimal digit and one more; 0 for other octets. */
extern const unsigned char character_hex_values[256];

/* The value of a hexadecimal digit, 0 to 15, or -1. */
static inline int character_hex(char octet)
{
    return character_hex_values[(unsigned char)octet] - 1;
}

/* True for SP and HTAB, the white space within a line (RFC 9110, 5.6.3). */
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
