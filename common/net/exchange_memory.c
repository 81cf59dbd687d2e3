/* exchange_memory.c - the contract is in exchange_memory.h. */
#include "exchange_memory.h"

#include "budget.h"

/* What the path takes, per byte: a copy, and each byte escaped on the page. */
static const size_t path_per_byte = 7;

/* What the fields of a header section take when they are parsed, per byte: four
 * make the shortest field line, and the list doubles when it grows. */
static const size_t fields_per_byte = 2 * sizeof(struct header) / 4;

/* What this client makes the server hold, with what comes next before it waits
 * again: the fields, when the head is parsed; `more` bytes of content; and the
 * page, which takes at most as much as is known until it is made. */
static uint64_t measure(const struct exchange *exchange, size_t more)
{
    const struct request *request = &exchange->request;
    uint64_t page = exchange->response.content.capacity;
    uint64_t fields = request->length > 0
                          ? request->headers.capacity * sizeof(struct header)
                          : exchange->received.length * fields_per_byte;

    return exchange->received.capacity + fields +
           request->head.request_line_length * path_per_byte +
           exchange->piece.capacity +
           buffer_capacity_for(&exchange->content.octets, more) +
           exchange->decoded +
           (page > exchange->shown ? page : exchange->shown);
}

enum verdict exchange_count(struct exchange *exchange, size_t more)
{
    return budget_hold(&exchange->held, measure(exchange, more)) == 0
               ? VERDICT_INCOMPLETE
               : VERDICT_OVER_BUDGET;
}
