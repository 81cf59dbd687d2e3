/* heads.c - what it takes to parse a head: to find its end, to parse and check
 * it, and to release it. */
#include "subjects.h"

#ifdef HTTP_PARSER
#include <http_parser.h>
#endif

#include "http/request.h"

/* What Chromium sends, filled up to 700 octets by its cookie. */
static const char browser[] =
    "GET /some/random/url?name=test&name=test2&blah=foo HTTP/1.1\r\n"
    "Host: 127.0.0.1:8080\r\n"
    "Connection: keep-alive\r\n"
    "sec-ch-ua: \"Chromium\";v=\"130\", \"Not?A_Brand\";v=\"99\"\r\n"
    "sec-ch-ua-mobile: ?0\r\n"
    "sec-ch-ua-platform: \"Linux\"\r\n"
    "Upgrade-Insecure-Requests: 1\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, "
    "like Gecko) Chrome/130.0.0.0 Safari/537.36\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,"
    "image/webp,*/*;q=0.8\r\n"
    "Sec-Fetch-Site: none\r\n"
    "Sec-Fetch-Mode: navigate\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Accept-Language: en-GB,en;q=0.9\r\n"
    "Cookie: a=0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmn"
    "opqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789\r\n"
    "\r\n";

static void prepare_browser(void)
{
    struct buffer text;

    buffer_init(&text);
    buffer_append_string(&text, browser);
    input_take(&text, 13);
}

static void prepare_browser_in_pieces(void)
{
    prepare_browser();
    input.piece = 7;
}

static void prepare_fields(size_t count, size_t value_length)
{
    struct buffer text;

    buffer_init(&text);
    buffer_append_string(&text, "GET / HTTP/1.1\r\nHost: a\r\n");
    for (size_t i = 1; i < count; i++) {
        buffer_append_string(&text, "Field-Name: ");
        for (size_t k = 0; k < value_length; k++) {
            buffer_append(&text, "v", 1);
        }
        buffer_append_string(&text, "\r\n");
    }
    buffer_append_string(&text, "\r\n");
    input_take(&text, count);
}

static void prepare_100_fields(void)
{
    prepare_fields(100, 20);
}

static void prepare_10000_fields(void)
{
    prepare_fields(10000, 20);
}

static void prepare_10000_fields_in_pieces(void)
{
    prepare_10000_fields();
    input.piece = 7;
}

static void prepare_field_of_5000(void)
{
    prepare_fields(2, 5000);
}

static void prepare_field_of_500000(void)
{
    prepare_fields(2, 500000);
}

static void prepare_field_of_500000_in_pieces(void)
{
    prepare_field_of_500000();
    input.piece = 700;
}

static bool parse_head(void)
{
    struct request request;
    enum verdict verdict = VERDICT_INCOMPLETE;
    size_t come = 0;
    bool right;

    request_init(&request);
    while (verdict == VERDICT_INCOMPLETE && come < input.length) {
        come += input.piece;
        come = come > input.length ? input.length : come;
        verdict = request_parse(&request, input.data, come);
    }
    if (verdict == VERDICT_DONE) {
        verdict = request_check(&request, "No.");
    }
    right = verdict == VERDICT_DONE && request.headers.count == input.expect;
    request_release(&request);
    return right;
}

#ifdef HTTP_PARSER
static bool parse_with_http_parser(void)
{
    static const http_parser_settings settings = {.on_url = NULL};
    http_parser parser;

    http_parser_init(&parser, HTTP_REQUEST);
    return http_parser_execute(&parser, &settings, input.data, input.length) ==
           input.length;
}
#endif

const struct subject head_subjects[] = {
    {"head", prepare_browser, parse_head},
#ifdef HTTP_PARSER
    {"head-by-libhttp-parser", prepare_browser, parse_with_http_parser},
#endif
    {"head-in-pieces-of-7", prepare_browser_in_pieces, parse_head},
    {"head-of-100-fields", prepare_100_fields, parse_head},
    {"head-of-10000-fields", prepare_10000_fields, parse_head},
    {"head-of-10000-in-pieces-of-7", prepare_10000_fields_in_pieces,
     parse_head},
    {"head-with-5000-octets", prepare_field_of_5000, parse_head},
    {"head-with-500000-octets", prepare_field_of_500000, parse_head},
    {"head-with-500000-in-pieces", prepare_field_of_500000_in_pieces,
     parse_head},
    {.name = NULL},
};
