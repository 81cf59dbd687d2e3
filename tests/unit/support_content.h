/* support_content.h - content, as the tests of it begin and add it. */
#ifndef UNIT_SUPPORT_CONTENT_H
#define UNIT_SUPPORT_CONTENT_H

#include "support.h"

#include "http/content.h"

/* Content that is chunked, or has that length. */
struct content begin_content(bool chunked, uint64_t length);

/* Adds pieces of `step` octets, each in memory of its own; gives what the
 * last one gave, and in `*used` where it ended. */
enum verdict add_in_steps(struct content *content, const char *data,
                          size_t length, size_t step, size_t *used);

#endif
