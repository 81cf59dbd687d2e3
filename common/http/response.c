/* response.c - an answer; the contract is in response.h. */
#include "response.h"

#include <string.h>

#include "characters.h"
#include "status.h"

static const char *const own_fields[] = {"Content-Length", "Transfer-Encoding",
                                         "Connection", "Date"};

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

/* Not strftime: the names in a Date are English in every locale. */
void http_date(time_t time, char text[HTTP_DATE_SIZE])
{
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed",
                                   "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm tm = {.tm_mday = 1, .tm_year = 70, .tm_wday = 4};
    int year;

    (void)gmtime_r(&time, &tm); /* fails beyond the year 2^31 only */
    year = tm.tm_year + 1900;
    memcpy(text, "Day, 00 Mon 0000 00:00:00 GMT", HTTP_DATE_SIZE);
    memcpy(text, days[tm.tm_wday], 3);
    memcpy(text + 8, months[tm.tm_mon], 3);
    text[5] = (char)('0' + tm.tm_mday / 10);
    text[6] = (char)('0' + tm.tm_mday % 10);
    for (int i = 15; i >= 12; i--) {
        text[i] = (char)('0' + year % 10);
        year /= 10;
    }
    text[17] = (char)('0' + tm.tm_hour / 10);
    text[18] = (char)('0' + tm.tm_hour % 10);
    text[20] = (char)('0' + tm.tm_min / 10);
    text[21] = (char)('0' + tm.tm_min % 10);
    text[23] = (char)('0' + tm.tm_sec / 10);
    text[24] = (char)('0' + tm.tm_sec % 10);
}

void response_write_head(const struct response *response, time_t now,
                         struct buffer *head)
{
    char date[HTTP_DATE_SIZE];

    http_date(now, date);
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
