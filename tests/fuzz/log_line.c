/* log_line.c - the contract is in log_line.h. */
#include "log_line.h"

#include <string.h>

#include "support.h"

/* A number, or a `-`, which stands for 0. */
static size_t read_logged(const char **text, const char *end)
{
    size_t number = 0;

    if (*text < end && **text == '-') {
        ++*text;
        return 0;
    }
    hold(*text<end &&* * text> '0' && **text <= '9',
         "a number of the log is a `-` or a plain one");
    while (*text < end && **text >= '0' && **text <= '9') {
        number = number * 10 + (size_t)(*(*text)++ - '0');
    }
    return number;
}

void log_line_read(const char *line, size_t length, int *code, size_t *octets)
{
    static const char before[] =
        "192.0.2.1 - - [06/Nov/1994:08:49:37 +0000] \"";
    const char *text = line;
    const char *end = text + length;

    hold(length > sizeof before + 4 && end[-1] == '\n' &&
             memcmp(text, before, sizeof before - 1) == 0,
         "a line of the log tells address and time");
    text += sizeof before - 1;
    while (text < end && *text != '"') {
        hold(*text >= ' ' && *text <= '~', "the log is printable");
        text += *text == '\\' ? 2 : 1;
    }
    hold(end - text > 4 && text[1] == ' ', "the request line is quoted");
    text += 2;
    *code = (int)read_logged(&text, end);
    hold(*text++ == ' ', "a space stands before the octets");
    *octets = read_logged(&text, end);
    hold(text + 1 == end, "a line of the log ends behind the octets");
}
