/*
 * support_page.h - what a page says, whatever its markup.
 */
#ifndef UNIT_SUPPORT_PAGE_H
#define UNIT_SUPPORT_PAGE_H

/*
 * What the page lists, from its last `hello, ` on, a line each:
 * `key=KEY; value=VALUE; ` as it is escaped there, and `heading` for one or
 * more headings that stand before a pair. Markup may stand between pairs, and
 * around the parts of one. The caller frees it; the test ends if there is no
 * memory. (page_lines in tests/http/helper.bash is the same for the running
 * server.)
 */
char *page_lines(const char *page);

/* Ends the test unless the page says `hello, PATH`, where the path, given as it
 * is escaped, ends: markup, a `;` or white space follows. */
void assert_says_hello(const char *page, const char *path);

#endif
