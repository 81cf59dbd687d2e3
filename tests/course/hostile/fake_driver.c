/*
 * fake_driver.c - in the driver, answers each call of delegate itself, with
 * octets that are no answer.
 * expects: any
 */
#include <string.h>
#include <unistd.h>

extern char *program_invocation_short_name;

__attribute__((constructor)) static void answer(void)
{
    static char nonsense[1 << 12];

    if (strcmp(program_invocation_short_name, "delegate_driver") == 0) {
        memset(nonsense, 0xFF, sizeof(nonsense));
        for (;;) {
            if (write(STDOUT_FILENO, nonsense, sizeof(nonsense)) < 0) {
                _exit(0);
            }
        }
    }
}
