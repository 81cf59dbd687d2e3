/* forms.c - what it takes to decode form data, and to release the form. */
#include "subjects.h"

#include "http/form.h"

static void prepare_pairs(size_t count)
{
    static const char *const pairs[] = {
        "name=Ada+Lovelace&", "message=Hello%2C+world%21+It+works&",
        "city=London&", "comment=a+few+words+more+in+a+longer+field&",
        "token=0a1b2c3d4e5f&"};
    struct buffer text;

    buffer_init(&text);
    for (size_t i = 0; i < count; i++) {
        buffer_append_string(&text,
                             pairs[i % (sizeof pairs / sizeof pairs[0])]);
    }
    input_take(&text, count);
}

static void prepare_ordinary_form(void)
{
    prepare_pairs(80);
}

static void prepare_20000_pairs(void)
{
    prepare_pairs(20000);
}

static bool decode_form(void)
{
    struct form form;
    bool right;

    form_init(&form);
    right = form_parse(&form, input.data, input.length) == VERDICT_DONE &&
            form.count == input.expect;
    form_release(&form);
    return right;
}

const struct subject form_subjects[] = {
    {"form", prepare_ordinary_form, decode_form},
    {"form-of-20000-pairs", prepare_20000_pairs, decode_form},
    {.name = NULL},
};
