/* exchange_memory.c - the contract is in exchange_memory.h. */
#include "exchange_memory.h"

#include "budget.h"

/* What parsed fields take, per byte of the header section. The shortest field
 * line has four bytes, and the list doubles when it grows. */
static const size_t fields_per_byte = 2 * sizeof(struct header) / 4;

static uint64_t measure_fields(const struct exchange *exchange)
{
    const struct request *request = &exchange->request;

    return request->length > 0
               ? request->headers.capacity * sizeof(struct header)
               : exchange->received.length * fields_per_byte;
}

/* Returns what the page takes. Until it is made, that is the most that it can
 * take: its frame, the path with each byte escaped, and the forms. */
static uint64_t measure_page(const struct exchange *exchange)
{
    static const size_t frame = 2560;
    static const size_t escaped = 6;
    const struct buffer *page = &exchange->response.content;
    size_t path = exchange->request.head.request_line_length;

    return page->length > 0
               ? page->capacity
               : buffer_capacity_for(page, frame + path * escaped +
                                               (size_t)exchange->shown);
}

/* Returns what this client makes the server hold, and what comes next before it
 * waits again: the fields, when the head is parsed; `more` bytes of content; a
 * copy of the path; and the page. */
static uint64_t measure(const struct exchange *exchange, size_t more)
{
    return exchange->received.capacity + measure_fields(exchange) +
           exchange->request.head.request_line_length +
           exchange->piece.capacity +
           buffer_capacity_for(&exchange->content.octets, more) +
           exchange->decoded + measure_page(exchange);
}

enum verdict exchange_count(struct exchange *exchange, size_t more)
{
    return budget_hold(&exchange->held, measure(exchange, more)) == 0
               ? VERDICT_INCOMPLETE
               : VERDICT_OVER_BUDGET;
}
