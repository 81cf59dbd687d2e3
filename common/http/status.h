/*
 * status.h - the reason phrases, as the assignment's httplib.responses.
 *
 * The codes and phrases of RFC 9110, section 15, and of RFC 6585.
 */
#ifndef HTTP_STATUS_H
#define HTTP_STATUS_H

/* The reason phrase of a status code: a constant, "" for a code that has none
 * (a status line may end in an empty phrase; RFC 9112, section 4). */
const char *status_reason(int code);

#endif
