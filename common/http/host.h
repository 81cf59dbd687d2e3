/*
 * host.h - is this a host, with or without a port?
 */
#ifndef HTTP_HOST_H
#define HTTP_HOST_H

#include <stdbool.h>
#include <stddef.h>

/*
 * True if `text` is uri-host [ ":" port ] (RFC 9110, section 7.2; RFC 3986,
 * section 3.2.2): a name, an IPv4 address, or an IPv6 address in brackets. The
 * name and the port may be empty, as the grammar has it. A userinfo (user@)
 * makes it false.
 */
bool host_is_valid(const char *text, size_t length);

/* True if the host before the port has no octet, as in "" and ":80". */
bool host_is_empty(const char *text, size_t length);

#endif
