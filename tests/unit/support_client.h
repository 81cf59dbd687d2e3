/*
 * support_client.h - a client on a real connection, for the tests of
 * handle_connection:
 *
 *     open_client(request, request_length);
 *     client.cuts[0] = 7;
 *     handle();
 *     check_handled(request);
 *     ... look at client.answer, client.log ...
 *
 * The connection is TCP on the loopback interface, and the client is a thread.
 * So handle_connection can use any call on its socket. The client sends a piece
 * once the server has taken the one before, and keeps what it gets. It never
 * stays forever. If no answer comes within seconds of the whole request, it
 * ends its side, and notes that the server waited for more.
 *
 * While a client is silent, time passes quickly: the clock jumps ahead,
 * deadlines_look is called as the main thread does it, and poll, select,
 * SO_RCVTIMEO and SO_SNDTIMEO wait a thousandth of what they say.
 *
 * Threads: only the test's own thread calls these functions, and one client
 * runs at a time.
 */
/* link: -Wl,--wrap=close,--wrap=clock_gettime,--wrap=gettimeofday */
/* link: -Wl,--wrap=time,--wrap=poll,--wrap=ppoll,--wrap=select */
/* link: -Wl,--wrap=pselect,--wrap=setsockopt */
#ifndef UNIT_SUPPORT_CLIENT_H
#define UNIT_SUPPORT_CLIENT_H

#include "support.h"

#include <signal.h>
#include <stdatomic.h>

enum client_ending {
    CLIENT_WAITS,  /* for the answer; then it closes */
    CLIENT_ENDS,   /* ends its side, then reads */
    CLIENT_RESETS, /* resets the connection, without reading */
    CLIENT_IS_SILENT,
    CLIENT_IS_GONE /* closes before the server starts */
};

extern struct client {
    const char *data; /* what it sends */
    size_t length;
    size_t cuts[2]; /* where pieces end; 0: nowhere */
    size_t step;    /* the longest piece; 0: any */
    enum client_ending ending;
    bool interrupts;     /* the server's calls, by SIGUSR1, at each piece */
    bool reads_nothing;  /* and there is little room for the answer */
    size_t leaves_after; /* after this many bytes of the answer; 0: it stays */

    /* The result. */
    size_t answer_length; /* may be more than was kept */
    bool reset;           /* a reset ended the answer */
    bool asked_too_much;  /* the server waited for more than the request */
    bool left_open;       /* the socket, when handle_connection returned */
    bool closed_before_log;
    size_t wrong_closes; /* closes of descriptors that were not open */
    size_t leaked;       /* descriptors */
    size_t log_length;
    char log[8192]; /* what the server wrote to standard error */
    char answer[262144];
} client;

/* How often SIGUSR1 has come. */
extern volatile sig_atomic_t client_signals;

/* Sets up a client that will send these bytes, in one piece, and then wait. */
void open_client(const char *request, size_t length);

/* Starts the client, and calls handle_connection with its socket. */
void handle(void);

/* True in the thread that handles the connection. */
bool in_server_thread(void);

/* Ends the test, naming the row, if the socket was not closed exactly once, if
 * descriptors were leaked, or if the server waited for more than was sent. */
#define check_handled(row) (ROW_AT(row), check_handled_at())
void check_handled_at(void);

/* Ends the test, naming the row, unless the client got one answer with that
 * status line, with each of the server's own fields once, and with all of the
 * content. Returns the content. `has_content` is false for an answer to HEAD,
 * and for codes that have none. */
#define check_answer(row, status_line, has_content)                            \
    (ROW_AT(row), check_answer_at((status_line), (has_content)))
const char *check_answer_at(const char *status_line, bool has_content);

/* Ends the test, naming the row, if even one byte came. */
void check_no_answer(const char *row);

#endif
