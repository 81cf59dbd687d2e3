/*
 * page.h - makes the frame of a page. The caller appends what is in it.
 *
 *     page_begin(response, 200, "hello");
 *     buffer_append_string(&response->content, "<h1>hello</h1>\n");
 *     page_form(response);
 *     page_end(response);
 *
 * If memory runs out, the response remembers it, and response_is_valid sees it.
 * So there is nothing to check here.
 */
#ifndef HTTP_PAGE_H
#define HTTP_PAGE_H

#include <stddef.h>

#include "request.h"
#include "response.h"
#include "verdict.h"

/*
 * Sets the code, adds the fields that every page has (Content-Type,
 * Content-Security-Policy, X-Content-Type-Options), and appends an HTML5 page
 * from its doctype to the beginning of <main>. `title` is one of our constants,
 * so it is not escaped.
 */
void page_begin(struct response *response, int code, const char *title);

/* Appends a form to try, with two fields and the buttons GET and POST. The
 * browser sends it to the page's own URL. */
void page_form(struct response *response);

/* Appends the end of the page. */
void page_end(struct response *response);

/*
 * Makes `response` the answer to a request with this verdict, whatever it
 * contained before. The answer has the verdict's status code, a page with its
 * sentence, and for 503 a Retry-After. `request` says which line is at fault,
 * and why a POST is refused.
 */
void page_fault(struct response *response, enum verdict verdict,
                const struct request *request);

#endif
