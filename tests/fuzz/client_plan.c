/* client_plan.c - the contract is in client.h. */
#include "client.h"

size_t client_read_plan(struct client_plan *plan, const char *data,
                        size_t length)
{
    unsigned octet = length == 0 ? 0 : (unsigned char)data[0];

    *plan = (struct client_plan){
        .cuts = (const unsigned char *)data + 1,
        .cut_count = (octet & 7) == 7 ? 1 : octet & 7,
        .waits = (octet & 8) != 0,
        .interrupted = (octet & 16) != 0,
        .small_sends = (octet & 32) != 0,
        .end = (octet >> 6) % 3,
    };
    if (length <= plan->cut_count) {
        plan->cut_count = 0;
        return length;
    }
    return 1 + plan->cut_count;
}
