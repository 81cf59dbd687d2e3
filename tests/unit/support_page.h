/*
 * support_page.h - what a page says, whatever its markup is.
 */
#ifndef UNIT_SUPPORT_PAGE_H
#define UNIT_SUPPORT_PAGE_H

/*
 * Returns what the page lists after its last `hello, `, each on a line:
 * `key=KEY; value=VALUE; ` as it is escaped there, and `heading` for one or
 * more headings before a pair. There may be markup between pairs, and around
 * the parts of one; a character reference may have any form that HTML allows
 * (`&#x27;`), and is returned as html_append writes it. The caller frees it;
 * the test ends if there is no memory. (page_lines in tests/http/page.bash does
 * the same for the running server.)
 */
char *page_lines(const char *page);

/* Ends the test unless the page says `hello, PATH`, with the path as
 * html_append escapes it, followed by markup, a `;` or white space. Markup may
 * come before the path. */
void assert_says_hello(const char *page, const char *path);

#endif
