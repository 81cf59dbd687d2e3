/* request_line.c - the contract is in request_line.h. */
#include "request_line.h"

#include <stdbool.h>
#include <string.h>

#include "characters.h"

/* HTTP-version = "HTTP/" DIGIT "." DIGIT. The letters are capitals. */
static enum verdict parse_version(struct request_line *parsed, const char *text,
                                  size_t length)
{
    if (length < 5 || memcmp(text, "HTTP/", 5) != 0) {
        return VERDICT_NO_VERSION;
    }
    if (length != 8 || !character_is_digit(text[5]) || text[6] != '.' ||
        !character_is_digit(text[7])) {
        return VERDICT_VERSION_MALFORMED;
    }
    if (text[5] != '1') {
        return VERDICT_VERSION_UNSUPPORTED;
    }
    /* A higher minor version is treated like 1.1 (RFC 9110, section 2.5). */
    parsed->minor_version = text[7] == '0' ? 0 : 1;
    return VERDICT_DONE;
}

static enum method find_method(const char *name, size_t length)
{
    static const char *const names[] = {
        [METHOD_GET] = "GET",
        [METHOD_HEAD] = "HEAD",
        [METHOD_POST] = "POST",
    };

    for (enum method m = METHOD_GET; m <= METHOD_POST; m++) {
        if (strlen(names[m]) == length && memcmp(names[m], name, length) == 0) {
            return m;
        }
    }
    return METHOD_OTHER;
}

/* The methods that this server knows take a path (RFC 9112, section 3.2). It
 * need not know which forms the others take. */
static bool form_fits(const struct request_line *parsed)
{
    return parsed->method == METHOD_OTHER ||
           parsed->target.form == TARGET_ORIGIN ||
           parsed->target.form == TARGET_ABSOLUTE;
}

enum verdict request_line_parse(struct request_line *parsed, const char *line,
                                size_t length)
{
    const char *end = line + length;
    const char *target = characters_skip(line, end, CHARACTER_TOKEN);
    const char *version = NULL;
    enum verdict version_verdict;
    enum verdict verdict;

    parsed->method = find_method(line, (size_t)(target - line));
    if (target == line || (target < end && *target != ' ')) {
        return VERDICT_METHOD_NOT_TOKEN;
    }
    if (target < end) {
        target++;
        version = memchr(target, ' ', (size_t)(end - target));
    }
    if (version == NULL) {
        return VERDICT_NO_VERSION;
    }
    version++;
    version_verdict = parse_version(parsed, version, (size_t)(end - version));
    if (version == target + 1 ||
        (version_verdict != VERDICT_DONE &&
         memchr(version, ' ', (size_t)(end - version)) != NULL)) {
        return VERDICT_REQUEST_LINE_SPACES;
    }
    if (version_verdict != VERDICT_DONE &&
        version_verdict != VERDICT_VERSION_UNSUPPORTED) {
        return version_verdict;
    }
    verdict =
        target_parse(&parsed->target, target, (size_t)(version - 1 - target));
    if (verdict == VERDICT_DONE && !form_fits(parsed)) {
        verdict = VERDICT_TARGET_FORM;
    }
    return verdict == VERDICT_DONE ? version_verdict : verdict;
}
