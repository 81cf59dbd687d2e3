/* reason_test.c - why the server cannot start, as a sentence. */
#include "support.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "net/reason.h"

static void reason_write_says_what_and_why(void **state)
{
    static const int errors[] = {EADDRINUSE, EACCES, EMFILE, ENOMEM};
    char reason[REASON_SIZE];
    char expected[REASON_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        reason_write(reason, "do this", errors[i]);
        (void)snprintf(expected, sizeof expected, "cannot do this: %s",
                       strerror(errors[i]));
        assert_string_equal(reason, expected);
    }
}

static void reason_write_of_too_much_is_cut(void **state)
{
    char what[2 * REASON_SIZE];
    char reason[REASON_SIZE];

    (void)state;
    memset(what, 'x', sizeof what - 1);
    what[sizeof what - 1] = '\0';
    reason_write(reason, what, EACCES);
    assert_non_null(memchr(reason, '\0', sizeof reason));
    assert_row_has(NULL, "the reason", reason, "cannot xx");
    assert_row_has(NULL, "the reason", reason, strerror(EACCES));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reason_write_says_what_and_why),
        cmocka_unit_test(reason_write_of_too_much_is_cut),
    };

    return run_all(tests);
}
