/*
 * arguments.h - the command line: webserve [INTERFACE [PORT]]
 */
#ifndef NET_ARGUMENTS_H
#define NET_ARGUMENTS_H

struct arguments {
    const char *interface; /* 127.0.0.1 if it is not given */
    const char *port;      /* 8080 if it is not given */
};

enum arguments_result {
    ARGUMENTS_RUN,  /* interface and port are set */
    ARGUMENTS_HELP, /* --help was asked for */
    ARGUMENTS_WRONG
};

/* The text for --help, and for wrong usage. */
extern const char arguments_usage[];

/* Reads the command line. What the result points to lies in `argv`, or is a
 * constant. */
enum arguments_result arguments_read(struct arguments *arguments, int argc,
                                     char **argv);

#endif
