/* content.c - a request's content; the contract is in content.h. */
#include "content.h"

#include "characters.h"
#include "limits.h"

static const char form_type[] = "application/x-www-form-urlencoded";

static const size_t usual_digits = 16; /* digits of a chunk's size */

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

/* Takes all bytes of the content or the chunk that are there, at once. Returns
 * how many it took. */
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

/* chunk-size = 1*HEXDIG */
static enum verdict take_size(struct content *content, char octet)
{
    int digit = character_hex(octet);

    /* Many clients write sizes in a fixed width, such as 00000400. */
    if (++content->digits > usual_digits &&
        ++content->extensions > CHUNK_EXTENSIONS_MOST) {
        return VERDICT_CHUNK_EXTENSIONS_TOO_LONG; /* endless leading zeros */
    }
    content->remaining = content->remaining * 16 + (uint64_t)digit;
    content->state = CHUNK_SIZE;
    if (content->remaining > CONTENT_MOST - content->octets.length) {
        return VERDICT_CONTENT_TOO_LONG;
    }
    return VERDICT_INCOMPLETE;
}

/* chunk-ext = *( BWS ";" BWS name [ BWS "=" BWS value ] ). It is ignored, as
 * long as it begins with a semicolon and contains no control character. */
static enum verdict take_extension(struct content *content, char octet)
{
    if (octet == '\r' && content->state != CHUNK_SPACE) {
        content->state = CHUNK_SIZE_LF;
        return VERDICT_INCOMPLETE;
    }
    if (octet == '\n') {
        return VERDICT_CHUNK_LINE_END;
    }
    if (content->state != CHUNK_EXTENSION) {
        if (octet != ';' && !character_is_space(octet)) {
            return content->state == CHUNK_SIZE ? VERDICT_CHUNK_SIZE
                                                : VERDICT_CHUNK_EXTENSION;
        }
        content->state = octet == ';' ? CHUNK_EXTENSION : CHUNK_SPACE;
    }
    if (!character_is(octet, CHARACTER_VALUE)) {
        return VERDICT_CHUNK_EXTENSION;
    }
    content->extensions++;
    return content->extensions > CHUNK_EXTENSIONS_MOST
               ? VERDICT_CHUNK_EXTENSIONS_TOO_LONG
               : VERDICT_INCOMPLETE;
}

/* trailer-section = *( field-line CRLF ), and the empty line after it */
static enum verdict take_trailer(struct content *content, char octet)
{
    if (content->state == TRAILER_START && octet == '\r') {
        content->state = TRAILER_END_LF;
        return VERDICT_INCOMPLETE;
    }
    content->trailers++;
    if (content->state == TRAILER_VALUE && octet == '\r') {
        content->state = TRAILER_LF;
        content->trailers++; /* counts its LF, too */
    } else if (content->state == TRAILER_NAME && octet == ':') {
        content->state = TRAILER_VALUE;
    } else if (content->state != TRAILER_VALUE &&
               character_is(octet, CHARACTER_TOKEN)) {
        content->state = TRAILER_NAME;
    } else if (content->state != TRAILER_VALUE ||
               !character_is(octet, CHARACTER_VALUE)) {
        return VERDICT_TRAILER;
    }
    return content->trailers > HEADER_SECTION_MOST
               ? VERDICT_HEADER_SECTION_TOO_LONG
               : VERDICT_INCOMPLETE;
}

/* Only one byte is allowed here. */
static enum verdict take_exactly(struct content *content, char octet,
                                 char expected, enum content_state next)
{
    if (octet != expected) {
        switch (content->state) {
        case CHUNK_SIZE_LF:
            return VERDICT_CHUNK_LINE_END;
        case CHUNK_CR:
        case CHUNK_LF:
            return VERDICT_CHUNK_END;
        default:
            return VERDICT_TRAILER;
        }
    }
    content->state = next;
    return VERDICT_INCOMPLETE;
}

/* Takes one byte of the chunked coding, outside of a chunk, and moves to the
 * next state. It goes byte by byte because a piece may end anywhere. Chunk
 * extensions and trailers are not kept. */
static enum verdict take_coding(struct content *content, char octet)
{
    switch (content->state) {
    case CHUNK_SIZE_FIRST:
        content->remaining = 0;
        content->digits = 0;
        return character_hex(octet) == -1 ? VERDICT_CHUNK_SIZE
                                          : take_size(content, octet);
    case CHUNK_SIZE:
        return character_hex(octet) == -1 ? take_extension(content, octet)
                                          : take_size(content, octet);
    case CHUNK_SPACE:
    case CHUNK_EXTENSION:
        return take_extension(content, octet);
    case CHUNK_SIZE_LF: /* the last chunk has size 0 */
        return take_exactly(content, octet, '\n',
                            content->remaining > 0 ? CHUNK_OCTETS
                                                   : TRAILER_START);
    case CHUNK_CR:
        return take_exactly(content, octet, '\r', CHUNK_LF);
    case CHUNK_LF:
        return take_exactly(content, octet, '\n', CHUNK_SIZE_FIRST);
    case TRAILER_LF:
        return take_exactly(content, octet, '\n', TRAILER_START);
    case TRAILER_END_LF:
        return take_exactly(content, octet, '\n', CONTENT_COMPLETE);
    default:
        return take_trailer(content, octet);
    }
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
            verdict = take_coding(content, data[used++]);
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
