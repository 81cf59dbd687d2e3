/* webserve.c - the main program of a threaded web server. */
#include "webserve.h"

#include <stdio.h>

#include "net/arguments.h"

int main(int argc, char **argv)
{
    struct arguments arguments;

    switch (arguments_read(&arguments, argc, argv)) {
    case ARGUMENTS_HELP:
        fputs(arguments_usage, stdout);
        return 0;
    case ARGUMENTS_WRONG:
        fputs(arguments_usage, stderr);
        return 2;
    case ARGUMENTS_RUN:
        break;
    }

    serve(arguments.interface, arguments.port);
    return 1; /* serve returns only if it cannot start */
}
