/* reason.c - the contract is in reason.h. */
#include "reason.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

void reason_write(char reason[REASON_SIZE], const char *what, int error)
{
    locale_t english = newlocale(LC_ALL_MASK, "C", (locale_t)0);

    if (english == (locale_t)0) {
        (void)snprintf(reason, REASON_SIZE, "cannot %.200s: error %d", what,
                       error);
        return;
    }
    (void)snprintf(reason, REASON_SIZE, "cannot %.200s: %.100s", what,
                   strerror_l(error, english));
    freelocale(english);
}
