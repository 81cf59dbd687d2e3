/* chunk_line.c - octet by octet, since an end of a piece may fall anywhere. */
#include "chunk_line.h"

#include "characters.h"
#include "limits.h"

static const size_t usual_digits = 16;

/* chunk-size = 1*HEXDIG */
static enum verdict take_size(struct content *content, char octet)
{
    int digit = character_hex(octet);

    /* Many write sizes in a fixed width, as in 00000400. */
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

/* chunk-ext = *( BWS ";" BWS name [ BWS "=" BWS value ] ): ignored, as long as
 * it is begun by a semicolon and holds no control character. */
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
        content->trailers++; /* its LF as well */
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

/* The one octet that may stand here. */
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

enum verdict chunk_line_take(struct content *content, char octet)
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
