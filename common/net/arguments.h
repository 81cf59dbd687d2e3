/*
 * arguments.h - reads the command line: webserve [INTERFACE [PORT]]
 */
#ifndef NET_ARGUMENTS_H
#define NET_ARGUMENTS_H

struct arguments {
    const char *interface; /* by default 127.0.0.1 */
    const char *port;      /* by default 8080 */
};

enum arguments_result {
    ARGUMENTS_RUN,  /* interface and port are set */
    ARGUMENTS_HELP, /* the user asks for --help */
    ARGUMENTS_WRONG
};

/* The text for --help, and for wrong usage. */
extern const char arguments_usage[];

/* Reads the command line. The result points into `argv`, or to constants. */
enum arguments_result arguments_read(struct arguments *arguments, int argc,
                                     char **argv);

#endif
