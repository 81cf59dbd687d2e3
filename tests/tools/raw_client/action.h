/*
 * action.h - what each step of an exchange does; raw_client.c documents them.
 */
#ifndef TOOLS_ACTION_H
#define TOOLS_ACTION_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#include "step.h"

struct step {
    const struct action *action;
    size_t number;
    char *text; /* owned: its escapes undone */
    size_t length;
};

struct action {
    const char *name;
    enum outcome (*take)(const struct step *step, struct pollfd *at);
    bool number; /* follows the name */
    bool text;   /* follows that */
    bool once;   /* taken once, not on each connection */
};

/* The action of that name, a constant, or NULL. */
const struct action *action_find(const char *name, size_t length);

#endif
