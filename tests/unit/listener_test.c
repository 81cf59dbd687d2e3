/*
 * listener_test.c - listening on addresses, names and ports, and the sentence
 * that says why it cannot be.
 */
/* link: -Wl,--wrap=listen,--wrap=getsockname,--wrap=getnameinfo */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "listener.h"

/* ---- Calls that fail */

static int listen_error;
static int name_error;
static bool lookup_fails;

int __real_listen(int socket, int length);
int __wrap_listen(int socket, int length);
int __real_getsockname(int socket, struct sockaddr *address, socklen_t *length);
int __wrap_getsockname(int socket, struct sockaddr *address, socklen_t *length);
int __real_getnameinfo(const struct sockaddr *address, socklen_t length,
                       char *host, socklen_t host_size, char *port,
                       socklen_t port_size, int flags);
int __wrap_getnameinfo(const struct sockaddr *address, socklen_t length,
                       char *host, socklen_t host_size, char *port,
                       socklen_t port_size, int flags);

int __wrap_listen(int socket, int length)
{
    if (listen_error != 0) {
        errno = listen_error;
        return -1;
    }
    return __real_listen(socket, length);
}

int __wrap_getsockname(int socket, struct sockaddr *address, socklen_t *length)
{
    if (name_error != 0) {
        errno = name_error;
        return -1;
    }
    return __real_getsockname(socket, address, length);
}

int __wrap_getnameinfo(const struct sockaddr *address, socklen_t length,
                       char *host, socklen_t host_size, char *port,
                       socklen_t port_size, int flags)
{
    return lookup_fails ? EAI_MEMORY
                        : __real_getnameinfo(address, length, host, host_size,
                                             port, port_size, flags);
}

/* ---- Helpers */

static size_t count_descriptors(void)
{
    size_t count = 0;

    for (int descriptor = 0; descriptor < 64; descriptor++) {
        count += fcntl(descriptor, F_GETFD) != -1;
    }
    return count;
}

/* The port in a URL, or 0. */
static int port_of(const char *url)
{
    const char *colon = strrchr(url, ':');

    return colon == NULL ? 0 : atoi(colon + 1);
}

/* Ends the test unless somebody can connect to the address of the socket. */
static void check_listens(int listening)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    int client;

    assert_int_equal(
        getsockname(listening, (struct sockaddr *)&address, &length), 0);
    client = socket(address.ss_family, SOCK_STREAM, 0);
    assert_int_equal(connect(client, (struct sockaddr *)&address, length), 0);
    assert_int_equal(close(client), 0);
}

/* Listens there, at a free port, and checks how the URL begins and ends. */
static void check_interface(const char *interface, const char *url)
{
    struct listener listener;

    assert_int_equal(listener_open(&listener, interface, "0"), 0);
    assert_row_octets(url, "the URL", listener.url,
                      strcspn(listener.url + 6, ":") + 6, url);
    assert_in_range(port_of(listener.url), 1, 65535);
    assert_int_equal(listener.url[strlen(listener.url) - 1], '/');
    check_listens(listener.socket);
    assert_int_equal(close(listener.socket), 0);
}

/* Ends the test unless it fails, with one sentence that has `part` in it and
 * names the interface and the port, and nothing is left open. */
static void check_fails(const char *interface, const char *port,
                        const char *part)
{
    size_t descriptors = count_descriptors();
    struct listener listener;

    memset(&listener, '?', sizeof listener);
    assert_int_equal(listener_open(&listener, interface, port), -1);
    assert_row(port, "the number of open descriptors", count_descriptors(),
               descriptors);
    assert_non_null(memchr(listener.reason, '\0', sizeof listener.reason));
    assert_row_lacks(listener.reason, "the reason", listener.reason, "?");
    assert_row_that(listener.reason, strlen(listener.reason) > 10,
                    "the reason is short: %s", listener.reason);
    assert_row_lacks(listener.reason, "the reason", listener.reason, "\n");
    assert_row_has(listener.reason, "the reason", listener.reason, part);
    assert_row_lacks(listener.reason, "the reason", listener.reason, "Success");
}

/* ---- Tests */

static void listener_open_on_ipv4(void **state)
{
    (void)state;
    check_interface("127.0.0.1", "http://127.0.0.1");
}

static void listener_open_on_a_name(void **state)
{
    struct listener listener;

    (void)state;
    assert_int_equal(listener_open(&listener, "localhost", "0"), 0);
    assert_in_range(port_of(listener.url), 1, 65535);
    check_listens(listener.socket);
    assert_int_equal(close(listener.socket), 0);
}

static void listener_open_on_all_interfaces(void **state)
{
    struct listener listener;

    (void)state;
    assert_int_equal(listener_open(&listener, "", "0"), 0);
    assert_in_range(port_of(listener.url), 1, 65535);
    check_listens(listener.socket);
    assert_int_equal(close(listener.socket), 0);
}

/* True if this machine has ::1. */
static bool has_ipv6(void)
{
    struct sockaddr_in6 address = {.sin6_family = AF_INET6,
                                   .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int probe = socket(AF_INET6, SOCK_STREAM, 0);
    bool has = probe != -1 &&
               bind(probe, (struct sockaddr *)&address, sizeof address) == 0;

    if (probe != -1) {
        assert_int_equal(close(probe), 0);
    }
    return has;
}

static void listener_open_on_ipv6(void **state)
{
    struct listener listener;

    (void)state;
    if (!has_ipv6()) {
        check_fails("::1", "0", "::1");
        return;
    }
    assert_int_equal(listener_open(&listener, "::1", "0"), 0);
    assert_int_equal(strncmp(listener.url, "http://[::1]:", 13), 0);
    check_listens(listener.socket);
    assert_int_equal(close(listener.socket), 0);
}

static void listener_open_on_a_given_port(void **state)
{
    struct listener listener;
    char port[16];
    char url[64];

    (void)state;
    assert_int_equal(listener_open(&listener, "127.0.0.1", "0"), 0);
    (void)snprintf(port, sizeof port, "%d", port_of(listener.url));
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%s/", port);
    assert_int_equal(close(listener.socket), 0);
    assert_int_equal(listener_open(&listener, "127.0.0.1", port), 0);
    assert_string_equal(listener.url, url);
    check_fails("127.0.0.1", port, "in use");
    check_fails("127.0.0.1", port, port);
    assert_int_equal(close(listener.socket), 0);
}

/* After a server that had clients, its port is not in use. */
static void listener_open_again_at_once(void **state)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    struct listener listener;
    char port[16];
    int client;
    int served;
    char octet;

    (void)state;
    assert_int_equal(listener_open(&listener, "127.0.0.1", "0"), 0);
    (void)snprintf(port, sizeof port, "%d", port_of(listener.url));
    assert_int_equal(
        getsockname(listener.socket, (struct sockaddr *)&address, &length), 0);
    client = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(client, (struct sockaddr *)&address, length), 0);
    assert_int_equal(send(client, "x", 1, 0), 1);
    served = accept(listener.socket, NULL, NULL);
    assert_int_not_equal(served, -1);
    assert_int_equal(recv(served, &octet, 1, 0), 1);
    assert_int_equal(close(served), 0); /* the server closes first */
    assert_int_equal(close(listener.socket), 0);
    assert_int_equal(listener_open(&listener, "127.0.0.1", port), 0);
    assert_int_equal(close(client), 0);
    assert_int_equal(close(listener.socket), 0);
}

static void listener_open_on_a_bad_port(void **state)
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
        check_fails("127.0.0.1", ports[i], "0 to 65535");
    }
}

static void listener_open_on_a_bad_interface(void **state)
{
    static const char *const interfaces[] = {
        "256.0.0.1", "127.0.0.1.1", "no such name", ":::", "203.0.113.77",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(interfaces); i++) {
        check_fails(interfaces[i], "0", interfaces[i]);
    }
}

/* The sentence is cut rather than too long. */
static void listener_open_on_a_very_long_interface(void **state)
{
    char interface[5000];

    (void)state;
    memset(interface, 'x', sizeof interface - 1);
    interface[sizeof interface - 1] = '\0';
    check_fails(interface, "0", "xxx");
    check_fails("127.0.0.1", interface, "0 to 65535");
}

static void listener_open_when_listening_fails(void **state)
{
    (void)state;
    listen_error = EADDRINUSE;
    check_fails("127.0.0.1", "0", "in use");
    listen_error = EACCES;
    check_fails("127.0.0.1", "0", "ermission");
    listen_error = 0;
}

static void listener_open_when_the_address_cannot_be_told(void **state)
{
    (void)state;
    name_error = ENOBUFS;
    check_fails("127.0.0.1", "0", "127.0.0.1");
    name_error = 0;
    lookup_fails = true;
    check_fails("127.0.0.1", "0", "127.0.0.1");
    lookup_fails = false;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(listener_open_on_ipv4),
        cmocka_unit_test(listener_open_on_a_name),
        cmocka_unit_test(listener_open_on_all_interfaces),
        cmocka_unit_test(listener_open_on_ipv6),
        cmocka_unit_test(listener_open_on_a_given_port),
        cmocka_unit_test(listener_open_again_at_once),
        cmocka_unit_test(listener_open_on_a_bad_port),
        cmocka_unit_test(listener_open_on_a_bad_interface),
        cmocka_unit_test(listener_open_on_a_very_long_interface),
        cmocka_unit_test(listener_open_when_listening_fails),
        cmocka_unit_test(listener_open_when_the_address_cannot_be_told),
    };

    return run_all(tests);
}
