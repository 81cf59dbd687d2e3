/* strict_answer.c - the contract is in strict_answer.h. */
#include "strict_answer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";
static const char cut[] = ""; /* in place of a mistake: not all is there */

static bool begins(const char *text, const char *end, const char *string)
{
    size_t length = strlen(string);

    return (size_t)(end - text) >= length && memcmp(text, string, length) == 0;
}

/* True if the text is like the pattern, in which 0 is a digit and A a letter.
 */
static bool is_like(const char *text, size_t length, const char *pattern)
{
    bool is = length == strlen(pattern);

    for (size_t i = 0; is && i < length; i++) {
        is = pattern[i] == '0'   ? isdigit((unsigned char)text[i]) != 0
             : pattern[i] == 'A' ? isalpha((unsigned char)text[i]) != 0
                                 : text[i] == pattern[i];
    }
    return is;
}

/* ---- Lines ---- */

static const char *read_status_line(struct answer *answer, const char *line,
                                    size_t length)
{
    if (length < 13 || !is_like(line, 13, "HTTP/1.1 000 ") || line[9] < '2' ||
        line[9] > '5') {
        return "its status line is wrong";
    }
    for (size_t i = 13; i < length; i++) {
        if (!isprint((unsigned char)line[i])) {
            return "its status line has a byte that is not printable";
        }
    }
    answer->code = atoi(line + 9);
    return NULL;
}

static bool is_space(char octet)
{
    return octet == ' ' || octet == '\t';
}

const char *answer_read_field(struct answer_field *field, const char *line,
                              const char *end)
{
    static const char token[] = "!#$%&'*+-.^_`|~0123456789"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "abcdefghijklmnopqrstuvwxyz";
    const char *cr = memchr(line, '\r', (size_t)(end - line));
    size_t length = cr == NULL ? 0 : (size_t)(cr - line);
    const char *colon = memchr(line, ':', length);

    if (colon == NULL || colon == line || cr + 1 == end || cr[1] != '\n' ||
        memchr(line, '\n', length) != NULL ||
        memchr(line, '\0', length) != NULL) {
        return NULL;
    }
    for (const char *at = line; at < colon; at++) {
        if (strchr(token, *at) == NULL) {
            return NULL;
        }
    }
    *field = (struct answer_field){line, (size_t)(colon - line), colon + 1,
                                   (size_t)(cr - colon - 1)};
    while (field->value_length > 0 && is_space(field->value[0])) {
        field->value++;
        field->value_length--;
    }
    while (field->value_length > 0 &&
           is_space(field->value[field->value_length - 1])) {
        field->value_length--;
    }
    return cr + 2;
}

bool answer_field_is(const struct answer_field *field, const char *name)
{
    return field->name_length == strlen(name) &&
           strncasecmp(field->name, name, field->name_length) == 0;
}

/* ---- The head ---- */

/* How many fields have that name; the last of them is in `*field`. */
static size_t find_field(const struct answer *answer, const char *name,
                         struct answer_field *field)
{
    struct answer_field each;
    size_t count = 0;

    for (const char *line = answer->fields; line < answer->fields_end;) {
        line = answer_read_field(&each, line, answer->fields_end);
        if (answer_field_is(&each, name)) {
            count++;
            *field = each;
        }
    }
    return count;
}

static bool is_date(const struct answer_field *field, const time_t *now)
{
    char date[64];
    struct tm tm;

    if (now == NULL) {
        return is_like(field->value, field->value_length,
                       "AAA, 00 AAA 0000 00:00:00 GMT");
    }
    return gmtime_r(now, &tm) != NULL &&
           strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &tm) ==
               field->value_length &&
           memcmp(field->value, date, field->value_length) == 0;
}

/* A number of at most 15 digits, without zeros in front. */
static bool read_length(const struct answer_field *field, size_t *number)
{
    bool is = field->value_length > 0 && field->value_length < 16 &&
              (field->value[0] != '0' || field->value_length == 1);

    *number = 0;
    for (size_t i = 0; is && i < field->value_length; i++) {
        is = isdigit((unsigned char)field->value[i]) != 0;
        *number = *number * 10 + (size_t)(field->value[i] - '0');
    }
    return is;
}

/* Gives what is wrong, or NULL. */
static const char *check_fields(const struct answer *answer, size_t *length,
                                const time_t *now)
{
    bool without = answer->code == 204 || answer->code == 304;
    struct answer_field field = {.name = NULL};

    *length = 0;
    if (find_field(answer, "Date", &field) != 1 || !is_date(&field, now)) {
        return "it has not one Date, of now, written as it should be";
    }
    if (find_field(answer, "Connection", &field) != 1 ||
        !is_like(field.value, field.value_length, "close")) {
        return "it does not say Connection: close, once";
    }
    if (find_field(answer, "Transfer-Encoding", &field) != 0) {
        return "it has a Transfer-Encoding";
    }
    if (find_field(answer, "Content-Length", &field) != (without ? 0 : 1)) {
        return "it has not one Content-Length (none with 204 and 304)";
    }
    if (!without && !read_length(&field, length)) {
        return "its Content-Length is not a plain number";
    }
    return answer->code == 205 && *length > 0 ? "a 205 has content" : NULL;
}

/* Reads the lines from `line` on; gives what is wrong, or NULL, or `cut`. */
static const char *read_head(struct answer *answer, const char *line,
                             const char *end)
{
    const char *cr = memchr(line, '\r', (size_t)(end - line));
    const char *mistake;

    if (cr == NULL || cr + 1 == end) {
        return cut;
    }
    mistake = read_status_line(answer, line, (size_t)(cr - line));
    if (mistake != NULL || cr[1] != '\n') {
        return mistake != NULL ? mistake : "its status line ends in CR alone";
    }
    line = answer->fields = cr + 2;
    while (!begins(line, end, "\r\n")) {
        struct answer_field field;
        const char *next = answer_read_field(&field, line, end);

        if (next == NULL) {
            return memchr(line, '\n', (size_t)(end - line)) == NULL
                       ? cut
                       : "a field line is not NAME: VALUE, CR LF";
        }
        line = next;
    }
    answer->fields_end = line;
    answer->content = line + 2;
    answer->content_length = (size_t)(end - answer->content);
    return NULL;
}

/* ---- All of it ---- */

static const char *read_all(struct answer *answer, const char *line,
                            const char *end, const time_t *now, bool head_only)
{
    const char *mistake = read_head(answer, line, end);
    size_t length;

    if (mistake == NULL) {
        mistake = check_fields(answer, &length, now);
    }
    if (mistake == NULL && answer->content_length > (head_only ? 0 : length)) {
        mistake = "there is more content than its Content-Length says";
    }
    if (mistake == NULL && !head_only && answer->content_length < length) {
        mistake = cut;
    }
    return mistake;
}

struct answer answer_read(const char *data, size_t length, bool head_only,
                          const time_t *now)
{
    struct answer answer = {.kind = ANSWER_WHOLE};
    const char *end = data + length;

    if (length > 0 && begins(data, end, interim)) {
        answer.interims = 1;
        data += sizeof interim - 1;
    }
    if (data == end) {
        answer.kind = ANSWER_NONE;
        return answer;
    }
    answer.mistake = read_all(&answer, data, end, now, head_only);
    if (answer.mistake != NULL) {
        answer.kind = answer.mistake == cut ? ANSWER_CUT : ANSWER_WRONG;
    }
    return answer;
}

const char *answer_lacks(const struct answer *answer)
{
    static const char *const names[] = {
        "Content-Type", "Content-Security-Policy", "X-Content-Type-Options"};
    static const char last[] = "</html>\n";
    const char *end = answer->content + answer->content_length;
    struct answer_field field;

    if (answer->content_length == 0) {
        return NULL;
    }
    if (!begins(answer->content, end, "<!DOCTYPE html>\n") ||
        !begins(end - (sizeof last - 1), end, last)) {
        return "its page breaks off, and its Content-Length says it is whole";
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (find_field(answer, names[i], &field) != 1) {
            return "its page comes without Content-Type, "
                   "Content-Security-Policy or X-Content-Type-Options";
        }
    }
    return NULL;
}
