/*
 * platform.h - the one place for what only Linux has.
 *
 * Elsewhere, or with -DPORTABLE, the same is done with POSIX alone; platform.c
 * says of each piece what is lost then.
 */
#ifndef NET_PLATFORM_H
#define NET_PLATFORM_H

#include <signal.h>
#include <stddef.h>
#include <sys/socket.h>

/*
 * The flags for every send of an answer. A client that is gone makes send fail
 * with EPIPE instead of killing the program with SIGPIPE; and the last bytes
 * wait for the end of the stream, to go with it in one packet: exchange_drain
 * sends that.
 */
#if defined(__linux__) && !defined(PORTABLE)
#define SEND_FLAGS (MSG_NOSIGNAL | MSG_MORE)
#define SEND_INTERIM_FLAGS MSG_NOSIGNAL /* for a 100 Continue */
#else
#define SEND_FLAGS 0 /* SIGPIPE is blocked, see main_thread.h */
#define SEND_INTERIM_FLAGS 0
#endif

/* Lets the kernel keep clients that have said nothing yet, for about a second,
 * so that no thread has to wait for their first bytes. */
void platform_defer_accept(int listening_socket);

/* Makes sure that calls on a client's socket block. Returns 0, or -1 with
 * errno. */
int platform_make_blocking(int client_sock);

/* Waits for one of the signals, which are blocked, for up to so many
 * milliseconds (below 1000). Returns its number, or 0. */
int platform_wait_for_signal(const sigset_t *signals, long milliseconds);

/* Gives memory that was freed back to the system: all of it, if the threads
 * share one heap since before the first of them started. */
void platform_share_heap(void);
void platform_trim_memory(void);

/* What an errno means, in English, since the program sets no locale: in `text`
 * of `size` bytes, or a constant. */
const char *platform_error_text(int error, char *text, size_t size);

/* How the program was started, for messages: "build/stage6/webserve". */
const char *platform_program_name(void);

#endif
