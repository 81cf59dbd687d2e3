/* head.c - finds the end of the head; the contract is in head.h. */
#include "head.h"

#include <stdbool.h>
#include <string.h>

#include "limits.h"

/* Returns the length of the line without a CR at its end. */
static size_t without_cr(const char *line, size_t length)
{
    return length > 0 && line[length - 1] == '\r' ? length - 1 : length;
}

/* `line` is the request line, or what has come of it. Empty lines before it
 * count toward its limit. */
static enum verdict take_request_line(struct head *head, const char *line,
                                      size_t length)
{
    head->request_line = head->line_start;
    head->request_line_length = without_cr(line, length);
    if (head->request_line + head->request_line_length > REQUEST_LINE_MOST) {
        return VERDICT_REQUEST_LINE_TOO_LONG;
    }
    return VERDICT_INCOMPLETE;
}

/* A line is complete: its LF is at `end`. */
static enum verdict take_line(struct head *head, const char *data, size_t end)
{
    const char *line = data + head->line_start;
    size_t length = end - head->line_start;
    bool empty = length == 0 || (length == 1 && line[0] == '\r');
    enum verdict verdict = VERDICT_INCOMPLETE;

    if (head->section > 0) {
        if (empty) {
            head->length = end + 1;
            verdict = VERDICT_DONE;
        } else if (end + 1 - head->section > HEADER_SECTION_MOST) {
            verdict = VERDICT_HEADER_SECTION_TOO_LONG;
        }
    } else if (!empty) {
        verdict = take_request_line(head, line, length);
        head->section = end + 1;
    } else if (end + 1 > REQUEST_LINE_MOST) {
        verdict = VERDICT_REQUEST_LINE_TOO_LONG;
    }
    head->line_start = end + 1;
    return verdict;
}

/* The line that is still coming in may be over its limit already. */
static enum verdict check_rest(struct head *head, const char *data)
{
    const char *line = data + head->line_start;
    size_t come = head->scanned - head->line_start;
    size_t length = without_cr(line, come);

    if (length == 0) {
        return VERDICT_INCOMPLETE;
    }
    if (head->section == 0) {
        return take_request_line(head, line, come);
    }
    /* At least this much counts, and the CR LF or LF that is still to come. */
    if (head->line_start + length + 1 - head->section > HEADER_SECTION_MOST) {
        return VERDICT_HEADER_SECTION_TOO_LONG;
    }
    return VERDICT_INCOMPLETE;
}

enum verdict head_scan(struct head *head, const char *data, size_t length)
{
    enum verdict verdict = VERDICT_INCOMPLETE;

    while (verdict == VERDICT_INCOMPLETE && head->scanned < length) {
        const char *end =
            memchr(data + head->scanned, '\n', length - head->scanned);

        if (end == NULL) {
            head->scanned = length;
            return check_rest(head, data);
        }
        head->scanned = (size_t)(end - data) + 1;
        verdict = take_line(head, data, head->scanned - 1);
    }
    return verdict;
}
