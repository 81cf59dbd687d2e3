/*
 * html_fuzz.c - html_append: text from a client in a page.
 *
 * The input is the text. For any input:
 * - the escaped text has no < > " ', and has & only in the five references;
 * - it is UTF-8, and has no control characters except tab, LF and CR;
 * - with the references replaced, it is the text again, except that each
 *   character that is not shown and each ill-formed part is one U+FFFD;
 * - it has at most html_most bytes, at most 6 for each byte of the text, and
 *   what was in the page before stays;
 * - cut before any ASCII byte and appended in two pieces, it is the same.
 */
/* octets: 512 */
#include "fuzzer.h"

#include <stdlib.h>
#include <string.h>

#include "http/html.h"

static const char before[] = "<p>";

/* Reads a reference as a browser does, into `*octet`. Returns how many bytes
 * the reference has; 0 if it is not one of the five. */
static size_t read_reference(const char *text, size_t length, char *octet)
{
    static const struct {
        const char *reference;
        char octet;
    } references[] = {{"&amp;", '&'},
                      {"&lt;", '<'},
                      {"&gt;", '>'},
                      {"&quot;", '"'},
                      {"&#39;", '\''}};

    for (size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
        size_t octets = strlen(references[i].reference);

        if (octets <= length &&
            memcmp(text, references[i].reference, octets) == 0) {
            *octet = references[i].octet;
            return octets;
        }
    }
    return 0;
}

static void append_undone(struct buffer *undone, const char *text,
                          size_t length)
{
    size_t i = 0;

    while (i < length) {
        char octet = text[i];
        size_t octets = 1;

        hold(memchr("<>\"'", octet, 4) == NULL, "no < > \" ' is left");
        if (octet == '&') {
            octets = read_reference(text + i, length - i, &octet);
            hold(octets > 0, "each & begins one of the five references");
        }
        buffer_append(undone, &octet, 1);
        i += octets;
    }
}

static void append_expected(struct buffer *expected, const char *text,
                            size_t length)
{
    size_t i = 0;

    while (i < length) {
        long character;
        size_t octets = utf8_read(text + i, length - i, &character);

        if (is_shown(character)) {
            buffer_append(expected, text + i, octets);
        } else {
            buffer_append_string(expected, "\xEF\xBF\xBD");
        }
        i += octets;
    }
}

static void check_cut(const struct buffer *page, const char *text,
                      size_t length)
{
    size_t cut = length == 0 ? 0 : fingerprint(text, length) % length;
    struct buffer pieces;
    char *first;
    char *second;

    while (cut < length && (text[cut] & 0x80) != 0) {
        cut++;
    }
    first = exact_copy(text, cut);
    second = exact_copy(text + cut, length - cut);
    buffer_init(&pieces);
    buffer_append_string(&pieces, before);
    html_append(&pieces, first, cut);
    html_append(&pieces, second, length - cut);
    hold(same_octets(page->data, page->length, pieces.data, pieces.length),
         "escaped in two pieces, it is the same");
    buffer_release(&pieces);
    free(first);
    free(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = exact_copy((const char *)data, size);
    struct buffer page;
    struct buffer undone;
    struct buffer expected;
    size_t start = strlen(before);

    buffer_init(&page);
    buffer_init(&undone);
    buffer_init(&expected);
    buffer_append_string(&page, before);
    html_append(&page, text, size);
    hold(!page.failed, "there is memory");
    hold(memcmp(page.data, before, start) == 0,
         "what was in the page before stays");
    hold(page.length - start <= html_most(text, size),
         "it takes no more than html_most says");
    hold(html_most(text, size) <= 6 * size,
         "it takes at most 6 bytes for each byte");
    hold(is_clean_text(page.data, page.length), "the page is clean UTF-8");
    append_undone(&undone, page.data + start, page.length - start);
    append_expected(&expected, text, size);
    hold(
        same_octets(undone.data, undone.length, expected.data, expected.length),
        "with the references replaced, it is the text");
    check_cut(&page, text, size);
    buffer_release(&page);
    buffer_release(&undone);
    buffer_release(&expected);
    free(text);
    return 0;
}
