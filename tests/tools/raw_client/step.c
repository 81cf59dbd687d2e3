/* step.c - parses a line of an exchange, and has it done. */
#include "step.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "action.h"

/* Undoes the escape after a backslash; gives what follows it, or NULL. */
static const char *expand_escape(const char *text, size_t connection,
                                 char **out)
{
    static const char names[] = "rnt0\\";
    static const char octets[] = "\r\n\t\0\\";
    const char *name = *text == '\0' ? NULL : strchr(names, *text);
    unsigned octet;

    if (name != NULL) {
        *(*out)++ = octets[name - names];
    } else if (*text == '#') {
        *out += sprintf(*out, "%zu", connection);
    } else if (*text == 'x' && sscanf(text + 1, "%2x", &octet) == 1) {
        *(*out)++ = (char)octet;
        text += 2;
    } else {
        return NULL;
    }
    return text + 1;
}

static enum outcome expand(struct step *step, const char *text,
                           size_t connection)
{
    /* An escape of two characters may become a number of twenty digits. */
    char *out = step->text = malloc(strlen(text) * 10 + 1);

    if (out == NULL) {
        return SYSTEM_FAILED;
    }
    while (text != NULL && *text != '\0') {
        if (*text == '\\') {
            text = expand_escape(text + 1, connection, &out);
        } else {
            *out++ = *text++;
        }
    }
    step->length = (size_t)(out - step->text);
    return text == NULL ? WRONG_USAGE : DONE;
}

static enum outcome parse(struct step *step, const char *line,
                          size_t connection)
{
    size_t name_length = strcspn(line, " ");
    const char *rest = line + name_length;

    step->action = action_find(line, name_length);
    if (step->action == NULL) {
        return WRONG_USAGE;
    }
    if (step->action->number) {
        size_t digits = *rest == ' ' ? strspn(rest + 1, "0123456789") : 0;

        if (digits == 0) {
            return WRONG_USAGE;
        }
        step->number = strtoul(rest + 1, NULL, 10);
        rest += 1 + digits;
    }
    if (*rest != (step->action->text ? ' ' : '\0')) {
        return WRONG_USAGE;
    }
    return expand(step, step->action->text ? rest + 1 : "", connection);
}

enum outcome step_take(const char *line, struct pollfd *connections,
                       size_t count)
{
    enum outcome outcome = DONE;
    bool once = false;

    for (size_t i = 0; i < count && outcome == DONE && !once; i++) {
        struct step step = {.text = NULL};

        outcome = parse(&step, line, i);
        if (outcome == DONE) {
            outcome = step.action->take(&step, &connections[i]);
            once = step.action->once;
        }
        free(step.text);
    }
    return outcome;
}
