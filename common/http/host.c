/* host.c - checks hosts and ports; the contract is in host.h. */
#include "host.h"

#include <arpa/inet.h>
#include <string.h>

#include "characters.h"

static bool is_port(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!character_is_digit(text[i])) {
            return false;
        }
    }
    return true;
}

/* reg-name = *( unreserved / pct-encoded / sub-delims ). An IPv4 address is
 * one, too. */
static bool is_name(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '%' && length - i > 2 &&
            character_hex(text[i + 1]) != -1 &&
            character_hex(text[i + 2]) != -1) {
            i += 2;
        } else if (!character_is(text[i], CHARACTER_HOST)) {
            return false;
        }
    }
    return true;
}

static bool is_ipv6_address(const char *text, size_t length)
{
    char address[INET6_ADDRSTRLEN];
    struct in6_addr unused;

    if (length >= sizeof address || memchr(text, '\0', length) != NULL) {
        return false;
    }
    memcpy(address, text, length);
    address[length] = '\0';
    return inet_pton(AF_INET6, address, &unused) == 1;
}

/* IPvFuture = "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" ) */
static bool is_future_address(const char *text, size_t length)
{
    size_t i = 1;

    if (length == 0 || (text[0] != 'v' && text[0] != 'V')) {
        return false;
    }
    while (i < length && character_hex(text[i]) != -1) {
        i++;
    }
    if (i == 1 || length - i < 2 || text[i] != '.') {
        return false;
    }
    for (i++; i < length; i++) {
        if (text[i] != ':' && !character_is(text[i], CHARACTER_HOST)) {
            return false;
        }
    }
    return true;
}

/* Returns the length of what comes before the port's colon, if there is one. */
static size_t host_length(const char *text, size_t length)
{
    const char *end = NULL;

    if (length > 0 && text[0] == '[') {
        end = memchr(text, ']', length);
        return end == NULL ? length : (size_t)(end - text) + 1;
    }
    end = memchr(text, ':', length);
    return end == NULL ? length : (size_t)(end - text);
}

bool host_is_empty(const char *text, size_t length)
{
    return length == 0 || text[0] == ':';
}

bool host_is_valid(const char *text, size_t length)
{
    size_t host;

    if (length == 0) {
        return true;
    }
    host = host_length(text, length);
    if (host < length &&
        (text[host] != ':' || !is_port(text + host + 1, length - host - 1))) {
        return false;
    }
    if (text[0] != '[') {
        return is_name(text, host);
    }
    return host > 2 && text[host - 1] == ']' &&
           (is_ipv6_address(text + 1, host - 2) ||
            is_future_address(text + 1, host - 2));
}
