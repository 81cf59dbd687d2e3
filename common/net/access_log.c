/* access_log.c - the access log; the contract is in access_log.h. */
#include "access_log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "limits.h"
#include "response.h"
#include "turns.h"

static void write_address(const struct sockaddr_storage *client, char *text,
                          socklen_t size)
{
    const void *address = NULL;

    if (client != NULL && client->ss_family == AF_INET) {
        address = &((const struct sockaddr_in *)client)->sin_addr;
    } else if (client != NULL && client->ss_family == AF_INET6) {
        address = &((const struct sockaddr_in6 *)client)->sin6_addr;
    }
    if (address == NULL ||
        inet_ntop(client->ss_family, address, text, size) == NULL) {
        text[0] = '-';
        text[1] = '\0';
    }
}

/* Appends one octet of the request line as it stands in the log. */
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

/* The request line from `out` on, at most until `end`. */
static char *write_request_line(char *out, const char *end,
                                const struct access_log_entry *entry)
{
    static const char cut[] = "...";
    size_t i = 0;

    /* The longest escape and the mark of a cut have room. */
    while (i < entry->request_line_length && end - out >= 4 + 3) {
        out = escape(out, entry->request_line[i++]);
    }
    if (i < entry->request_line_length) {
        memcpy(out, cut, 3);
        out += 3;
    }
    if (entry->request_line_length == 0) {
        *out++ = '-';
    }
    return out;
}

static void write_end(const struct access_log_entry *entry, char *text,
                      size_t size)
{
    int length = 0;

    if (entry->code == 0) {
        length = snprintf(text, size, "\" - ");
    } else {
        length = snprintf(text, size, "\" %d ", entry->code);
    }
    if (entry->octets == 0) {
        (void)snprintf(text + length, size - (size_t)length, "-\n");
    } else {
        (void)snprintf(text + length, size - (size_t)length, "%" PRIu64 "\n",
                       entry->octets);
    }
}

/* True if a line can be written without waiting for the log's reader. */
static bool log_is_ready(void)
{
    struct pollfd log = {.fd = STDERR_FILENO, .events = POLLOUT};

    return poll(&log, 1, 0) > 0;
}

void access_log_write(const struct access_log_entry *entry)
{
    char line[LOG_LINE_MOST];
    char address[INET6_ADDRSTRLEN];
    char date[HTTP_DATE_SIZE];
    char end[40];
    char *out = line;

    write_address(entry->client, address, sizeof address);
    http_date(entry->time, date);
    out += snprintf(line, sizeof line, "%s - - [%.2s/%.3s/%.4s:%.8s +0000] \"",
                    address, date + 5, date + 8, date + 12, date + 17);
    write_end(entry, end, sizeof end);
    out = write_request_line(out, line + sizeof line - strlen(end), entry);
    memcpy(out, end, strlen(end));
    out += strlen(end);
    if (turns_are_crowded() && !log_is_ready()) {
        return;
    }
    while (write(STDERR_FILENO, line, (size_t)(out - line)) == -1 &&
           errno == EINTR) {
    }
}
