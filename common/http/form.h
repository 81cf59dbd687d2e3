/*
 * form.h - decodes form data, application/x-www-form-urlencoded. A query has
 * this form, and so has the content of a POST. It works like Python's parse_qs
 * with blank values kept, and leaves the pairs in the order sent (URL standard,
 * section 5.1).
 *
 *     for (size_t i = 0; i < form->count; i++) {
 *         struct form_pair pair = form_pair(form, i);
 *         ...
 *     }
 *
 * `a=1&b` is two pairs, and `&&` is none. A name ends at the first `=`. `+` is
 * a space, and %26 is one byte. A broken escape, as in `100%`, is kept as it
 * is. Names and values may contain any byte, even NUL, so each has a length.
 *
 * Does no I/O. Threads: once a form no longer changes, any thread may read it.
 */
#ifndef HTTP_FORM_H
#define HTTP_FORM_H

#include <stddef.h>
#include <stdint.h>

#include "verdict.h"

struct form_entry {
    uint32_t key;   /* its offset in the text; it ends where the value begins */
    uint32_t value; /* it ends where the next entry's key begins */
};

struct form {
    size_t count;               /* how many pairs there are */
    char *text;                 /* owned: names and values, decoded */
    struct form_entry *entries; /* owned: `count` of them, and one at the end */
};

/* A pair. It points into its form, and is valid as long as the form is. */
struct form_pair {
    const char *key;
    size_t key_length;
    const char *value;
    size_t value_length;
};

/* Makes an empty form. Allocates nothing. */
void form_init(struct form *form);

/* Frees what the form owns, and makes it empty again. */
void form_release(struct form *form);

/*
 * Decodes the `length` bytes at `data` (less than 4 GiB) into an empty form.
 * Takes linear time. Allocates `length` bytes, and at most 16 for each pair
 * (512 at least). Returns done; or VERDICT_NO_MEMORY, and the form stays empty.
 * No data is malformed.
 */
enum verdict form_parse(struct form *form, const char *data, size_t length);

/* Returns the most bytes that form_parse would allocate for this data. */
size_t form_most(const char *data, size_t length);

/* Returns the length of all names and values together. */
size_t form_length(const struct form *form);

/* Returns the pair at `index`, which must be less than form->count. */
struct form_pair form_pair(const struct form *form, size_t index);

#endif
