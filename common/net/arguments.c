/* arguments.c - the contract is in arguments.h. */
#include "arguments.h"

#include <string.h>

#include "http/characters.h"

const char arguments_usage[] =
    "Usage: webserve [INTERFACE [PORT]]\n"
    "\n"
    "An HTTP/1.1 server that shows you the URL and the form data you send.\n"
    "\n"
    "  INTERFACE  the address or name to listen on (default: 127.0.0.1);\n"
    "             ::1 is for IPv6, and 0.0.0.0 means all interfaces\n"
    "  PORT       the port, 0 to 65535 (default: 8080); 0 means any free\n"
    "             port\n"
    "  --help     shows this text; so does -h\n"
    "\n"
    "The server prints where it listens, and logs to standard error.\n"
    "Stop it with Ctrl-C.\n";

enum arguments_result arguments_read(struct arguments *arguments, int argc,
                                     char **argv)
{
    *arguments = (struct arguments){"127.0.0.1", "8080"};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            return ARGUMENTS_HELP;
        }
        if (argv[i][0] == '-' && !(i == 2 && character_is_digit(argv[i][1]))) {
            return ARGUMENTS_WRONG; /* a negative port is a bad port */
        }
    }
    if (argc > 3) {
        return ARGUMENTS_WRONG;
    }
    if (argc > 1) {
        arguments->interface = argv[1];
    }
    if (argc > 2) {
        arguments->port = argv[2];
    }
    return ARGUMENTS_RUN;
}
