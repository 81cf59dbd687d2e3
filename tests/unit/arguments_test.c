/* arguments_test.c - the command line. */
#include "support.h"

#include <string.h>

#include "net/arguments.h"

static enum arguments_result read_line(struct arguments *arguments,
                                       const char *const *line)
{
    static char words[6][32];
    char *argv[COUNT(words) + 1];
    int argc = 0;

    while (line[argc] != NULL) {
        strcpy(words[argc], line[argc]);
        argv[argc] = words[argc];
        argc++;
    }
    argv[argc] = NULL;
    return arguments_read(arguments, argc, argv);
}

static void arguments_read_of_what_runs(void **state)
{
    static const struct {
        const char *line[5];
        const char *interface;
        const char *port;
    } rows[] = {
        {{"webserve"}, "127.0.0.1", "8080"},
        {{"webserve", "::1"}, "::1", "8080"},
        {{"webserve", "localhost", "0"}, "localhost", "0"},
        {{"webserve", "", "80"}, "", "80"},
        {{"webserve", "127.0.0.1", "no port"}, "127.0.0.1", "no port"},
        {{"webserve", "127.0.0.1", ""}, "127.0.0.1", ""},
        {{"webserve", "127.0.0.1", "-5"}, "127.0.0.1", "-5"},
        {{NULL}, "127.0.0.1", "8080"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arguments arguments = {NULL, NULL};

        assert_int_equal(read_line(&arguments, rows[i].line), ARGUMENTS_RUN);
        assert_string_equal(arguments.interface, rows[i].interface);
        assert_string_equal(arguments.port, rows[i].port);
    }
}

static void arguments_read_of_a_call_for_help(void **state)
{
    static const char *const lines[][5] = {
        {"webserve", "--help"},
        {"webserve", "-h"},
        {"webserve", "127.0.0.1", "--help"},
        {"webserve", "127.0.0.1", "80", "--help"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct arguments arguments;

        assert_int_equal(read_line(&arguments, lines[i]), ARGUMENTS_HELP);
    }
}

static void arguments_read_of_wrong_usage(void **state)
{
    static const char *const lines[][5] = {
        {"webserve", "127.0.0.1", "80", "more"},
        {"webserve", "--port"},
        {"webserve", "-p"},
        {"webserve", "-5"},
        {"webserve", "--helpful"},
        {"webserve", "-"},
        {"webserve", "--"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct arguments arguments;

        assert_int_equal(read_line(&arguments, lines[i]), ARGUMENTS_WRONG);
    }
}

static void arguments_usage_tells_all(void **state)
{
    static const char *const words[] = {"INTERFACE", "PORT", "127.0.0.1",
                                        "8080", "--help"};

    (void)state;
    assert_int_equal(strncmp(arguments_usage, "Usage: webserve ", 16), 0);
    for (size_t i = 0; i < COUNT(words); i++) {
        assert_non_null(strstr(arguments_usage, words[i]));
    }
    assert_int_equal(arguments_usage[strlen(arguments_usage) - 1], '\n');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_read_of_what_runs),
        cmocka_unit_test(arguments_read_of_a_call_for_help),
        cmocka_unit_test(arguments_read_of_wrong_usage),
        cmocka_unit_test(arguments_usage_tells_all),
    };

    return run_all(tests);
}
