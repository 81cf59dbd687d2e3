/*
 * budget.h - the memory that all connections may hold together, counted.
 *
 * An exchange counts what it holds before each wait, so that a client that
 * stalls holds nothing uncounted. Up to HELD_FREELY bytes each are not counted:
 * most requests never come here.
 *
 * Threads: any may call these; one lock guards the counts.
 */
#ifndef NET_BUDGET_H
#define NET_BUDGET_H

#include <stdint.h>

/*
 * Counts `wanted` bytes for an exchange instead of the `*held` that are counted
 * for it now. Returns 0, with *held changed; or -1 with errno ENOMEM, and
 * nothing changed, if all together would hold more than MEMORY_BUDGET.
 */
int budget_hold(uint64_t *held, uint64_t wanted);

/* Bytes that are held now, and bytes given back since the start. */
uint64_t budget_held(void);
uint64_t budget_given_back(void);

#endif
