/* content.c - a request's content; the contract is in content.h. */
#include "content.h"

#include "characters.h"
#include "chunk_line.h"
#include "limits.h"

static const char form_type[] = "application/x-www-form-urlencoded";

void content_init(struct content *content)
{
    *content = (struct content){.state = CONTENT_COMPLETE};
    buffer_init(&content->octets);
}

void content_release(struct content *content)
{
    buffer_release(&content->octets);
    content_init(content);
}

/* media-type = type "/" subtype parameters (RFC 9110, section 8.3.1) */
static bool is_form_type(const struct header *field)
{
    size_t end = 0;

    while (end < field->value_length && field->value[end] != ';' &&
           !character_is_space(field->value[end])) {
        end++;
    }
    if (!characters_match(field->value, end, form_type)) {
        return false;
    }
    while (end < field->value_length && character_is_space(field->value[end])) {
        end++;
    }
    return end == field->value_length || field->value[end] == ';';
}

static enum verdict check_fields(struct request *request)
{
    for (size_t i = 0; i < request->headers.count; i++) {
        const struct header *field = &request->headers.fields[i];

        request->line = request->first_field_line + i;
        if (header_is(field, "Content-Type") && !is_form_type(field)) {
            return VERDICT_CONTENT_TYPE;
        }
        if (header_is(field, "Content-Encoding") &&
            !header_lists_only(field, "identity")) {
            return VERDICT_CONTENT_ENCODING;
        }
    }
    return VERDICT_DONE;
}

enum verdict content_begin(struct content *content, struct request *request)
{
    const struct framing *framing = &request->framing;
    enum verdict verdict;

    if (framing->length > CONTENT_MOST) {
        return VERDICT_CONTENT_TOO_LONG;
    }
    verdict = check_fields(request);
    if (verdict != VERDICT_DONE) {
        return verdict;
    }
    content->remaining = framing->length;
    if (framing->chunked) {
        content->state = CHUNK_SIZE_FIRST;
    } else if (framing->length > 0) {
        content->state = CONTENT_OCTETS;
    } else {
        return VERDICT_DONE;
    }
    return VERDICT_INCOMPLETE;
}

/* Takes the octets of the content or of a chunk that are there, at once;
 * gives how many. */
static size_t take_octets(struct content *content, const char *data,
                          size_t length)
{
    if (length > content->remaining) {
        length = (size_t)content->remaining;
    }
    buffer_append(&content->octets, data, length);
    content->remaining -= length;
    if (content->remaining == 0) {
        content->state =
            content->state == CONTENT_OCTETS ? CONTENT_COMPLETE : CHUNK_CR;
    }
    return length;
}

enum verdict content_add(struct content *content, const char *data,
                         size_t length)
{
    enum verdict verdict = VERDICT_INCOMPLETE;
    size_t used = 0;

    while (used < length && verdict == VERDICT_INCOMPLETE) {
        if (content->state == CONTENT_OCTETS ||
            content->state == CHUNK_OCTETS) {
            used += take_octets(content, data + used, length - used);
        } else {
            verdict = chunk_line_take(content, data[used++]);
        }
        if (content->octets.failed) {
            return VERDICT_NO_MEMORY;
        }
        if (content->state == CONTENT_COMPLETE) {
            verdict = VERDICT_DONE;
        }
    }
    content->excess = used < length;
    return verdict;
}
