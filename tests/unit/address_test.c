/*
 * address_test.c - the sentence that says why there is no address to listen on.
 * program.bats tests the addresses themselves.
 */
/* link: -Wl,--wrap=getaddrinfo */
#include "support.h"

#include <errno.h>
#include <string.h>

#include "net/address.h"

/* ---- A call that fails */

static int lookup_error; /* of getaddrinfo, which could ask other machines
                          */

STANDS_IN_FOR(int, getaddrinfo, const char *name, const char *service,
              const struct addrinfo *hints, struct addrinfo **found);

int __wrap_getaddrinfo(const char *name, const char *service,
                       const struct addrinfo *hints, struct addrinfo **found)
{
    errno = EMFILE;
    return lookup_error != 0 ? lookup_error
                             : __real_getaddrinfo(name, service, hints, found);
}

/* ---- Why there is none */

/* Ends the test unless the reason is one sentence with `part` in it. */
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

/* getaddrinfo would take it for all interfaces. */
static void address_look_up_of_no_interface(void **state)
{
    static const char *const interfaces[] = {"", "*"};

    (void)state;
    for (size_t i = 0; i < COUNT(interfaces); i++) {
        check_fails(interfaces[i], "80", "0.0.0.0");
        check_fails(interfaces[i], "80", "::");
    }
}

/* A sentence that is too long is cut. */
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address_look_up_of_a_bad_port),
        cmocka_unit_test(address_look_up_of_a_bad_interface),
        cmocka_unit_test(address_look_up_of_no_interface),
        cmocka_unit_test(address_look_up_of_a_very_long_interface),
        cmocka_unit_test(address_explain_names_interface_and_port),
    };

    return run_all(tests);
}
