/*
 * address_test.c - addresses to listen on, and the sentence that says why there
 * is none.
 */
/* link: -Wl,--wrap=getaddrinfo,--wrap=getsockname,--wrap=getnameinfo */
#include "support.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/address.h"

/* ---- Calls that fail */

static int lookup_error; /* of getaddrinfo, which may look beyond this machine
                          */
static int name_error;   /* of getsockname, an errno */
static bool text_fails;  /* getnameinfo does */

STANDS_IN_FOR(int, getaddrinfo, const char *name, const char *service,
              const struct addrinfo *hints, struct addrinfo **found);
STANDS_IN_FOR(int, getsockname, int socket, struct sockaddr *address,
              socklen_t *length);
STANDS_IN_FOR(int, getnameinfo, const struct sockaddr *address,
              socklen_t length, char *host, socklen_t host_size, char *port,
              socklen_t port_size, int flags);

int __wrap_getaddrinfo(const char *name, const char *service,
                       const struct addrinfo *hints, struct addrinfo **found)
{
    errno = EMFILE;
    return lookup_error != 0 ? lookup_error
                             : __real_getaddrinfo(name, service, hints, found);
}

int __wrap_getsockname(int socket, struct sockaddr *address, socklen_t *length)
{
    errno = name_error;
    return name_error != 0 ? -1 : __real_getsockname(socket, address, length);
}

int __wrap_getnameinfo(const struct sockaddr *address, socklen_t length,
                       char *host, socklen_t host_size, char *port,
                       socklen_t port_size, int flags)
{
    return text_fails ? EAI_MEMORY
                      : __real_getnameinfo(address, length, host, host_size,
                                           port, port_size, flags);
}

/* ---- Looking up */

/* A name has one address or more, all of them for streams, with that port. */
static void check_found(const char *interface, int family, const char *port)
{
    char reason[REASON_SIZE] = "";
    struct addrinfo *addresses = address_look_up(interface, port, reason);

    assert_row_that(interface, addresses != NULL, "%s", reason);
    for (struct addrinfo *a = addresses; a != NULL; a = a->ai_next) {
        char found[16];

        assert_row(interface, "the type", a->ai_socktype, SOCK_STREAM);
        assert_row_that(interface, family == 0 || a->ai_family == family,
                        "the family is %d", a->ai_family);
        assert_int_equal(__real_getnameinfo(a->ai_addr, a->ai_addrlen, NULL, 0,
                                            found, sizeof found,
                                            NI_NUMERICSERV),
                         0);
        assert_string_equal(found, port);
    }
    freeaddrinfo(addresses);
}

static void address_look_up_of_addresses_and_names(void **state)
{
    (void)state;
    check_found("127.0.0.1", AF_INET, "8080");
    check_found("0.0.0.0", AF_INET, "0");
    check_found("::1", AF_INET6, "65535");
    check_found("::", AF_INET6, "80");
    check_found("localhost", 0, "1");
}

/* Ends the test unless there is one sentence that has `part` in it. */
static void check_reason(const char *reason, const char *part)
{
    assert_int_equal(strncmp(reason, "cannot ", 7), 0);
    assert_row_has(NULL, "the reason", reason, part);
    assert_row_lacks(NULL, "the reason", reason, "\n");
    assert_row_lacks(NULL, "the reason", reason, "Success");
}

static void check_fails(const char *interface, const char *port,
                        const char *part)
{
    char reason[REASON_SIZE];

    memset(reason, '?', sizeof reason);
    assert_null(address_look_up(interface, port, reason));
    assert_non_null(memchr(reason, '\0', sizeof reason));
    check_reason(reason, part);
}

static void address_look_up_of_a_bad_port(void **state)
{
    static const char *const ports[] = {"",
                                        "-1",
                                        "65536",
                                        "80x",
                                        "99999999999999999999",
                                        " 80",
                                        "80 ",
                                        "+80",
                                        "0x50",
                                        "http",
                                        "8.0",
                                        "99999",
                                        "18446744073709551696",
                                        "1e3",
                                        "\xD9\xA1"};

    (void)state;
    for (size_t i = 0; i < COUNT(ports); i++) {
        check_fails("127.0.0.1", ports[i], "a number from 0 to 65535");
        check_fails("127.0.0.1", ports[i], ports[i]);
    }
}

static void address_look_up_of_a_bad_interface(void **state)
{
    static const char *const interfaces[] = {"256.0.0.1", "127.0.0.1.1",
                                             "no such name", ":::"};

    (void)state;
    for (size_t i = 0; i < COUNT(interfaces); i++) {
        lookup_error = i % 2 == 0 ? EAI_NONAME : 0;
        check_fails(interfaces[i], "80", interfaces[i]);
    }
    lookup_error = EAI_SYSTEM;
    check_fails("localhost", "80", strerror(EMFILE));
    lookup_error = 0;
}

/* Not all interfaces, as getaddrinfo takes it. */
static void address_look_up_of_no_interface(void **state)
{
    static const char *const interfaces[] = {"", "*"};

    (void)state;
    for (size_t i = 0; i < COUNT(interfaces); i++) {
        check_fails(interfaces[i], "80", "0.0.0.0");
        check_fails(interfaces[i], "80", "::");
    }
}

/* The sentence is cut rather than too long. */
static void address_look_up_of_a_very_long_interface(void **state)
{
    char text[5000];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    lookup_error = EAI_NONAME;
    check_fails(text, "80", "'80'");
    lookup_error = 0;
    check_fails("127.0.0.1", text, "0 to 65535");
}

static void address_explain_names_interface_and_port(void **state)
{
    char reason[REASON_SIZE];

    (void)state;
    address_explain("127.0.0.1", "8080", EADDRINUSE, reason);
    check_reason(reason, "127.0.0.1");
    check_reason(reason, "8080");
    check_reason(reason, strerror(EADDRINUSE));
}

/* ---- Where it listens */

static int listen_on(int family, const struct sockaddr *address,
                     socklen_t length)
{
    int listening = socket(family, SOCK_STREAM, 0);

    if (listening != -1 && (bind(listening, address, length) == -1 ||
                            listen(listening, 1) == -1)) {
        assert_int_equal(close(listening), 0);
        return -1;
    }
    return listening;
}

static int listen_on_ipv4(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return listen_on(AF_INET, (struct sockaddr *)&address, sizeof address);
}

static void check_url(int listening, const char *host, in_port_t port)
{
    char url[ADDRESS_URL_SIZE];
    char reason[REASON_SIZE];
    char expected[ADDRESS_URL_SIZE];

    (void)snprintf(expected, sizeof expected, "http://%s:%d/", host,
                   ntohs(port));
    assert_int_equal(address_url(listening, url, reason), 0);
    assert_string_equal(url, expected);
}

static void address_url_has_the_port_that_was_taken(void **state)
{
    struct sockaddr_in taken;
    socklen_t length = sizeof taken;
    int listening = listen_on_ipv4();

    (void)state;
    assert_int_equal(
        __real_getsockname(listening, (struct sockaddr *)&taken, &length), 0);
    assert_int_not_equal(taken.sin_port, 0);
    check_url(listening, "127.0.0.1", taken.sin_port);
    assert_int_equal(close(listening), 0);
}

static void address_url_of_ipv6_has_brackets(void **state)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6,
                                   .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    socklen_t length = sizeof address;
    int listening =
        listen_on(AF_INET6, (struct sockaddr *)&address, sizeof address);

    (void)state;
    if (listening == -1) {
        return; /* this machine has no IPv6 */
    }
    assert_int_equal(
        __real_getsockname(listening, (struct sockaddr *)&address, &length), 0);
    check_url(listening, "[::1]", address.sin6_port);
    assert_int_equal(close(listening), 0);
}

static void address_url_of_what_cannot_be_found_out(void **state)
{
    char url[ADDRESS_URL_SIZE];
    char reason[REASON_SIZE];
    int listening = listen_on_ipv4();

    (void)state;
    name_error = ENOBUFS;
    assert_int_equal(address_url(listening, url, reason), -1);
    check_reason(reason, "port");
    check_reason(reason, strerror(ENOBUFS));
    name_error = 0;
    text_fails = true;
    assert_int_equal(address_url(listening, url, reason), -1);
    check_reason(reason, "port");
    check_reason(reason, gai_strerror(EAI_MEMORY));
    text_fails = false;
    assert_int_equal(close(listening), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address_look_up_of_addresses_and_names),
        cmocka_unit_test(address_look_up_of_a_bad_port),
        cmocka_unit_test(address_look_up_of_a_bad_interface),
        cmocka_unit_test(address_look_up_of_no_interface),
        cmocka_unit_test(address_look_up_of_a_very_long_interface),
        cmocka_unit_test(address_explain_names_interface_and_port),
        cmocka_unit_test(address_url_has_the_port_that_was_taken),
        cmocka_unit_test(address_url_of_ipv6_has_brackets),
        cmocka_unit_test(address_url_of_what_cannot_be_found_out),
    };

    return run_all(tests);
}
