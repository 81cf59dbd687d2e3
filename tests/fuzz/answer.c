/* answer.c - the contract is in answer.h. */
#include "answer.h"

#include <string.h>

#include "support.h"

/* Octets that stand at the beginning of what is left. */
static bool begins(const char *text, const char *end, const char *string)
{
    size_t length = strlen(string);

    return (size_t)(end - text) >= length && memcmp(text, string, length) == 0;
}

/* The end of the line at `text`: its CR, with the LF behind it. */
static const char *line_end(const char *text, const char *end)
{
    const char *lf = memchr(text, '\n', (size_t)(end - text));

    hold(lf != NULL, "a line of the answer ends");
    hold(lf > text && lf[-1] == '\r', "a line of the answer ends in CR LF");
    hold(memchr(text, '\r', (size_t)(lf - text)) == lf - 1,
         "a line of the answer has one CR");
    hold(memchr(text, '\0', (size_t)(lf - text)) == NULL,
         "a line of the answer has no NUL");
    return lf - 1;
}

static int digit_of(char octet)
{
    hold(octet >= '0' && octet <= '9', "a number of the answer has digits");
    return octet - '0';
}

static const char *read_status_line(struct answer *answer, const char *text,
                                    const char *end)
{
    const char *last = line_end(text, end);

    hold(begins(text, last, "HTTP/1.1 "), "an answer begins with HTTP/1.1");
    text += 9;
    hold(last - text >= 4, "a status line has a code and a space");
    answer->code =
        digit_of(text[0]) * 100 + digit_of(text[1]) * 10 + digit_of(text[2]);
    hold(answer->code >= 200 && answer->code <= 599, "a code is 200 to 599");
    hold(text[3] == ' ', "a space stands behind the code");
    hold(is_clean_text(text, (size_t)(last - text)), "a phrase is plain text");
    return last + 2;
}

const char *answer_read_field(struct answer_field *field, const char *line,
                              const char *end)
{
    const char *last = line_end(line, end);
    const char *colon = memchr(line, ':', (size_t)(last - line));
    const char *value_end = last;

    hold(colon != NULL, "a field line has a colon");
    field->name = line;
    field->name_length = (size_t)(colon - line);
    hold(is_token(line, field->name_length), "a field's name is a token");
    field->value = colon + 1;
    while (field->value < value_end &&
           memchr(" \t", field->value[0], 2) != NULL) {
        field->value++;
    }
    while (value_end > field->value &&
           memchr(" \t", value_end[-1], 2) != NULL) {
        value_end--;
    }
    field->value_length = (size_t)(value_end - field->value);
    return last + 2;
}

/* The fields that decide about the answer, and how many there are of each. */
struct decisive {
    size_t dates;
    size_t connections;
    size_t lengths;
    size_t length; /* Content-Length */
};

static void check_date(const struct answer_field *field, time_t now)
{
    char date[64];
    struct tm tm;

    hold(gmtime_r(&now, &tm) != NULL, "the time has a date");
    hold(strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &tm) > 0,
         "the date can be written");
    hold(same_octets(field->value, field->value_length, date, strlen(date)),
         "Date tells the time, as IMF-fixdate");
}

static void take_field(struct decisive *decisive,
                       const struct answer_field *field, time_t now)
{
    if (same_name(field->name, field->name_length, "Date")) {
        decisive->dates++;
        check_date(field, now);
    } else if (same_name(field->name, field->name_length, "Connection")) {
        decisive->connections++;
        hold(same_octets(field->value, field->value_length, "close", 5),
             "Connection is close");
    } else if (same_name(field->name, field->name_length, "Content-Length")) {
        decisive->lengths++;
        hold(field->value_length > 0 && field->value_length < 16,
             "Content-Length is a number");
        hold(field->value[0] != '0' || field->value_length == 1,
             "Content-Length has no zeros in front");
        for (size_t i = 0; i < field->value_length; i++) {
            decisive->length =
                decisive->length * 10 + (size_t)digit_of(field->value[i]);
        }
    }
    hold(!same_name(field->name, field->name_length, "Transfer-Encoding"),
         "there is no Transfer-Encoding");
}

static void check_length(const struct answer *answer,
                         const struct decisive *decisive, bool head_only)
{
    bool without = answer->code == 204 || answer->code == 304;

    hold(decisive->dates == 1, "there is one Date");
    hold(decisive->connections == 1, "there is one Connection");
    hold(decisive->lengths == (without ? 0 : 1),
         "there is one Content-Length; with 204 and 304 none");
    hold(answer->code != 205 || decisive->length == 0, "205 has length 0");
    if (head_only) {
        hold(answer->content_length == 0, "to HEAD there is no content");
    } else {
        hold(answer->content_length == decisive->length,
             "Content-Length is exact");
    }
}

void answer_read(struct answer *answer, const char *data, size_t length,
                 bool head_only, time_t now)
{
    static const char interim[] = "HTTP/1.1 100 Continue\r\n\r\n";
    const char *end = data + length;
    const char *line = data;
    struct decisive decisive = {.dates = 0};

    *answer = (struct answer){.interims = 0};
    if (begins(line, end, interim)) {
        answer->interims = 1;
        line += sizeof interim - 1;
    }
    line = read_status_line(answer, line, end);
    answer->fields = line;
    while (!begins(line, end, "\r\n")) {
        struct answer_field field;

        line = answer_read_field(&field, line, end);
        take_field(&decisive, &field, now);
    }
    answer->fields_end = line;
    answer->content = line + 2;
    answer->content_length = (size_t)(end - answer->content);
    check_length(answer, &decisive, head_only);
}
