/*
 * request_fuzz.c - request_parse and request_check: the head of a request.
 *
 * The input is what a client sends. For any input:
 * - parsed whole, in two pieces cut anywhere (the bytes having moved), and byte
 *   by byte, the verdict, the line at fault and all parts of the request are
 *   the same, and no byte beyond those that came is looked at;
 * - an incomplete head is within the limits;
 * - a fault in the request line is reported as soon as the line is complete,
 *   and a first byte that begins no method as soon as it is there;
 * - in a request that is done, lines end in CR LF, names are tokens, values
 *   have no CR, LF or NUL and no white space around them, everything lies
 *   within the head, and the path begins with / and has no `?`;
 * - if it is written again from its parts and parsed, it has the same parts;
 * - request_check sees an unknown method, and a POST that is refused.
 */
/* octets: 1536 */
#include "fuzzer.h"

#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>

#include "http/buffer.h"
#include "http/limits.h"
#include "http/request.h"

struct parsed {
    struct request request;
    enum verdict verdict;
    char *data; /* owned: what was parsed */
};

/* Gives `first` bytes to request_parse, then `step` more each time. If the
 * steps are large, the bytes move in between. */
static void parse(struct parsed *parsed, const char *data, size_t size,
                  size_t first, size_t step)
{
    size_t length = first < size ? first : size;
    bool moves = step > 1;

    request_init(&parsed->request);
    parsed->data = exact_copy(data, moves ? length : size);
    if (!moves) {
        ASAN_POISON_MEMORY_REGION(parsed->data + length, size - length);
    }
    parsed->verdict = request_parse(&parsed->request, parsed->data, length);
    while (parsed->verdict == VERDICT_INCOMPLETE && length < size) {
        length = step < size - length ? length + step : size;
        if (moves) {
            free(parsed->data);
            parsed->data = exact_copy(data, length);
        } else {
            ASAN_UNPOISON_MEMORY_REGION(parsed->data, length);
        }
        parsed->verdict = request_parse(&parsed->request, parsed->data, length);
    }
    ASAN_UNPOISON_MEMORY_REGION(parsed->data, moves ? length : size);
}

static void release(struct parsed *parsed)
{
    request_release(&parsed->request);
    free(parsed->data);
}

static bool same_query(const struct request *one, const struct request *other)
{
    return (one->query == NULL) == (other->query == NULL) &&
           same_octets(one->query, one->query_length, other->query,
                       other->query_length);
}

static bool same_framing(const struct framing *one, const struct framing *other)
{
    return one->chunked == other->chunked &&
           one->length_given == other->length_given &&
           one->length == other->length &&
           one->unknown_codings == other->unknown_codings;
}

static bool same_headers(const struct headers *one, const struct headers *other)
{
    for (size_t i = 0; i < one->count && i < other->count; i++) {
        const struct header *first = &one->fields[i];
        const struct header *second = &other->fields[i];

        if (!same_octets(first->name, first->name_length, second->name,
                         second->name_length) ||
            !same_octets(first->value, first->value_length, second->value,
                         second->value_length)) {
            return false;
        }
    }
    return one->count == other->count;
}

/* The parts that do not depend on how the request was written. */
static void check_same_parts(const struct request *one,
                             const struct request *other)
{
    hold(one->method == other->method, "the method is the same");
    hold(one->minor_version == other->minor_version, "the version is the same");
    hold(strcmp(one->path, other->path) == 0, "the path is the same");
    hold(same_query(one, other), "the query is the same");
    hold(same_headers(&one->headers, &other->headers),
         "the header fields are the same");
    hold(same_framing(&one->framing, &other->framing),
         "the framing is the same");
}

static void check_pieces(const struct parsed *whole, const char *data,
                         size_t size, size_t first, size_t step)
{
    struct parsed pieces;

    parse(&pieces, data, size, first, step);
    hold(pieces.verdict == whole->verdict,
         "cut into pieces, the verdict is the same");
    hold(pieces.request.line == whole->request.line,
         "cut into pieces, the line at fault is the same");
    if (whole->verdict == VERDICT_DONE) {
        hold(pieces.request.length == whole->request.length,
             "cut into pieces, the head is as long");
        hold(pieces.request.first_field_line == whole->request.first_field_line,
             "cut into pieces, the number of the first field line is the same");
        check_same_parts(&pieces.request, &whole->request);
    }
    release(&pieces);
}

static void check_field(const struct parsed *parsed, const struct header *field)
{
    const char *end = parsed->data + parsed->request.length;
    const char *value = field->value;
    size_t length = field->value_length;

    hold(field->name > parsed->data && field->name < field->value &&
             value + length < end,
         "a field lies within the head");
    hold(is_token(field->name, field->name_length), "a name is a token");
    hold(memchr(value, '\r', length) == NULL &&
             memchr(value, '\n', length) == NULL &&
             memchr(value, '\0', length) == NULL,
         "a value has no CR, LF or NUL");
    hold(length == 0 || (memchr(" \t", value[0], 2) == NULL &&
                         memchr(" \t", value[length - 1], 2) == NULL),
         "a value has no white space around it");
}

/* Lines of the head end in CR LF, and have no control characters except tabs.
 */
static void check_octets(const char *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char octet = (unsigned char)data[i];
        bool cr = octet == '\r' && i + 1 < length && data[i + 1] == '\n';
        bool lf = octet == '\n' && i > 0 && data[i - 1] == '\r';

        hold(cr || lf || octet == '\t' || (octet >= 0x20 && octet != 0x7F),
             "a head has no bare CR or LF, and no control character");
    }
}

/* The length of the empty lines with which the text begins. */
static size_t empty_lines(const char *data, size_t size)
{
    size_t at = 0;

    while (at < size &&
           (data[at] == '\n' ||
            (data[at] == '\r' && at + 1 < size && data[at + 1] == '\n'))) {
        at += data[at] == '\n' ? 1 : 2;
    }
    return at;
}

/* The limits apply before the line or the section ends. */
static void check_incomplete(const char *data, size_t size)
{
    size_t start = empty_lines(data, size);

    hold(size <= REQUEST_LINE_MOST + 1 ||
             memchr(data + start, '\n', size - start) != NULL,
         "no more of a request line is awaited than its limit");
    hold(size <= REQUEST_LINE_MOST + HEADER_SECTION_MOST + 3,
         "no more of a header section is awaited than its limit");
}

static void check_prefix(const struct parsed *whole, size_t size,
                         const char *property)
{
    struct parsed prefix;

    parse(&prefix, whole->data, size, size, size + 2);
    hold(prefix.verdict == whole->verdict, property);
    release(&prefix);
}

/* A fault is reported as soon as its byte, or the request line, has come. */
static void check_early(const struct parsed *whole, size_t size)
{
    const char *data = whole->data;
    size_t start = empty_lines(data, size);
    const char *end = memchr(data + start, '\n', size - start);
    size_t lines = 1;
    int code = verdict_code(whole->verdict);

    if (start < size && data[start] != '\r' && !is_token(data + start, 1)) {
        check_prefix(whole, start + 1,
                     "a byte that begins no method is reported");
    }
    for (size_t i = 0; i < start; i++) {
        lines += data[i] == '\n';
    }
    if (end != NULL && (code == 400 || code == 505) &&
        whole->request.line <= lines) {
        check_prefix(whole, (size_t)(end - data) + 1,
                     "a fault in the request line is reported at its end");
    }
}

static void check_parts(const struct parsed *parsed)
{
    const struct request *request = &parsed->request;
    size_t hosts = 0;

    check_octets(parsed->data, request->length);
    hold(memcmp(parsed->data + request->length - 4, "\r\n\r\n", 4) == 0,
         "the head ends in an empty line");
    for (size_t i = 0; i < request->headers.count; i++) {
        const struct header *field = &request->headers.fields[i];

        check_field(parsed, field);
        hosts += same_name(field->name, field->name_length, "Host");
    }
    hold(hosts == 1 || (hosts == 0 && request->minor_version == 0),
         "there is one Host, or none in HTTP/1.0");
    hold(request->minor_version == 0 || request->minor_version == 1,
         "the minor version is 0 or 1");
    hold(!(request->framing.chunked && request->framing.length_given),
         "there is one framing");
    if (request->method != METHOD_OTHER) {
        hold(request->path[0] == '/', "a path begins with /");
    }
    hold(strpbrk(request->path, "? #\r\n") == NULL, "a path has no ? and no #");
}

static void write_request(struct buffer *text, const struct request *request)
{
    static const char *const names[] = {[METHOD_GET] = "GET ",
                                        [METHOD_HEAD] = "HEAD ",
                                        [METHOD_POST] = "POST "};

    buffer_append_string(text, names[request->method]);
    buffer_append_string(text, request->path);
    if (request->query != NULL) {
        buffer_append_string(text, "?");
        buffer_append(text, request->query, request->query_length);
    }
    buffer_append_string(text, request->minor_version == 1 ? " HTTP/1.1\r\n"
                                                           : " HTTP/1.0\r\n");
    for (size_t i = 0; i < request->headers.count; i++) {
        const struct header *field = &request->headers.fields[i];

        buffer_append(text, field->name, field->name_length);
        buffer_append_string(text, ":");
        buffer_append(text, field->value, field->value_length);
        buffer_append_string(text, "\r\n");
    }
    buffer_append_string(text, "\r\n");
}

static void check_written(const struct request *request)
{
    struct buffer text;
    struct parsed again;

    buffer_init(&text);
    write_request(&text, request);
    parse(&again, text.data, text.length, text.length, text.length);
    hold(again.verdict == VERDICT_DONE, "written again, it is a request");
    hold(again.request.length == text.length,
         "written again, all of it is the head");
    check_same_parts(&again.request, request);
    release(&again);
    buffer_release(&text);
}

static void check_check(struct request *request)
{
    static const char refusal[] = "No.";
    enum verdict accepted = request_check(request, NULL);
    bool expects = request->expects_continue;
    enum verdict refused = request_check(request, refusal);

    hold((accepted == VERDICT_METHOD_UNSUPPORTED) ==
             (request->method == METHOD_OTHER),
         "an unknown method is reported");
    hold(refused ==
             (request->method == METHOD_POST ? VERDICT_POST_REFUSED : accepted),
         "a POST that is refused is reported, and nothing else changes");
    hold(accepted == VERDICT_DONE || verdict_code(accepted) == 501 ||
             verdict_code(accepted) == 417,
         "request_check gives done, 501 or 417");
    hold(!expects || headers_find(&request->headers, "Expect") != NULL,
         "only a client that asks for it expects 100 Continue");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    uint64_t choice = fingerprint(text, size);
    size_t cuts = size < 32 ? size : 8;
    struct parsed whole;

    parse(&whole, text, size, size, size + 2);
    check_pieces(&whole, text, size, 0, 1);
    for (size_t i = 0; i < cuts; i++) {
        check_pieces(&whole, text, size, (choice + i * 8191) % size, size + 2);
    }
    if (whole.verdict == VERDICT_INCOMPLETE) {
        check_incomplete(text, size);
    }
    check_early(&whole, size);
    if (whole.verdict == VERDICT_DONE) {
        hold(whole.request.length <= size,
             "the head is no longer than the input");
        check_pieces(&whole, text, size, whole.request.length, size + 2);
        check_parts(&whole);
        if (whole.request.method != METHOD_OTHER) {
            check_written(&whole.request);
        }
        check_check(&whole.request);
    }
    release(&whole);
    return 0;
}
