/*
 * budget.h - counts the memory that all connections hold together.
 *
 * An exchange counts what it holds before each wait. So a client that stalls
 * holds no memory that isn't counted. The first HELD_FREELY bytes of each
 * exchange don't count, and most requests need no more.
 *
 * Threads: any thread may call these functions. One lock guards the counts.
 */
#ifndef NET_BUDGET_H
#define NET_BUDGET_H

#include <stdint.h>

/*
 * Counts `wanted` bytes for an exchange, instead of the `*held` that are
 * counted for it now. Returns 0, and changes *held. If all exchanges together
 * would hold more than MEMORY_BUDGET, changes nothing, and returns -1 with
 * errno ENOMEM.
 */
int budget_hold(uint64_t *held, uint64_t wanted);

/* Return how many bytes are held now, and how many were given back so far. */
uint64_t budget_held(void);
uint64_t budget_given_back(void);

#endif
