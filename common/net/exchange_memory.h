/*
 * exchange_memory.h - counts the memory that an exchange holds.
 *
 * This is for exchange.c and exchange_answer.c. Everyone else uses exchange.h.
 */
#ifndef NET_EXCHANGE_MEMORY_H
#define NET_EXCHANGE_MEMORY_H

#include "exchange.h"

/*
 * Counts in the budget what the exchange holds, and what it may hold before it
 * waits again: the fields, which it gets when the head is parsed; the most that
 * the page can take; and `more` bytes of content. Call it before each wait.
 * Returns VERDICT_INCOMPLETE or VERDICT_OVER_BUDGET.
 */
enum verdict exchange_count(struct exchange *exchange, size_t more);

#endif
