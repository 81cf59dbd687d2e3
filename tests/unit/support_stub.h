/*
 * support_stub.h - a stub socket: a client that sends what it is told, in the
 * pieces it is told, and keeps what it is sent.
 *
 *     stub_open(request, request_length);
 *     stub.cuts[0] = 7;
 *     handle_connection(stub.socket, &address);
 *     stub_check(request);
 *     ... look at stub.sent, stub.log ...
 *     stub_close();
 *
 * After the last octet that the client sends, to wait for more is a fault, as
 * in the assignment's own tests, unless `ending` says otherwise. The socket is
 * a real one, so that it can be seen whether it was closed; what is received
 * and sent through it is the stub's.
 *
 * You can talk to it as to a socket: by read, recv, recvfrom, recvmsg, readv;
 * write, send, sendto, sendmsg, writev, dprintf; with poll, ppoll, select,
 * pselect; through fdopen and dup. A call waits if the real socket is not set
 * to O_NONBLOCK and MSG_DONTWAIT is not given, for as long as SO_RCVTIMEO and
 * SO_SNDTIMEO say. What it cannot do, epoll, ends the test.
 *
 * Its clock moves only in a wait or a sleep: none takes real time. A wait goes
 * on in steps of STUB_STEP_MS. After each one deadlines_look is called, as the
 * main thread calls it in the server; if SIGUSR1 comes, the call is
 * interrupted: it gives what it has moved so far, or fails with EINTR. A wait
 * that nothing ends, for an hour by the clock, ends the test, saying so. The
 * tests' own clock() is the processor's.
 *
 * It stands in place of system calls. Threads: none but the test's own.
 */
/* link: -Wl,--wrap=read,--wrap=readv,--wrap=recv,--wrap=recvfrom */
/* link: -Wl,--wrap=recvmsg,--wrap=write,--wrap=writev,--wrap=send */
/* link: -Wl,--wrap=sendto,--wrap=sendmsg,--wrap=dprintf,--wrap=vdprintf */
/* link: -Wl,--wrap=poll,--wrap=ppoll,--wrap=select,--wrap=pselect */
/* link: -Wl,--wrap=epoll_ctl,--wrap=ioctl,--wrap=close,--wrap=shutdown */
/* link: -Wl,--wrap=dup,--wrap=fdopen,--wrap=fileno,--wrap=setsockopt */
/* link: -Wl,--wrap=getpeername,--wrap=getsockname,--wrap=clock_gettime */
/* link: -Wl,--wrap=gettimeofday,--wrap=time,--wrap=sleep,--wrap=usleep */
/* link: -Wl,--wrap=nanosleep,--wrap=clock_nanosleep,--wrap=deadline_begin */
#ifndef UNIT_SUPPORT_STUB_H
#define UNIT_SUPPORT_STUB_H

#include "support.h"

#include <signal.h>
#include <sys/types.h>

/* A wait goes on by so many milliseconds at a time. */
#define STUB_STEP_MS 100

enum stub_ending {
    STUB_MUST_NOT_BE_ASKED, /* waiting for more is a fault */
    STUB_ENDS,              /* ends its side */
    STUB_RESETS,
    STUB_IS_SILENT /* nothing comes; each wait takes all of its time */
};

extern struct stub {
    int socket; /* -1: there is none, and all calls are the real ones */
    int peer;
    bool keeps_log;   /* without a socket, the log alone is the stub's */
    const char *data; /* what the client sends; NULL: any octets */
    size_t length;
    size_t cuts[2]; /* offsets at which a piece ends; 0: none */
    size_t step;    /* the longest piece; 0: any */
    enum stub_ending ending;
    bool leaves_when_answered; /* once the server's side has ended, it ends */
    bool waits;                /* each piece has to be waited for */
    uint64_t wait_takes;       /* milliseconds of waiting, until one comes */
    size_t interrupted;        /* so many calls fail with EINTR first */
    size_t send_most;          /* the most that is taken by one call; 0: any */
    bool send_waits;         /* each call but the first has to be waited for */
    size_t send_fails_after; /* octets; with send_error */
    int send_error;          /* 0: it does not fail */
    size_t takes_slowly;     /* octets that it takes in a step; 0: any */
    bool reads_to_send;      /* takes nothing until all it sends was read */
    bool send_stalls;        /* takes nothing, ever */
    void (*on_call)(void);   /* when it is received from or sent to; or NULL */
    uint64_t clock;          /* milliseconds */

    size_t given;      /* octets that were received from the client */
    bool ready;        /* the next piece has been waited for */
    uint64_t waited;   /* milliseconds, for the next piece */
    uint64_t takes_at; /* by the clock, when a slow client takes more */
    bool send_ready;
    bool asked_too_much;
    bool answered; /* the server's side has ended */
    size_t receives, sends, shutdowns, closes, writes;
    bool closed_before_log;
    size_t sent_length; /* may be more than fits */
    char log[8192];
    size_t log_length;
    bool left_unread; /* when it was closed, the client was not done sending */
    struct deadline *deadline; /* that the server registered last; or NULL */
    size_t descriptors;        /* open before the stub's own */
    size_t fruitless; /* calls that gave nothing, at one time by the clock */
    uint64_t fruitless_clock;
    uint64_t moved_clock; /* when octets last went one way or the other */
    int64_t date;         /* in seconds, when it was opened */
    int copies[4];        /* what dup gave */
    size_t copies_count;
    char sent[262144];
} stub;

/* How often SIGUSR1 came. */
extern volatile sig_atomic_t stub_signals;

/* The real one, for what is not the stub's. */
ssize_t __real_write(int descriptor, const void *data, size_t length);

/* How many descriptors are open. */
size_t count_descriptors(void);

/* A client that will send these octets, in one piece. */
void stub_open(const char *data, size_t length);

/* The end of the client; a descriptor that was leaked meanwhile is a fault. */
void stub_close(void);

/* After a test that ended in the middle: the stub is gone. */
void stub_forget(void);

/* Call it before an assertion that fails within the server: its exchange, which
 * will never end, is not looked at any more. */
void stub_give_up(void);

/* From now on, until stub_speak, what stdio writes to standard error is kept
 * as the log, where the C library can do that. */
void stub_listen(void);
void stub_speak(void);

/* Ends the test, naming the row, if the socket was not closed, once, or was
 * asked for more than the client sent. */
#define stub_check(row) (ROW_AT(row), stub_check_at())
void stub_check_at(void);

/* What was sent, as a string; "" for nothing. Octets behind a NUL cannot be
 * seen in it. */
const char *stub_sent(void);

/* Ends the test, naming the row, unless what was sent is one answer with that
 * status line, with the fields of the server's own there once, and with the
 * content whole. Gives the content. `has_content` is false for an answer to
 * HEAD, and for codes that have none. */
#define stub_check_answer(row, status_line, has_content)                       \
    (ROW_AT(row), stub_check_answer_at((status_line), (has_content)))
const char *stub_check_answer_at(const char *status_line, bool has_content);

#endif
