/* support_answer.c - what every answer has; see support_client.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support_client.h"

/* Returns how often the field is in the header section of an answer. */
static size_t count_field(const char *field, const char *end)
{
    const char *found = strstr(client.answer, field);
    size_t count = 0;

    while (found != NULL && found <= end) {
        count++;
        found = strstr(found + 1, field);
    }
    return count;
}

/* A 5xx may have no Date (RFC 9110, section 6.6.1). */
static void check_fields(const char *end)
{
    static const char *const fields[] = {"\r\nDate: ",
                                         "\r\nConnection: close\r\n"};
    bool may_lack_date = strncmp(client.answer, "HTTP/1.1 5", 10) == 0;

    for (size_t i = 0; i < COUNT(fields); i++) {
        const char *name = fields[i] + 2;
        char what[64];

        if (i == 0 && may_lack_date && count_field(fields[i], end) == 0) {
            continue;
        }
        (void)snprintf(what, sizeof what, "the answer says %.*s",
                       (int)strcspn(name, "\r"), name);
        row_times(what, count_field(fields[i], end), 1);
    }
}

static void check_content(const char *end, bool has_content)
{
    const char *length = strstr(client.answer, "\r\nContent-Length: ");
    size_t octets = client.answer_length - (size_t)(end + 4 - client.answer);

    if (!has_content) {
        row_number("the length of the content of an answer without content",
                   octets, 0);
        return;
    }
    if (length == NULL || length > end) {
        row_fails("the answer has no Content-Length; it is: %s",
                  shown_string(client.answer));
        return;
    }
    if (strtoul(length + 18, NULL, 10) != octets) {
        row_fails("the answer says Content-Length: %lu, but has %zu bytes "
                  "of content",
                  strtoul(length + 18, NULL, 10), octets);
    }
}

const char *check_answer_at(const char *status_line, bool has_content)
{
    const char *sent = client.answer;
    const char *end = strstr(sent, "\r\n\r\n");
    size_t line = strlen(status_line);

    if (client.answer_length == 0) {
        row_fails("nothing was sent; expected: %s", status_line);
    }
    if (strncmp(sent, status_line, line) != 0 ||
        strncmp(sent + line, "\r\n", 2) != 0) {
        row_fails("the answer begins with %s, not with %s",
                  shown(sent, strcspn(sent, "\r")), shown_string(status_line));
    }
    if (end == NULL) {
        row_fails("the header section of the answer has no end; it is: %s",
                  shown_string(sent));
        return "";
    }
    check_fields(end);
    check_content(end, has_content);
    return end + 4;
}

void check_no_answer(const char *row)
{
    assert_row_that(row, client.answer_length == 0,
                    "an answer came, although none was due: %s",
                    shown_string(client.answer));
}
