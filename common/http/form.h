/*
 * form.h - form data: application/x-www-form-urlencoded, as a query has it and
 * as a POST sends it. The counterpart of Python's parse_qs, with blank values
 * kept; pairs are in the order sent (URL standard, section 5.1).
 *
 *     for (size_t i = 0; i < form->count; i++) {
 *         struct form_pair pair = form_pair(form, i);
 *         ...
 *     }
 *
 * `a=1&b` is two pairs, `&&` is none; the name ends at the first `=`; `+` is a
 * space, %26 an octet; a broken escape, as in `100%`, is kept as it is. Names
 * and values may contain any octet, NUL too, so they carry their lengths.
 *
 * Pure. Threads: a form that is no longer changed may be read by any.
 */
#ifndef HTTP_FORM_H
#define HTTP_FORM_H

#include <stddef.h>
#include <stdint.h>

#include "verdict.h"

struct form_entry {
    uint32_t key; /* offset in the text; the key ends where its value begins,
                     the value where the next entry's key begins */
    uint32_t value;
};

struct form {
    size_t count;               /* pairs */
    char *text;                 /* owned: names and values, decoded */
    struct form_entry *entries; /* owned: `count` of them and one at the end */
};

/* A pair; it points into its form and is valid as long as that. */
struct form_pair {
    const char *key;
    size_t key_length;
    const char *value;
    size_t value_length;
};

/* Makes an empty form; allocates nothing. */
void form_init(struct form *form);

/* Frees what the form owns and makes it empty again. */
void form_release(struct form *form);

/*
 * Decodes the `length` octets at `data` (below 4 GiB) into an empty form.
 * Linear in time; takes `length` octets and at most 16 for each pair, 512 at
 * least. Returns done, or VERDICT_NO_MEMORY: then the form is empty. No data is
 * malformed.
 */
enum verdict form_parse(struct form *form, const char *data, size_t length);

/* The most bytes that form_parse takes for that data. */
size_t form_most(const char *data, size_t length);

/* Bytes of all names and values together. */
size_t form_length(const struct form *form);

/* The pair with that index; `index` is below form->count. */
struct form_pair form_pair(const struct form *form, size_t index);

#endif
