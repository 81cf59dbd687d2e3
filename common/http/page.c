/* page.c - makes the frame of a page; the contract is in page.h. */
#include "page.h"

#include <stdio.h>
#include <string.h>

#include "limits.h"

static const char page_style[] =
    ":root{color-scheme:light dark;"
    "font:clamp(1.1rem,.6rem + 1vw,2.2rem)/1.5 system-ui,sans-serif}\n"
    "body{margin:0;background:#fbfaf7;color:#1d2330}\n"
    "main{max-width:42rem;margin:0 auto;"
    "padding:min(3rem,6vw) min(1.5rem,5vw)}\n"
    "h1{margin:0 0 1.5rem;font-size:min(2.2rem,1rem + 2.5vw);line-height:1.2}\n"
    "h2{margin:2rem 0 .5rem;font-size:1.35rem}\n"
    "h1,li,p{overflow-wrap:anywhere}\n"
    "ul{margin:0;padding:0;list-style:none}\n"
    "li{margin:.4rem 0;padding:.5rem .9rem;border-left:.3rem solid #2f6f8f;"
    "background:#eceae3;font-family:ui-monospace,monospace;"
    "white-space:pre-wrap}\n"
    "form{margin-top:2.5rem;padding-top:1.5rem;border-top:1px solid #b9b5a8}\n"
    "label{display:block;margin-bottom:1rem}\n"
    "input{display:block;box-sizing:border-box;width:100%;margin-top:.2rem;"
    "padding:.5rem .7rem;border:1px solid #77766e;border-radius:.3rem;"
    "font:inherit}\n"
    "button{margin-right:.7rem;padding:.5rem 1.6rem;border:0;"
    "border-radius:.3rem;background:#235a76;color:#fff;font:inherit;"
    "font-weight:600;cursor:pointer}\n"
    "input:focus-visible,button:focus-visible{outline:.2rem solid #d08700;"
    "outline-offset:.1rem}\n"
    "@media(prefers-color-scheme:dark){\n"
    "body{background:#171b22;color:#e8e6df}li{background:#242a34}\n"
    "form{border-color:#454c59}}\n";

static const char security_policy[] =
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'";

static void add_field(struct response *response, const char *name,
                      const char *value)
{
    headers_add_field(&response->headers, (struct header){
                                              .name = name,
                                              .name_length = strlen(name),
                                              .value = value,
                                              .value_length = strlen(value),
                                          });
}

void page_begin(struct response *response, int code, const char *title)
{
    struct buffer *page = &response->content;

    response->code = code;
    /* One allocation is enough for a small page. If it fails, `failed` says
     * so. */
    (void)buffer_reserve(page, sizeof page_style + 700);
    add_field(response, "Content-Type", "text/html; charset=utf-8");
    add_field(response, "Content-Security-Policy", security_policy);
    add_field(response, "X-Content-Type-Options", "nosniff");
    buffer_append_string(
        page, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
              "<meta charset=\"utf-8\">\n"
              "<meta name=\"viewport\" content=\"width=device-width\">\n"
              "<title>");
    buffer_append_string(page, title);
    buffer_append_string(page, "</title>\n<style>\n");
    buffer_append(page, page_style, sizeof page_style - 1);
    buffer_append_string(page, "</style>\n</head>\n<body>\n<main>\n");
}

void page_form(struct response *response)
{
    buffer_append_string(
        &response->content,
        "<form accept-charset=\"utf-8\">\n"
        "<label>Your name <input name=\"name\"></label>\n"
        "<label>Your message <input name=\"message\"></label>\n"
        "<button formmethod=\"get\">GET</button>\n"
        "<button formmethod=\"post\">POST</button>\n"
        "</form>\n");
}

void page_end(struct response *response)
{
    buffer_append_string(&response->content, "</main>\n</body>\n</html>\n");
}

/* Appends the sentence, with the number in place of its `#`. */
static void append_sentence(struct buffer *page, enum verdict verdict,
                            const struct request *request)
{
    const char *sentence = verdict == VERDICT_POST_REFUSED
                               ? request->post_refusal
                               : verdict_sentence(verdict);
    const char *mark = strchr(sentence, '#');
    size_t limit = verdict_limit(verdict);

    if (mark != NULL) {
        buffer_append(page, sentence, (size_t)(mark - sentence));
        buffer_append_number(page, limit > 0 ? limit : request->line);
        sentence = mark + 1;
    }
    buffer_append_string(page, sentence);
}

void page_fault(struct response *response, enum verdict verdict,
                const struct request *request)
{
    struct buffer *page = &response->content;
    int code = verdict_code(verdict);
    char title[64];
    char seconds[16];

    response_release(response);
    (void)snprintf(title, sizeof title, "%d %s", code, status_reason(code));
    page_begin(response, code, title);
    if (code == 503) {
        (void)snprintf(seconds, sizeof seconds, "%d", RETRY_AFTER_SECONDS);
        headers_add(&response->headers, "Retry-After", seconds);
    }
    buffer_append_string(page, "<h1>");
    buffer_append_string(page, title);
    buffer_append_string(page, "</h1>\n<p>");
    append_sentence(page, verdict, request);
    buffer_append_string(page, "</p>\n");
    page_end(response);
}
