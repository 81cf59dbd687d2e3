/*
 * support_page.h - what a page says, whatever its markup.
 */
#ifndef UNIT_SUPPORT_PAGE_H
#define UNIT_SUPPORT_PAGE_H

/*
 * What the page lists, from its last `hello, ` on, a line each:
 * `key=KEY; value=VALUE; ` as it is escaped there, and `heading` for one or
 * more headings before a pair. There may be markup between pairs, and
 * around the parts of one; a character reference may have any form that HTML
 * allows (`&#x27;`), and is given as html_append writes it. The caller frees
 * it; the test ends if there is no memory. (page_lines in
 * tests/http/helper.bash is the same for the running server.)
 */
char *page_lines(const char *page);

/* Ends the test unless the page says `hello, PATH`, where the path, given as
 * html_append escapes it, ends: markup, a `;` or white space follows. Markup
 * may come before it. */
void assert_says_hello(const char *page, const char *path);

#endif
