/* answer.c - is it an answer? The contract is in answer.h. */
#include "answer.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";

/* The fields that are looked at; those marked come with every answer. */
enum {
    DATE,
    CONNECTION,
    LENGTH,
    TYPE,
    POLICY,
    NO_SNIFFING,
    FIELDS
};
static const char *const names[FIELDS] = {"Date",
                                          "Connection",
                                          "Content-Length",
                                          "Content-Type",
                                          "Content-Security-Policy",
                                          "X-Content-Type-Options"};

struct head {
    const char *values[FIELDS]; /* up to their CR, or NULL */
    size_t lengths[FIELDS];
    int code;
};

static struct answer_check wrong(const char *mistake)
{
    return (struct answer_check){ANSWER_WRONG, 0, mistake};
}

size_t answer_interim(const struct answer *answer)
{
    size_t length = sizeof interim - 1;

    return answer->length >= length &&
                   memcmp(answer->data, interim, length) == 0
               ? length
               : 0;
}

/* Whether the text is as the pattern, in which 0 stands for a digit and A for
 * a letter. */
static bool is_like(const char *text, size_t length, const char *pattern)
{
    if (length != strlen(pattern)) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        bool matches = pattern[i] == '0'   ? isdigit((unsigned char)text[i])
                       : pattern[i] == 'A' ? isalpha((unsigned char)text[i])
                                           : text[i] == pattern[i];

        if (!matches) {
            return false;
        }
    }
    return true;
}

/* HTTP/1.1 DDD Reason; gives the status code or 0. */
static int status_line(const char *line, size_t length)
{
    if (length < 14 || !is_like(line, 13, "HTTP/1.1 000 ") || line[9] < '2' ||
        line[9] > '5') {
        return 0;
    }
    for (size_t i = 13; i < length; i++) {
        if (!isalpha((unsigned char)line[i]) && strchr(" -", line[i]) == NULL) {
            return 0;
        }
    }
    return atoi(line + 9);
}

/* Takes a field line apart; gives what is wrong with it, or NULL. */
static const char *take_field(struct head *head, const char *line,
                              size_t length)
{
    const char *colon = memchr(line, ':', length);
    size_t name = colon == NULL ? 0 : (size_t)(colon - line);

    if (name == 0 || name + 2 >= length || colon[1] != ' ') {
        return "a field line is not NAME: VALUE";
    }
    for (size_t i = 0; i < length; i++) {
        if ((i < name && !isalnum((unsigned char)line[i]) && line[i] != '-') ||
            !isprint((unsigned char)line[i])) {
            return "a field line holds a character that it may not";
        }
    }
    for (size_t i = 0; i < FIELDS; i++) {
        if (strlen(names[i]) == name &&
            strncasecmp(line, names[i], name) == 0) {
            if (head->values[i] != NULL) {
                return "a field comes twice";
            }
            head->values[i] = colon + 2;
            head->lengths[i] = length - name - 2;
        }
    }
    return NULL;
}

static const char *check_fields(const struct head *head)
{
    for (int i = DATE; i <= LENGTH; i++) {
        if (head->values[i] == NULL) {
            return "Date, Connection or Content-Length is not there";
        }
    }
    if (!is_like(head->values[DATE], head->lengths[DATE],
                 "AAA, 00 AAA 0000 00:00:00 GMT")) {
        return "its Date is not written as it should be";
    }
    if (!is_like(head->values[CONNECTION], head->lengths[CONNECTION],
                 "close")) {
        return "it does not say Connection: close";
    }
    if (head->lengths[LENGTH] > 9 ||
        strspn(head->values[LENGTH], "0123456789") != head->lengths[LENGTH]) {
        return "its Content-Length is not a number";
    }
    return NULL;
}

/* A page is whole, and has the fields that go with every page. */
static const char *check_page(const struct head *head, const char *content,
                              size_t length)
{
    static const char first[] = "<!DOCTYPE html>\n";
    static const char last[] = "</html>\n";

    if (length == 0) {
        return NULL;
    }
    if (length < sizeof first + sizeof last ||
        memcmp(content, first, sizeof first - 1) != 0 ||
        memcmp(content + length - (sizeof last - 1), last, sizeof last - 1) !=
            0) {
        return "its page breaks off, and its Content-Length says it is whole";
    }
    for (int i = TYPE; i <= NO_SNIFFING; i++) {
        if (head->values[i] == NULL) {
            return "its page comes without Content-Type, "
                   "Content-Security-Policy or X-Content-Type-Options";
        }
    }
    return NULL;
}

/* Reads the head from `*at` on, which moves behind it; gives what is wrong,
 * or NULL, or "" if it is not all there. */
static const char *read_head(struct head *head, const char **at,
                             const char *end)
{
    const char *line = *at;

    while (true) {
        const char *cr = memchr(line, '\r', (size_t)(end - line));
        const char *mistake = NULL;

        if (cr == NULL || cr + 1 == end) {
            return "";
        }
        if (cr[1] != '\n') {
            return "a line of its head does not end in CR LF";
        }
        if (line == *at) {
            head->code = status_line(line, (size_t)(cr - line));
            mistake = head->code == 0 ? "its status line is wrong" : NULL;
        } else if (cr == line) {
            *at = cr + 2;
            return check_fields(head);
        } else {
            mistake = take_field(head, line, (size_t)(cr - line));
        }
        if (mistake != NULL) {
            return mistake;
        }
        line = cr + 2;
    }
}

struct answer_check answer_check(const struct answer *answer,
                                 const struct answer_wish *wish)
{
    struct head head = {.code = 0};
    const char *at = answer->data + answer_interim(answer);
    const char *end = answer->data + answer->length;
    const char *mistake;
    size_t length;
    size_t declared;

    if (answer_interim(answer) > 0 && !wish->may_have_100) {
        return wrong("a 100 Continue that nobody had asked for");
    }
    if (at == end) {
        return (struct answer_check){ANSWER_NONE, 0, NULL};
    }
    mistake = read_head(&head, &at, end);
    if (mistake != NULL) {
        return mistake[0] == '\0' ? (struct answer_check){ANSWER_CUT, 0, NULL}
                                  : wrong(mistake);
    }
    length = (size_t)(end - at);
    declared = strtoul(head.values[LENGTH], NULL, 10);
    if (length > (wish->head ? 0 : declared)) {
        return wrong("there is more content than its Content-Length says");
    }
    if (!wish->head && length < declared) {
        return (struct answer_check){ANSWER_CUT, 0, NULL};
    }
    mistake = check_page(&head, at, length);
    return mistake != NULL
               ? wrong(mistake)
               : (struct answer_check){ANSWER_WHOLE, head.code, NULL};
}
