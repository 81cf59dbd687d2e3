/* support_content.c - see support_content.h. */
#include "support_content.h"

#include <stdlib.h>

struct content begin_content(bool chunked, uint64_t length)
{
    struct request request;
    struct content content;
    enum verdict verdict;

    request_init(&request);
    request.framing.chunked = chunked;
    request.framing.length_given = !chunked;
    request.framing.length = length;
    content_init(&content);
    verdict = content_begin(&content, &request);
    assert_int_equal(verdict,
                     chunked || length > 0 ? VERDICT_INCOMPLETE : VERDICT_DONE);
    request_release(&request);
    return content;
}

enum verdict add_in_steps(struct content *content, const char *data,
                          size_t length, size_t step, size_t *used)
{
    enum verdict verdict = VERDICT_INCOMPLETE;

    *used = 0;
    while (*used < length && verdict == VERDICT_INCOMPLETE) {
        size_t size = length - *used < step ? length - *used : step;
        char *piece = exact_copy(data + *used, size);

        verdict = content_add(content, piece, size);
        free(piece);
        *used += size;
    }
    return verdict;
}
