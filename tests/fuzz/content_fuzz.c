/*
 * content_fuzz.c - framing_read, content_begin and content_add.
 *
 * The input is what follows `POST / HTTP/1.1` and a Host: field lines, an empty
 * line, content. For any input:
 * - the framing is what the fields say: one number, or chunked as the last
 *   coding and no length;
 * - read whole, in two pieces cut anywhere, and byte by byte, the verdict, the
 *   content and what is left after it are the same;
 * - the content is what a second decoder finds, and never over the limit;
 * - any bytes, sent by their length, or in chunks of any size with up to 16
 *   digits, come out as they were: decode(encode(x)) = x.
 */
/* octets: 3072 */
#include "fuzzer.h"

#include <stdlib.h>
#include <string.h>

#include "http/content.h"
#include "http/limits.h"

static const char start[] = "POST / HTTP/1.1\r\nHost: a\r\n";

/* What happened to a content. */
struct outcome {
    enum verdict verdict;
    struct content content;
    size_t left; /* bytes after its end, if it is done */
};

/* ---- The framing */

/* The transfer codings of all fields, as one list. */
struct codings {
    size_t chunked; /* how many of them are chunked */
    bool last;      /* the last one is chunked */
    bool quoted;    /* there is a quoted string, which may contain a comma */
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

        hold(digit <= 9, "a length has only digits");
        if (__builtin_mul_overflow(number, 10, &number) ||
            __builtin_add_overflow(number, digit, &number)) {
            hold(framing->length == UINT64_MAX, "a length is never cut");
            return;
        }
    }
    hold(framing->length == number, "the length is the number in the field");
}

/* There is Content-Length, and each one has this number; or Transfer-Encoding,
 * with chunked once and as the last coding; or neither, and then no content. */
static void check_framing(const struct request *request)
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
         "chunked is there once");
    hold(framing->length_given == (lengths > 0), "a field has the length");
    hold(framing->chunked == (coded > 0), "a field says chunked");
    hold(lengths == 0 || coded == 0, "there is only one framing");
    hold(lengths > 0 || framing->length == 0,
         "without a field, there is no content");
}

/* ---- Content, cut */

/* Reads the content in pieces: `first` bytes, then `step` each time. */
static void read_content(struct outcome *outcome, struct request *request,
                         const char *data, size_t size, size_t first,
                         size_t step)
{
    struct content *content = &outcome->content;
    size_t used = 0;
    size_t next = first;

    content_init(content);
    outcome->verdict = content_begin(content, request);
    while (outcome->verdict == VERDICT_INCOMPLETE && used < size) {
        size_t length = next < size - used ? next : size - used;
        char *piece = exact_copy(data + used, length);

        outcome->verdict = content_add(content, piece, length);
        used += length;
        next = step;
        free(piece);
    }
    outcome->left = size - used;
    hold(content->octets.length <= CONTENT_MOST,
         "the content is never over the limit");
}

/* The first byte after the content, read byte by byte: there, what is left is
 * exact. In larger pieces, `excess` says that there is some. */
static void check_cut(const struct outcome *exact, struct request *request,
                      const char *data, size_t size, size_t cut)
{
    struct outcome other;

    read_content(&other, request, data, size, cut, size);
    hold(other.verdict == exact->verdict,
         "cut into pieces, the verdict is the same");
    if (exact->verdict == VERDICT_DONE ||
        exact->verdict == VERDICT_INCOMPLETE) {
        hold(same_octets(
                 exact->content.octets.data, exact->content.octets.length,
                 other.content.octets.data, other.content.octets.length),
             "cut into pieces, the content is the same");
    }
    if (exact->verdict == VERDICT_DONE) {
        hold(exact->left >= other.left,
             "it does not ask for a piece after the end");
        hold(other.content.excess == (exact->left > other.left),
             "excess says that bytes follow the end");
    }
    content_release(&other.content);
}

/* ---- A second decoder, for content that was accepted */

/* The length of a line, including its CR LF. */
static size_t line_length(const char *text, size_t length)
{
    const char *end = memmem(text, length, "\r\n", 2);

    hold(end != NULL, "each line of the chunked coding ends in CR LF");
    return (size_t)(end - text) + 2;
}

static size_t decode_chunks(struct buffer *decoded, const char *data,
                            size_t size)
{
    size_t at = 0;
    size_t line;
    unsigned long chunk;

    do {
        char digits[17] = "";

        line = line_length(data + at, size - at);
        while (line > 3 && data[at] == '0') { /* leading zeros */
            at++;
            line--;
        }
        memcpy(digits, data + at, line - 2 < 16 ? line - 2 : 16);
        chunk = strtoul(digits, NULL, 16);
        at += line;
        if (chunk > 0) {
            hold(chunk + 2 <= size - at, "the chunk has come whole");
            buffer_append(decoded, data + at, chunk);
            at += chunk;
            hold(memcmp(data + at, "\r\n", 2) == 0, "a chunk ends in CR LF");
            at += 2;
        }
    } while (chunk > 0);
    do { /* the trailer section */
        line = line_length(data + at, size - at);
        at += line;
    } while (line > 2);
    return at;
}

static void check_decoded(const struct outcome *exact,
                          const struct request *request, const char *data,
                          size_t size)
{
    const struct buffer *octets = &exact->content.octets;
    size_t used = request->framing.length;
    struct buffer decoded;

    buffer_init(&decoded);
    if (request->framing.chunked) {
        used = decode_chunks(&decoded, data, size);
    } else {
        hold(used <= size, "there is no more content than has come");
        buffer_append(&decoded, data, used);
    }
    hold(
        same_octets(octets->data, octets->length, decoded.data, decoded.length),
        "the content is what a second decoder finds");
    hold(size - used == exact->left, "it ends where a second decoder says");
    buffer_release(&decoded);
}

/* ---- Any bytes, encoded */

/* Writes the number with at least `width` digits, at most 16, with leading
 * zeros. */
static void append_hex(struct buffer *text, size_t number, bool upper,
                       int width)
{
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";

    for (int shift = 60; shift >= 0; shift -= 4) {
        if (shift < 4 * width || number >> shift != 0) {
            buffer_append(text, digits + ((number >> shift) & 15), 1);
        }
    }
}

static void encode_chunks(struct buffer *text, const char *data, size_t size,
                          uint64_t choice)
{
    static const int widths[] = {1, 8, 16};
    int width = widths[choice % 3];
    size_t at = 0;

    while (at < size) {
        size_t chunk = 1 + choice % 40;

        chunk = chunk < size - at ? chunk : size - at;
        append_hex(text, chunk, (choice & 64) != 0, width);
        buffer_append_string(text, at == 0 ? " ;a=\"b\"\r\n" : "\r\n");
        buffer_append(text, data + at, chunk);
        buffer_append_string(text, "\r\n");
        at += chunk;
        choice = choice * 6364136223846793005 + 1442695040888963407;
    }
    buffer_append_string(text, (choice & 64) != 0 ? "0\r\n\r\n"
                                                  : "0\r\nA: b\r\n\r\n");
}

static void check_encoded(const char *fields, const char *sent,
                          size_t sent_length, const char *data, size_t size)
{
    struct buffer text;
    struct request request;
    struct outcome outcome;

    buffer_init(&text);
    request_init(&request);
    buffer_append_string(&text, start);
    buffer_append_string(&text, fields);
    if (strchr(fields, '\n') == NULL) {
        buffer_append_number(&text, size);
        buffer_append_string(&text, "\r\n\r\n");
    }
    hold(request_parse(&request, text.data, text.length) == VERDICT_DONE,
         "our own head is valid");
    read_content(&outcome, &request, sent, sent_length, sent_length / 2,
                 sent_length);
    hold(outcome.verdict == VERDICT_DONE && !outcome.content.excess,
         "encoded bytes are decoded to their end");
    hold(same_octets(outcome.content.octets.data, outcome.content.octets.length,
                     data, size),
         "decode(encode(x)) = x");
    content_release(&outcome.content);
    request_release(&request);
    buffer_release(&text);
}

static void check_any_octets(const char *data, size_t size, uint64_t choice)
{
    struct buffer chunks;

    size = size < CONTENT_MOST ? size : CONTENT_MOST;
    buffer_init(&chunks);
    encode_chunks(&chunks, data, size, choice);
    check_encoded("Transfer-Encoding: chunked\r\n\r\n", chunks.data,
                  chunks.length, data, size);
    check_encoded("Content-Length: ", data, size, data, size);
    buffer_release(&chunks);
}

static void check_content(struct request *request, const char *data,
                          size_t size, uint64_t choice)
{
    struct outcome exact;

    check_framing(request);
    read_content(&exact, request, data, size, 1, 1);
    check_cut(&exact, request, data, size, size);
    for (size_t i = 0; i < 8 && size > 0; i++) {
        check_cut(&exact, request, data, size, (choice + i * 8191) % size);
    }
    if (exact.verdict == VERDICT_DONE) {
        check_decoded(&exact, request, data, size);
    }
    content_release(&exact.content);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t choice = fingerprint((const char *)data, size);
    struct buffer text;
    struct request request;

    buffer_init(&text);
    request_init(&request);
    buffer_append_string(&text, start);
    buffer_append(&text, (const char *)data, size);
    if (request_parse(&request, text.data, text.length) == VERDICT_DONE) {
        check_content(&request, text.data + request.length,
                      text.length - request.length, choice);
    }
    check_any_octets((const char *)data, size, choice);
    request_release(&request);
    buffer_release(&text);
    return 0;
}
