/* request_line.c - the contract is in request_line.h. */
#include "request_line.h"

#include <stdbool.h>
#include <string.h>

#include "characters.h"

/* HTTP-version = "HTTP/" DIGIT "." DIGIT, in capitals */
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
    /* A higher minor version is answered as 1.1 (RFC 9110, section 2.5). */
    parsed->minor_version = text[7] == '0' ? 0 : 1;
    return VERDICT_DONE;
}

/* The methods that this server knows take a path (RFC 9112, section 3.2);
 * of others it need not know which form they take. */
static bool form_fits(const struct request_line *parsed)
{
    static const char *const with_path[] = {"GET", "HEAD", "POST"};

    for (size_t i = 0; i < sizeof with_path / sizeof with_path[0]; i++) {
        if (parsed->method_length == strlen(with_path[i]) &&
            memcmp(parsed->method, with_path[i], parsed->method_length) == 0) {
            return parsed->target.form == TARGET_ORIGIN ||
                   parsed->target.form == TARGET_ABSOLUTE;
        }
    }
    return true;
}

enum verdict request_line_parse(struct request_line *parsed, const char *line,
                                size_t length)
{
    const char *end = line + length;
    const char *target = characters_skip(line, end, CHARACTER_TOKEN);
    const char *version = NULL;
    enum verdict version_verdict;
    enum verdict verdict;

    parsed->method = line;
    parsed->method_length = (size_t)(target - line);
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
