/*
 * platform.h - everything that only Linux has is here.
 *
 * On other systems, or with -DPORTABLE, it is done with POSIX alone. platform.c
 * says what is lost then, for each piece.
 */
#ifndef NET_PLATFORM_H
#define NET_PLATFORM_H

#include <signal.h>
#include <stddef.h>
#include <sys/socket.h>

/*
 * The flags for every send of an answer. With them, a client that is gone makes
 * send fail with EPIPE, instead of killing the program with SIGPIPE. And the
 * last bytes wait for the end of the stream, which exchange_drain sends, so
 * that both go in one packet.
 */
#if defined(__linux__) && !defined(PORTABLE)
#define SEND_FLAGS (MSG_NOSIGNAL | MSG_MORE)
#define SEND_INTERIM_FLAGS MSG_NOSIGNAL /* for a 100 Continue */
#else
#define SEND_FLAGS 0 /* SIGPIPE is blocked (main_thread.h) */
#define SEND_INTERIM_FLAGS 0
#endif

/* Lets the kernel keep clients that have sent nothing yet, for about a second,
 * so that no thread has to wait for their first bytes. */
void platform_defer_accept(int listening_socket);

/* Makes sure that calls on a client's socket block. Returns 0, or -1 with
 * errno. */
int platform_make_blocking(int client_sock);

/* Waits for one of the signals, which must be blocked, for at most so many
 * milliseconds (less than 1000). Returns its number, or 0. */
int platform_wait_for_signal(const sigset_t *signals, long milliseconds);

/* platform_trim_memory gives memory that was freed back to the system. To give
 * back all of it, call platform_share_heap before the first thread starts. */
void platform_share_heap(void);
void platform_trim_memory(void);

/* Returns what an errno means: in `text`, which has `size` bytes, or a
 * constant. It is English, because the program sets no locale. */
const char *platform_error_text(int error, char *text, size_t size);

/* Returns how the program was started, such as "build/stage6/webserve". */
const char *platform_program_name(void);

#endif
