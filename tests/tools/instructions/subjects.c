/*
 * subjects.c - runs one subject, or lists them.
 *
 *     subjects           lists the subjects, one a line
 *     subjects NAME      does its work, in count_this; prints how many units of
 *                        work (octets, or answers) that was
 */
#include "subjects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct input input;

void input_take(struct buffer *text, size_t expect)
{
    input = (struct input){.data = text->data,
                           .length = text->length,
                           .piece = text->length,
                           .expect = expect};
}

/* Several, since the first allocations of a program cost more than later ones;
 * of large inputs these are a small part, and ten do. */
static size_t turns(void)
{
    return input.length > 100000 ? 10 : 100;
}

/* The one function that callgrind counts; not inlined, or it had no name. */
__attribute__((noinline)) bool count_this(bool (*work)(void), size_t times);

bool count_this(bool (*work)(void), size_t times)
{
    bool right = true;

    for (size_t i = 0; i < times; i++) {
        right = work() && right;
    }
    return right;
}

static int run(const struct subject *subject)
{
    bool right;

    subject->prepare();
    right = count_this(subject->work, turns());
    if (right) {
        printf("%zu\n", input.length * turns());
    } else {
        (void)fprintf(stderr, "subjects: what %s gives is wrong\n",
                      subject->name);
    }
    free(input.data);
    return right ? 0 : 1;
}

int main(int argc, char **argv)
{
    const struct subject *const lists[] = {head_subjects, form_subjects,
                                           answer_subjects};

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        for (const struct subject *s = lists[i]; s->name != NULL; s++) {
            if (argc < 2) {
                puts(s->name);
            } else if (strcmp(argv[1], s->name) == 0) {
                return run(s);
            }
        }
    }
    return argc < 2 ? 0 : 2;
}
