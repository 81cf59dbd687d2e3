/* arguments.c - the contract is in arguments.h. */
#include "arguments.h"

#include <string.h>

#include "http/characters.h"

const char arguments_usage[] =
    "Usage: webserve [INTERFACE [PORT]]\n"
    "\n"
    "An HTTP/1.1 server that shows the URL and the form data it is sent.\n"
    "\n"
    "  INTERFACE  the address or name to listen on: 127.0.0.1 if it is not\n"
    "             given; ::1 for IPv6; 0.0.0.0 for all interfaces\n"
    "  PORT       the port, 0 to 65535: 8080 if it is not given; 0 takes a\n"
    "             free one\n"
    "  --help     shows this text, as -h does\n"
    "\n"
    "It prints where it listens; the access log goes to standard error.\n"
    "Ctrl-C ends it.\n";

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
