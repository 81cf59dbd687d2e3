/* reason.c - the contract is in reason.h. */
#include "reason.h"

#include <stdio.h>

#include "platform.h"

void reason_write(char reason[REASON_SIZE], const char *what, int error)
{
    char why[REASON_SIZE];

    (void)snprintf(reason, REASON_SIZE, "cannot %.200s: %.100s", what,
                   platform_error_text(error, why, sizeof why));
}
