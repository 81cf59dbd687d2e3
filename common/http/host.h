/*
 * host.h - checks a host, with or without a port.
 */
#ifndef HTTP_HOST_H
#define HTTP_HOST_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Returns true if `text` is uri-host [ ":" port ] (RFC 9110, section 7.2; RFC
 * 3986, section 3.2.2): a name, an IPv4 address, or an IPv6 address in
 * brackets. The grammar lets the name and the port be empty. A userinfo
 * (user@) is not allowed.
 */
bool host_is_valid(const char *text, size_t length);

/* Returns true if there is nothing before the port, as in "" and ":80". */
bool host_is_empty(const char *text, size_t length);

#endif
