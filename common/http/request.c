/* request.c - takes a request's head apart; the contract is in request.h. */
#include "request.h"

#include <stdlib.h>
#include <string.h>

#include "characters.h"
#include "field_line.h"
#include "host.h"
#include "limits.h"

void request_init(struct request *request)
{
    *request = (struct request){.head = HEAD_START};
    headers_init(&request->headers);
}

void request_release(struct request *request)
{
    free(request->path);
    headers_release(&request->headers);
    request_init(request);
}

/* Checks the ends and the bytes of the lines before the header section: the
 * request line, and any empty lines before it. */
static enum verdict check_first_lines(struct request *request, const char *data)
{
    const char *section = data + request->head.section;
    const char *line = data;
    enum verdict verdict = VERDICT_DONE;

    request->line = 0;
    while (line < section && verdict == VERDICT_DONE) {
        const char *end = memchr(line, '\n', (size_t)(section - line));

        request->line++;
        verdict = field_line_check_octets(line, (size_t)(end - line));
        line = end + 1;
    }
    return verdict;
}

/* Parses the request line. If it is well formed and ends in CR LF, its bytes
 * are all right, too. So the bytes get a check of their own only if it is not,
 * or if lines come before it. A fault in the bytes is reported first. */
static enum verdict check_request_line(struct request *request,
                                       struct request_line *parsed,
                                       const char *data)
{
    const struct head *head = &request->head;
    const char *line = data + head->request_line;
    enum verdict verdict =
        request_line_parse(parsed, line, head->request_line_length);
    enum verdict octets = VERDICT_DONE;

    request->line = 1;
    if (verdict != VERDICT_DONE || head->request_line > 0 ||
        line[head->request_line_length] != '\r') {
        octets = check_first_lines(request, data);
    }
    return octets == VERDICT_DONE ? verdict : octets;
}

/* Returns true if the first byte cannot begin a method. The hello of a TLS
 * client is an example: it has no line end, and waits for an answer. A CR may
 * belong to an empty line. */
static bool begins_wrong(struct request *request, const char *data)
{
    const struct head *head = &request->head;
    size_t first = head->section > 0 ? head->request_line : head->line_start;

    if (first == head->scanned || data[first] == '\r' || data[first] == '\n' ||
        character_is(data[first], CHARACTER_TOKEN)) {
        return false;
    }
    request->line = 1;
    for (size_t i = 0; i < first; i++) {
        request->line += data[i] == '\n';
    }
    return true;
}

/* Checks the request line as soon as it is complete. If the whole head is
 * complete, leaves it to parse_request_line. */
static enum verdict check_beginning(struct request *request, const char *data,
                                    enum verdict scanned)
{
    struct request_line unused;
    enum verdict verdict;

    if (begins_wrong(request, data)) {
        return VERDICT_METHOD_NOT_TOKEN;
    }
    if (scanned == VERDICT_DONE || scanned == VERDICT_REQUEST_LINE_TOO_LONG ||
        request->head.section == 0) {
        return scanned;
    }
    verdict = check_request_line(request, &unused, data);
    request->line_checked = verdict == VERDICT_DONE;
    return request->line_checked ? scanned : verdict;
}

static enum verdict parse_request_line(struct request *request,
                                       const char *data)
{
    struct request_line parsed;
    enum verdict verdict = check_request_line(request, &parsed, data);

    if (verdict != VERDICT_DONE) {
        return verdict;
    }
    request->path = malloc(parsed.target.path_length + 1);
    if (request->path == NULL) {
        return VERDICT_NO_MEMORY;
    }
    memcpy(request->path, parsed.target.path, parsed.target.path_length);
    request->path[parsed.target.path_length] = '\0';
    request->query = parsed.target.query;
    request->query_length = parsed.target.query_length;
    request->method = parsed.method;
    request->minor_version = parsed.minor_version;
    return VERDICT_DONE;
}

static enum verdict parse_field_lines(struct request *request, const char *data)
{
    const char *line = data + request->head.section;
    const char *end = data + request->length;

    request->first_field_line = ++request->line;
    while (!(line[0] == '\r' && line + 2 == end)) {
        struct header *field = headers_make_room(&request->headers);
        enum verdict verdict;

        if (line + 1 == end) { /* the empty line at the end */
            return VERDICT_BARE_LF;
        }
        if (field == NULL) {
            return VERDICT_NO_MEMORY;
        }
        verdict = field_line_parse(field, line, end, &line);
        if (verdict != VERDICT_DONE) {
            return verdict;
        }
        request->headers.count++;
        request->line++;
    }
    return VERDICT_DONE;
}

/* Makes the field at `index` the one at fault. */
static void point_at(struct request *request, size_t index)
{
    request->line = request->first_field_line + index;
}

/* HTTP/1.1 requires a Host field, and no request has two (RFC 9112, 3.2). */
static enum verdict check_host(struct request *request)
{
    const struct headers *headers = &request->headers;
    bool found = false;

    for (size_t i = 0; i < headers->count; i++) {
        const struct header *field = &headers->fields[i];

        if (!header_is(field, "Host")) {
            continue;
        }
        point_at(request, i);
        if (found) {
            return VERDICT_HOST_TWICE;
        }
        if (!host_is_valid(field->value, field->value_length)) {
            return VERDICT_HOST_INVALID;
        }
        found = true;
    }
    return found || request->minor_version == 0 ? VERDICT_DONE
                                                : VERDICT_HOST_MISSING;
}

enum verdict request_parse(struct request *request, const char *data,
                           size_t length)
{
    enum verdict verdict = head_scan(&request->head, data, length);
    size_t at;

    if (!request->line_checked) {
        verdict = check_beginning(request, data, verdict);
    }
    if (verdict != VERDICT_DONE) {
        return verdict;
    }
    request->length = request->head.length;
    verdict = parse_request_line(request, data);
    if (verdict == VERDICT_DONE) {
        verdict = parse_field_lines(request, data);
    }
    if (verdict == VERDICT_DONE) {
        verdict = check_host(request);
    }
    if (verdict == VERDICT_DONE) {
        verdict = framing_read(&request->framing, &request->headers,
                               request->minor_version, &at);
        point_at(request, at);
    }
    return verdict;
}

enum verdict request_check(struct request *request, const char *post_refusal)
{
    request->line = request->first_field_line - 1;
    request->post_refusal = post_refusal;
    if (request->method == METHOD_OTHER) {
        return VERDICT_METHOD_UNSUPPORTED;
    }
    if (request->method == METHOD_POST && post_refusal != NULL) {
        return VERDICT_POST_REFUSED;
    }
    if (request->framing.unknown_codings) {
        return VERDICT_CODING_UNSUPPORTED;
    }
    for (size_t i = 0; i < request->headers.count; i++) {
        const struct header *field = &request->headers.fields[i];

        if (!header_is(field, "Expect")) {
            continue;
        }
        if (!header_lists_only(field, "100-continue")) {
            point_at(request, i);
            return VERDICT_EXPECTATION;
        }
        /* The list may be empty, and then the client expects nothing. */
        request->expects_continue |= !header_lists_only(field, "");
    }
    return VERDICT_DONE;
}

bool request_is_head(const struct request *request, const char *data,
                     size_t length)
{
    static const char method[] = "HEAD ";
    size_t start = request->head.request_line;
    size_t end = start + sizeof method - 1;

    /* Bytes over the limit don't count: whether they have come is chance. */
    return end <= length && end <= REQUEST_LINE_MOST &&
           memcmp(data + start, method, sizeof method - 1) == 0;
}
