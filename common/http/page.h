/*
 * page.h - the frame of a page; the caller appends what is in it.
 *
 *     page_begin(response, 200, "hello");
 *     buffer_append_string(&response->content, "<h1>hello</h1>\n");
 *     page_form(response);
 *     page_end(response);
 *
 * Failures of memory stick in the response, so that nothing has to be checked
 * here: response_is_valid sees them.
 */
#ifndef HTTP_PAGE_H
#define HTTP_PAGE_H

#include <stddef.h>

#include "request.h"
#include "response.h"
#include "verdict.h"

/*
 * Sets the code and the fields that go with every page (Content-Type,
 * Content-Security-Policy, X-Content-Type-Options), and appends an HTML5 page
 * from its doctype to the beginning of <main>. `title` is a constant of ours:
 * it is not escaped.
 */
void page_begin(struct response *response, int code, const char *title);

/* Appends the form to try: two fields, and the buttons GET and POST. It is
 * sent to the page's own URL. */
void page_form(struct response *response);

/* Appends the end of the page. */
void page_end(struct response *response);

/*
 * Makes `response`, whatever it contained, the answer to a request with that
 * verdict: its status code, its sentence on a page, and for 503 a Retry-After.
 * The request says which line is at fault, and why a POST is refused.
 */
void page_fault(struct response *response, enum verdict verdict,
                const struct request *request);

#endif
