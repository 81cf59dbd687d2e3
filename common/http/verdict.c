/* verdict.c - a status code, a sentence and a limit for each verdict. */
#include "verdict.h"

#include "limits.h"

struct row {
    int code;
    const char *sentence;
    size_t limit;
};

static const struct row rows[] = {
    [VERDICT_DONE] = {.sentence = ""},
    [VERDICT_INCOMPLETE] = {.sentence = ""},

    /* RFC 9112, section 3; RFC 6585, section 5 */
    [VERDICT_REQUEST_LINE_TOO_LONG] =
        {414, "The request line is longer than # bytes.", REQUEST_LINE_MOST},
    [VERDICT_HEADER_SECTION_TOO_LONG] =
        {431, "The header section is longer than # bytes.",
         HEADER_SECTION_MOST},

    /* RFC 9112, section 2.2 */
    [VERDICT_BARE_LF] = {400, "Line # ends in LF alone; lines end in CR LF.",
                         0},
    [VERDICT_BARE_CR] =
        {400, "Line # contains a CR without an LF; lines end in CR LF.", 0},
    [VERDICT_NUL] = {400, "Line # contains a NUL byte.", 0},
    [VERDICT_CONTROL] = {400, "Line # contains a control character.", 0},

    /* RFC 9112, section 3 */
    [VERDICT_METHOD_NOT_TOKEN] =
        {400, "Line #, the request line, does not begin with a method.", 0},
    [VERDICT_REQUEST_LINE_SPACES] =
        {400,
         "Line #, the request line, must be METHOD TARGET HTTP/1.1, with one "
         "space between the parts and no other spaces.",
         0},
    [VERDICT_NO_VERSION] =
        {400, "Line #, the request line, does not end with HTTP/1.1.", 0},
    [VERDICT_VERSION_MALFORMED] =
        {400,
         "The version in line #, the request line, must look like HTTP/1.1.",
         0},
    [VERDICT_TARGET_FORM] =
        {400,
         "The target in line #, the request line, must begin with / or with "
         "http://.",
         0},
    [VERDICT_TARGET_OCTET] =
        {400,
         "The target in line #, the request line, contains a control "
         "character.",
         0},
    [VERDICT_TARGET_FRAGMENT] =
        {400,
         "The target in line #, the request line, has a fragment; a client "
         "keeps the number sign and what follows it to itself.",
         0},
    [VERDICT_TARGET_SCHEME] =
        {400,
         "The target in line #, the request line, has a scheme other than "
         "http, the only one that this server knows.",
         0},
    [VERDICT_TARGET_AUTHORITY] =
        {400,
         "The target in line #, the request line, has an invalid host or "
         "port.",
         0},
    [VERDICT_VERSION_UNSUPPORTED] =
        {505, "This server speaks HTTP/1.1; line # asks for another version.",
         0},

    /* RFC 9112, sections 2.2, 5 and 5.2 */
    [VERDICT_OBS_FOLD] =
        {400,
         "Line # begins with white space; a field line begins with its name, "
         "and ends on the same line.",
         0},
    [VERDICT_NO_COLON] = {400,
                          "Line # has no colon; a field line is NAME: VALUE.",
                          0},
    [VERDICT_SPACE_BEFORE_COLON] = {400,
                                    "Line # has white space before its colon.",
                                    0},
    [VERDICT_NAME_EMPTY] = {400, "Line # has no name before its colon.", 0},
    [VERDICT_NAME_NOT_TOKEN] =
        {400,
         "The name in line # contains a character that no name may contain.",
         0},

    /* RFC 9112, section 3.2 */
    [VERDICT_HOST_MISSING] =
        {400, "An HTTP/1.1 request must have a Host field; this one does not.",
         0},
    [VERDICT_HOST_TWICE] =
        {400, "Line # is a second Host field; a request has only one.", 0},
    [VERDICT_HOST_INVALID] =
        {400, "The Host field in line # is not a valid host or host:port.", 0},

    /* RFC 9112, sections 6.1 to 6.3 */
    [VERDICT_BOTH_LENGTHS] =
        {400,
         "The request has both Content-Length and Transfer-Encoding; only one "
         "of them can say where the content ends.",
         0},
    [VERDICT_LENGTH_NOT_NUMBER] =
        {400, "The Content-Length in line # is not a number of bytes.", 0},
    [VERDICT_LENGTH_LIST] =
        {400, "The Content-Length in line # is a list; it must be one number.",
         0},
    [VERDICT_LENGTHS_DIFFER] =
        {400, "Line # is a second Content-Length, with a different number.", 0},
    [VERDICT_CODING_IN_1_0] =
        {400,
         "The request has a Transfer-Encoding, which HTTP/1.0 does not know.",
         0},
    [VERDICT_CODING_MALFORMED] =
        {400, "The Transfer-Encoding in line # is not a list of codings.", 0},
    [VERDICT_CHUNKED_TWICE] =
        {400, "The Transfer-Encoding in line # says chunked a second time.", 0},
    [VERDICT_CHUNKED_NOT_LAST] =
        {400,
         "The last transfer coding is not chunked, so nothing says where the "
         "content ends.",
         0},

    /* RFC 9110, sections 9.1 and 10.1.1; RFC 9112, section 6.1 */
    [VERDICT_METHOD_UNSUPPORTED] =
        {501,
         "This server does not know the method in line #; GET and get are "
         "different methods.",
         0},
    [VERDICT_POST_REFUSED] = {501, "", 0},
    [VERDICT_CODING_UNSUPPORTED] =
        {501, "The only transfer coding that this server knows is chunked.", 0},
    [VERDICT_EXPECTATION] = {417,
                             "The Expect field in line # is not 100-continue.",
                             0},

    /* RFC 9110, sections 15.5.14, 15.5.16 and 15.6.4; RFC 9112, section 7.1 */
    [VERDICT_CONTENT_TOO_LONG] = {413, "The content is longer than # bytes.",
                                  CONTENT_MOST},
    [VERDICT_CONTENT_TYPE] =
        {415,
         "The Content-Type in line # is not application/x-www-form-urlencoded, "
         "the only type that this server reads.",
         0},
    [VERDICT_CONTENT_ENCODING] =
        {415,
         "The Content-Encoding in line # is not identity, the only one that "
         "this server reads.",
         0},
    [VERDICT_OVER_BUDGET] =
        {503, "The server is using all the memory that it may; try again soon.",
         0},
    [VERDICT_CHUNK_SIZE] =
        {400, "A chunk of the content does not begin with its size.", 0},
    [VERDICT_CHUNK_LINE_END] =
        {400, "The line with a chunk's size does not end in CR LF.", 0},
    [VERDICT_CHUNK_EXTENSION] =
        {400, "What follows a chunk's size is not a valid chunk extension.", 0},
    [VERDICT_CHUNK_EXTENSIONS_TOO_LONG] =
        {400,
         "The lines with the chunks' sizes have more than # bytes in addition "
         "to the sizes.",
         CHUNK_EXTENSIONS_MOST},
    [VERDICT_CHUNK_END] = {400,
                           "A chunk of the content is not as long as its size "
                           "says, or CR LF is missing after it.",
                           0},
    [VERDICT_TRAILER] = {400, "A line in the trailer section is malformed.", 0},

    /* RFC 9110, section 15.5.9 */
    [VERDICT_TIMEOUT] =
        {408,
         "The request was not complete in time: nothing came for too long, or "
         "it came too slowly.",
         0},
    [VERDICT_SILENCE] = {.sentence = ""},
    [VERDICT_END_OF_STREAM] = {.sentence = ""},
    [VERDICT_LOST] = {.sentence = ""},

    /* RFC 9110, section 15.6.1 */
    [VERDICT_NO_MEMORY] = {500, "The server ran out of memory.", 0},
    [VERDICT_DELEGATE_FAILED] = {500,
                                 "The server failed to answer this request.",
                                 0},
    [VERDICT_RESPONSE_INVALID] =
        {500, "The server made an answer that cannot be sent.", 0},
};

int verdict_code(enum verdict verdict)
{
    return rows[verdict].code;
}

const char *verdict_sentence(enum verdict verdict)
{
    return rows[verdict].sentence;
}

size_t verdict_limit(enum verdict verdict)
{
    return rows[verdict].limit;
}
