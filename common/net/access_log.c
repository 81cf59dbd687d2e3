/* access_log.c - the access log; the contract is in access_log.h. */
#include "access_log.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "http/buffer.h"
#include "http/response.h"
#include "limits.h"
#include "log.h"

/* This function and those below append to the line, and return its new end.
 * They don't use snprintf, which took more time than everything else that an
 * exchange does outside the kernel. */
static char *append(char *out, const char *text, size_t length)
{
    memcpy(out, text, length);
    return out + length;
}

static char *append_ipv4(char *out, const struct sockaddr_in *client)
{
    unsigned char octets[4];

    memcpy(octets, &client->sin_addr, sizeof octets);
    for (size_t i = 0; i < sizeof octets; i++) {
        out += decimal_write(out, octets[i]);
        *out++ = '.';
    }
    return out - 1;
}

static char *append_address(char *out, const struct sockaddr_storage *client)
{
    char text[INET6_ADDRSTRLEN];
    const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6 *)client;

    if (client != NULL && client->ss_family == AF_INET) {
        return append_ipv4(out, (const struct sockaddr_in *)client);
    }
    if (client != NULL && client->ss_family == AF_INET6 &&
        inet_ntop(AF_INET6, &ipv6->sin6_addr, text, sizeof text) != NULL) {
        return append(out, text, strlen(text));
    }
    return append(out, "-", 1);
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" becomes "[06/Nov/1994:08:49:37 +0000]". */
static char *append_time(char *out, time_t time)
{
    char date[HTTP_DATE_SIZE];

    http_date(time, date);
    date[7] = date[11] = '/';
    date[16] = ':';
    out = append(out, "[", 1);
    out = append(out, date + 5, 20);
    return append(out, " +0000]", 7);
}

/* Appends one byte of the request line, as the log shows it. */
static char *escape(char *out, char octet)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char value = (unsigned char)octet;

    if (value < 0x20 || value > 0x7e) {
        *out++ = '\\';
        *out++ = 'x';
        *out++ = digits[value / 16];
        *out++ = digits[value % 16];
        return out;
    }
    if (octet == '"' || octet == '\\') {
        *out++ = '\\';
    }
    *out++ = octet;
    return out;
}

/* Appends the request line, at most until `end`. */
static char *append_request_line(char *out, const char *end,
                                 const struct access_log_entry *entry)
{
    static const char cut[] = "...";
    size_t i = 0;

    /* Leaves room for the longest escape and for the `...` of a cut. */
    while (i < entry->request_line_length && end - out >= 4 + 3) {
        out = escape(out, entry->request_line[i++]);
    }
    if (i < entry->request_line_length) {
        out = append(out, cut, 3);
    }
    if (entry->request_line_length == 0) {
        *out++ = '-';
    }
    return out;
}

/* Appends a number, or `-` for 0. */
static char *append_number(char *out, uint64_t number)
{
    if (number == 0) {
        *out++ = '-';
        return out;
    }
    return out + decimal_write(out, number);
}

/* Appends everything that follows the request line. */
static char *append_end(char *out, const struct access_log_entry *entry)
{
    out = append(out, "\" ", 2);
    out = append_number(out, (uint64_t)entry->code);
    *out++ = ' ';
    out = append_number(out, entry->bytes);
    *out++ = '\n';
    return out;
}

void access_log_add(const struct access_log_entry *entry)
{
    char line[LOG_LINE_MOST];
    char end[40];
    size_t end_length = (size_t)(append_end(end, entry) - end);
    char *out = append_address(line, entry->client);

    out = append(out, " - - ", 5);
    out = append_time(out, entry->time);
    out = append(out, " \"", 2);
    out = append_request_line(out, line + sizeof line - end_length, entry);
    out = append(out, end, end_length);
    log_write(line, (size_t)(out - line));
}
