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

static void arguments_read_of_each_line(void **state)
{
    static const struct {
        const char *line[5];
        enum arguments_result result;
        const char *interface; /* of what runs */
        const char *port;
    } rows[] = {
        {{"webserve"}, ARGUMENTS_RUN, "127.0.0.1", "8080"},
        {{"webserve", "::1"}, ARGUMENTS_RUN, "::1", "8080"},
        {{"webserve", "localhost", "0"}, ARGUMENTS_RUN, "localhost", "0"},
        {{"webserve", "", "80"}, ARGUMENTS_RUN, "", "80"},
        {{"webserve", "::1", "no port"}, ARGUMENTS_RUN, "::1", "no port"},
        {{"webserve", "::1", ""}, ARGUMENTS_RUN, "::1", ""},
        {{"webserve", "::1", "-5"}, ARGUMENTS_RUN, "::1", "-5"},
        {{NULL}, ARGUMENTS_RUN, "127.0.0.1", "8080"},
        {{"webserve", "--help"}, ARGUMENTS_HELP, NULL, NULL},
        {{"webserve", "-h"}, ARGUMENTS_HELP, NULL, NULL},
        {{"webserve", "::1", "--help"}, ARGUMENTS_HELP, NULL, NULL},
        {{"webserve", "::1", "80", "--help"}, ARGUMENTS_HELP, NULL, NULL},
        {{"webserve", "::1", "80", "more"}, ARGUMENTS_WRONG, NULL, NULL},
        {{"webserve", "--port"}, ARGUMENTS_WRONG, NULL, NULL},
        {{"webserve", "-p"}, ARGUMENTS_WRONG, NULL, NULL},
        {{"webserve", "-5"}, ARGUMENTS_WRONG, NULL, NULL},
        {{"webserve", "--helpful"}, ARGUMENTS_WRONG, NULL, NULL},
        {{"webserve", "-"}, ARGUMENTS_WRONG, NULL, NULL},
        {{"webserve", "--"}, ARGUMENTS_WRONG, NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct arguments arguments = {NULL, NULL};

        say_place("row %zu", i);
        assert_row(NULL, "the result", read_line(&arguments, rows[i].line),
                   rows[i].result);
        if (rows[i].result == ARGUMENTS_RUN) {
            assert_string_equal(arguments.interface, rows[i].interface);
            assert_string_equal(arguments.port, rows[i].port);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_read_of_each_line),
    };

    return run_all(tests);
}
