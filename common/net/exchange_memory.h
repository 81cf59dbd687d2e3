/*
 * exchange_memory.h - what an exchange makes the server hold.
 *
 * For exchange.c and exchange_answer.c; everyone else uses exchange.h.
 */
#ifndef NET_EXCHANGE_MEMORY_H
#define NET_EXCHANGE_MEMORY_H

#include "exchange.h"

/*
 * Counts in the budget what the exchange holds, with what it will hold before
 * it waits again: the fields, when the head is parsed; the page, which takes at
 * most what is known until it is made; and `more` bytes of content. Call it
 * before each wait. Returns incomplete, or VERDICT_OVER_BUDGET.
 */
enum verdict exchange_count(struct exchange *exchange, size_t more);

#endif
