/*
 * subjects.c - what tests/instructions/run counts the instructions of.
 *
 *     subjects           lists the subjects, one a line
 *     subjects NAME      does its work 100 times, in count_this; prints how
 *                        many units of work (octets, or answers) that was
 *
 * All that is prepared or checked stands outside of count_this. A subject whose
 * work gives something wrong exits with 1: what is fast must be right as well.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef HTTP_PARSER
#include <http_parser.h>
#endif

#include "buffer.h"
#include "form.h"
#include "html.h"
#include "page.h"
#include "request.h"
#include "response.h"

enum {
    times = 100
};

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

/* A subject's input, and how it is cut. */
static struct {
    char *data;
    size_t length;
    size_t piece;  /* octets that come at once */
    size_t expect; /* fields, or pairs */
} input;

static void fail(const char *what)
{
    (void)fprintf(stderr, "subjects: %s\n", what);
    exit(1);
}

static void append_input(struct buffer *text)
{
    input.data = text->data;
    input.length = text->length;
    input.piece = input.piece == 0 ? text->length : input.piece;
}

/* ---- Heads */

static void prepare_browser(void)
{
    struct buffer text;

    buffer_init(&text);
    buffer_append_string(&text, browser);
    append_input(&text);
    input.expect = 13;
}

static void prepare_browser_in_pieces(void)
{
    input.piece = 7;
    prepare_browser();
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
    append_input(&text);
    input.expect = count;
}

static void prepare_100_fields(void)
{
    prepare_fields(100, 20);
}

static void prepare_10000_fields(void)
{
    prepare_fields(10000, 20);
}

static void prepare_long_field(void)
{
    prepare_fields(2, 500000);
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
        verdict = request_check(&request, POST_REFUSED);
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

/* ---- Forms */

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
    append_input(&text);
    input.expect = count;
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

/* ---- Answers */

static void prepare_text(void)
{
    struct buffer text;

    buffer_init(&text);
    for (size_t i = 0; i < 20; i++) {
        buffer_append_string(&text, "Ordinary words, and <markup> now & then, "
                                    "some caf\xC3\xA9s. ");
    }
    append_input(&text);
}

static bool escape_text(void)
{
    struct buffer page;
    bool right;

    buffer_init(&page);
    html_append(&page, input.data, input.length);
    right = !page.failed && page.length > input.length;
    buffer_release(&page);
    return right;
}

/* The page of stage 2, its check, and its head. */
static bool make_answer(void)
{
    struct response response;
    struct buffer head;
    bool right;

    response_init(&response);
    buffer_init(&head);
    page_begin(&response, 200, "hello");
    buffer_append_string(&response.content, "<h1>hello, world</h1>\n");
    page_end(&response);
    right = response_is_valid(&response);
    response_write_head(&response, 784111777, &head);
    right = right && !head.failed;
    buffer_release(&head);
    response_release(&response);
    return right;
}

static void prepare_answer(void)
{
    input.length = 1; /* the unit is an answer */
}

/* ---- All of them */

static const struct subject {
    const char *name;
    void (*prepare)(void);
    bool (*work)(void);
} subjects[] = {
    {"head", prepare_browser, parse_head},
    {"head-in-pieces-of-7", prepare_browser_in_pieces, parse_head},
    {"head-of-100-fields", prepare_100_fields, parse_head},
    {"head-of-10000-fields", prepare_10000_fields, parse_head},
    {"head-with-a-field-of-500000", prepare_long_field, parse_head},
#ifdef HTTP_PARSER
    {"head-by-libhttp-parser", prepare_browser, parse_with_http_parser},
#endif
    {"form", prepare_ordinary_form, decode_form},
    {"form-of-20000-pairs", prepare_20000_pairs, decode_form},
    {"escaping", prepare_text, escape_text},
    {"answer", prepare_answer, make_answer},
};

/* The one function that callgrind counts; not inlined, or it had no name. */
__attribute__((noinline)) void count_this(bool (*work)(void));

void count_this(bool (*work)(void))
{
    for (size_t i = 0; i < times; i++) {
        if (!work()) {
            fail("the work gave something wrong");
        }
    }
}

int main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
        if (argc < 2) {
            puts(subjects[i].name);
        } else if (strcmp(argv[1], subjects[i].name) == 0) {
            subjects[i].prepare();
            count_this(subjects[i].work);
            printf("%zu\n", input.length * times);
            free(input.data);
            return 0;
        }
    }
    return argc < 2 ? 0 : 2;
}
