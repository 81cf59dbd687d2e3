/* response.c - writes an answer; the contract is in response.h. */
#include "response.h"

#include <string.h>

#include "characters.h"

/* Most heads fit in this many bytes. For the others, the buffer grows. */
static const size_t usual_head = 512;

static const char *const own_fields[] = {"Content-Length", "Transfer-Encoding",
                                         "Connection", "Date"};

/* RFC 9110, section 15, and RFC 6585 */
static const char *const reasons[] = {
    [100] = "Continue",
    [101] = "Switching Protocols",
    [200] = "OK",
    [201] = "Created",
    [202] = "Accepted",
    [203] = "Non-Authoritative Information",
    [204] = "No Content",
    [205] = "Reset Content",
    [206] = "Partial Content",
    [300] = "Multiple Choices",
    [301] = "Moved Permanently",
    [302] = "Found",
    [303] = "See Other",
    [304] = "Not Modified",
    [305] = "Use Proxy",
    [307] = "Temporary Redirect",
    [308] = "Permanent Redirect",
    [400] = "Bad Request",
    [401] = "Unauthorized",
    [402] = "Payment Required",
    [403] = "Forbidden",
    [404] = "Not Found",
    [405] = "Method Not Allowed",
    [406] = "Not Acceptable",
    [407] = "Proxy Authentication Required",
    [408] = "Request Timeout",
    [409] = "Conflict",
    [410] = "Gone",
    [411] = "Length Required",
    [412] = "Precondition Failed",
    [413] = "Content Too Large",
    [414] = "URI Too Long",
    [415] = "Unsupported Media Type",
    [416] = "Range Not Satisfiable",
    [417] = "Expectation Failed",
    [421] = "Misdirected Request",
    [422] = "Unprocessable Content",
    [426] = "Upgrade Required",
    [428] = "Precondition Required",
    [429] = "Too Many Requests",
    [431] = "Request Header Fields Too Large",
    [500] = "Internal Server Error",
    [501] = "Not Implemented",
    [502] = "Bad Gateway",
    [503] = "Service Unavailable",
    [504] = "Gateway Timeout",
    [505] = "HTTP Version Not Supported",
    [511] = "Network Authentication Required",
};

void response_init(struct response *response)
{
    response->code = 0;
    headers_init(&response->headers);
    buffer_init(&response->content);
}

void response_release(struct response *response)
{
    headers_release(&response->headers);
    buffer_release(&response->content);
    response_init(response);
}

static bool is_own(const struct header *field)
{
    for (size_t i = 0; i < sizeof own_fields / sizeof own_fields[0]; i++) {
        if (header_is(field, own_fields[i])) {
            return true;
        }
    }
    return false;
}

static bool field_is_valid(const struct header *field)
{
    const char *name_end = field->name + field->name_length;

    return field->name_length > 0 &&
           characters_skip(field->name, name_end, CHARACTER_TOKEN) ==
               name_end &&
           memchr(field->value, '\r', field->value_length) == NULL &&
           memchr(field->value, '\n', field->value_length) == NULL &&
           memchr(field->value, '\0', field->value_length) == NULL &&
           !is_own(field);
}

bool response_is_valid(const struct response *response)
{
    if (response->code < 200 || response->code > 599 ||
        response->headers.failed || response->content.failed) {
        return false;
    }
    for (size_t i = 0; i < response->headers.count; i++) {
        if (!field_is_valid(&response->headers.fields[i])) {
            return false;
        }
    }
    return true;
}

bool response_has_content(const struct response *response)
{
    return response->code != 204 && response->code != 205 &&
           response->code != 304;
}

const char *status_reason(int code)
{
    int count = (int)(sizeof reasons / sizeof reasons[0]);

    if (code < 0 || code >= count || reasons[code] == NULL) {
        return "";
    }
    return reasons[code];
}

/* A day in the calendar. */
struct date {
    unsigned year, month, day; /* month 0 is January */
};

/* Returns the date that is `days` after March 1 of the year 0. If a year begins
 * in March, a leap day is its last day, and the lengths of the months repeat
 * every five months, which are 153 days. 400 years are 146,097 days. */
static struct date find_date(unsigned days)
{
    unsigned of_era = days % 146097;
    unsigned year =
        (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
    unsigned month = (5 * of_year + 2) / 153; /* 0 is March */

    return (struct date){
        .year = days / 146097 * 400 + year + (month >= 10),
        .month = month < 10 ? month + 2 : month - 10,
        .day = of_year - (153 * month + 2) / 5 + 1,
    };
}

static void write_two_digits(char *text, unsigned number)
{
    text[0] = (char)('0' + number / 10 % 10);
    text[1] = (char)('0' + number % 10);
}

/* This does not use strftime, because the names in a Date are English in every
 * locale. It does not use gmtime_r, which takes five times as long, under a
 * lock that all threads share. */
void http_date(time_t time, char text[HTTP_DATE_SIZE])
{
    static const char weekdays[] = "WedThuFriSatSunMonTue"; /* from day 0 on */
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    static const uint64_t epoch = 719468 * UINT64_C(86400); /* 1970 */
    uint64_t seconds = (uint64_t)time + epoch;
    unsigned days = (unsigned)(seconds / 86400);
    unsigned of_day = (unsigned)(seconds % 86400);
    struct date date = find_date(days);

    memcpy(text, "Day, 00 Mon 0000 00:00:00 GMT", HTTP_DATE_SIZE);
    memcpy(text, weekdays + (size_t)(days % 7) * 3, 3);
    memcpy(text + 8, months + (size_t)date.month * 3, 3);
    write_two_digits(text + 5, date.day);
    write_two_digits(text + 12, date.year / 100);
    write_two_digits(text + 14, date.year);
    write_two_digits(text + 17, of_day / 3600);
    write_two_digits(text + 20, of_day / 60 % 60);
    write_two_digits(text + 23, of_day % 60);
}

void response_write_head(const struct response *response, time_t now,
                         struct buffer *head)
{
    char date[HTTP_DATE_SIZE];

    http_date(now, date);
    (void)buffer_reserve(head, usual_head); /* or sets `failed` */
    buffer_append_string(head, "HTTP/1.1 ");
    buffer_append_number(head, (uint64_t)response->code);
    buffer_append_string(head, " ");
    buffer_append_string(head, status_reason(response->code));
    buffer_append_string(head, "\r\nDate: ");
    buffer_append_string(head, date);
    buffer_append_string(head, "\r\nConnection: close\r\n");
    for (size_t i = 0; i < response->headers.count; i++) {
        const struct header *field = &response->headers.fields[i];

        buffer_append(head, field->name, field->name_length);
        buffer_append_string(head, ": ");
        buffer_append(head, field->value, field->value_length);
        buffer_append_string(head, "\r\n");
    }
    if (response_has_content(response)) {
        buffer_append_string(head, "Content-Length: ");
        buffer_append_number(head, response->content.length);
        buffer_append_string(head, "\r\n");
    } else if (response->code == 205) {
        buffer_append_string(head, "Content-Length: 0\r\n");
    }
    buffer_append_string(head, "\r\n");
}
