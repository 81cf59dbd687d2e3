/* framing_check.c - the contract is in framing_check.h. */
#include "framing_check.h"

#include <string.h>

#include "support.h"

/* The transfer codings of all fields, as one list. */
struct codings {
    size_t chunked; /* how many of them are chunked */
    bool last;      /* the last one is */
    bool quoted;    /* there is a quoted string, which may hold a comma */
};

static void read_codings(struct codings *codings, const char *value,
                         size_t length)
{
    size_t at = 0;

    while (at < length) {
        const char *comma = memchr(value + at, ',', length - at);
        size_t next = comma == NULL ? length : (size_t)(comma - value);
        size_t end = next;

        while (at < end && memchr(" \t", value[at], 2) != NULL) {
            at++;
        }
        while (end > at && memchr(" \t", value[end - 1], 2) != NULL) {
            end--;
        }
        if (end > at) {
            codings->last = same_name(value + at, end - at, "chunked");
            codings->chunked += codings->last;
        }
        at = next + 1;
    }
    if (memchr(value, '"', length) != NULL) {
        codings->quoted = true;
    }
}

static void check_length(const struct framing *framing, const char *value,
                         size_t length)
{
    uint64_t number = 0;

    hold(length > 0, "a length has digits");
    for (size_t i = 0; i < length; i++) {
        unsigned digit = (unsigned)value[i] - '0';

        hold(digit <= 9, "a length has digits alone");
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, digit, &number)) {
            hold(framing->length == UINT64_MAX, "a length is never cut");
            return;
        }
    }
    hold(framing->length == number, "the length is the number that is given");
}

void framing_check(const struct request *request)
{
    const struct framing *framing = &request->framing;
    size_t lengths = 0;
    size_t coded = 0;
    struct codings codings = {.chunked = 0};

    for (size_t i = 0; i < request->headers.count; i++) {
        const struct header *field = &request->headers.fields[i];

        if (same_name(field->name, field->name_length, "Content-Length")) {
            lengths++;
            check_length(framing, field->value, field->value_length);
        }
        if (same_name(field->name, field->name_length, "Transfer-Encoding")) {
            coded++;
            read_codings(&codings, field->value, field->value_length);
        }
    }
    hold(coded == 0 || codings.quoted || codings.last,
         "chunked is the last coding");
    hold(coded == 0 || codings.quoted || codings.chunked == 1,
         "chunked is a coding once");
    hold(framing->length_given == (lengths > 0),
         "a length is given by a field");
    hold(framing->chunked == (coded > 0), "chunked is given by a field");
    hold(lengths == 0 || coded == 0, "there is one framing");
    hold(lengths > 0 || framing->length == 0, "without a field it is empty");
}
