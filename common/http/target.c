/* target.c - parses the request target; the contract is in target.h. */
#include "target.h"

#include <stdbool.h>
#include <string.h>

#include "characters.h"
#include "host.h"

/* Splits what follows the authority into the path and the query. */
static void split_query(struct target *target, const char *text, size_t length)
{
    const char *mark = memchr(text, '?', length);

    target->path = text;
    target->path_length = length;
    if (mark != NULL) {
        target->path_length = (size_t)(mark - text);
        target->query = mark + 1;
        target->query_length = length - target->path_length - 1;
    }
    if (target->path_length == 0) { /* RFC 9110, section 4.2.3 */
        target->path = "/";
        target->path_length = 1;
    }
}

/* scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ), and then "://". Returns
 * the length of the scheme: 0 if there is none. */
static size_t scheme_length(const char *text, size_t length)
{
    size_t i = 0;

    while (i < length && (character_is_letter(text[i]) ||
                          (i > 0 && (character_is_digit(text[i]) ||
                                     strchr("+-.", text[i]) != NULL)))) {
        i++;
    }
    return length - i >= 3 && memcmp(text + i, "://", 3) == 0 ? i : 0;
}

static enum verdict parse_absolute(struct target *target, const char *text,
                                   size_t length, size_t scheme)
{
    const char *authority = text + scheme + 3;
    size_t rest = length - scheme - 3;
    size_t end = 0;

    if (!characters_match(text, scheme, "http")) {
        return VERDICT_TARGET_SCHEME;
    }
    while (end < rest && authority[end] != '/' && authority[end] != '?') {
        end++;
    }
    /* An http URI has a host (RFC 9110, section 4.2.1). If it was received, a
     * userinfo in it is an error (section 4.2.4). */
    if (!host_is_valid(authority, end) || host_is_empty(authority, end)) {
        return VERDICT_TARGET_AUTHORITY;
    }
    target->form = TARGET_ABSOLUTE;
    split_query(target, authority + end, rest - end);
    return VERDICT_DONE;
}

/* authority-form = uri-host ":" port. Both must be there. */
static bool is_authority(const char *text, size_t length)
{
    return length > 0 && character_is_digit(text[length - 1]) &&
           memchr(text, ':', length) != NULL && !host_is_empty(text, length) &&
           host_is_valid(text, length);
}

static enum verdict check_octets(const char *text, size_t length)
{
    const char *end = text + length;

    text = characters_skip(text, end, CHARACTER_TARGET);
    if (text == end) {
        return VERDICT_DONE;
    }
    return *text == '#' ? VERDICT_TARGET_FRAGMENT : VERDICT_TARGET_OCTET;
}

enum verdict target_parse(struct target *target, const char *text,
                          size_t length)
{
    enum verdict verdict = check_octets(text, length);
    size_t scheme;

    *target = (struct target){.form = TARGET_ORIGIN, .path = ""};
    if (verdict != VERDICT_DONE) {
        return verdict;
    }
    if (length > 0 && text[0] == '/') {
        split_query(target, text, length);
        return VERDICT_DONE;
    }
    if (length == 1 && text[0] == '*') {
        target->form = TARGET_ASTERISK;
        return VERDICT_DONE;
    }
    scheme = scheme_length(text, length);
    if (scheme > 0) {
        return parse_absolute(target, text, length, scheme);
    }
    target->form = TARGET_AUTHORITY;
    return is_authority(text, length) ? VERDICT_DONE : VERDICT_TARGET_FORM;
}
