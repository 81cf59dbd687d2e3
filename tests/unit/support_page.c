/* support_page.c - what a page says; the contract is in support_page.h. */
#include "support_page.h"

#include "support.h"

#include <stdlib.h>
#include <string.h>

static const char tag = '\1';     /* stands for any markup */
static const char heading = '\2'; /* for the beginning of a heading */

static bool begins_with(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* The page from behind its last `hello, `, a character for each tag. */
static char *without_markup(const char *page)
{
    const char *hello = page;
    char *text;
    size_t length = 0;

    while ((hello = strstr(hello, "hello, ")) != NULL) {
        hello += strlen("hello, ");
        page = hello;
    }
    text = test_malloc_or_fail(strlen(page) + 1);
    while (*page != '\0') {
        if (*page != '<') {
            text[length++] = *page++;
            continue;
        }
        text[length++] =
            page[1] == 'h' && page[2] >= '1' && page[2] <= '6' ? heading : tag;
        page += strcspn(page, ">");
        page += *page == '>';
    }
    text[length] = '\0';
    return text;
}

/* True if markup at that place, inside of a pair, is only around a part of it:
 * then *next is where the pair goes on. */
static bool goes_on(const char *pair, const char *place, const char **next)
{
    const char *behind = place + strspn(place, "\1");
    size_t length = (size_t)(place - pair);

    *next = behind;
    if (begins_with(behind, "; ") ||
        (length == 4 && begins_with(pair, "key=")) ||
        (length >= 6 && begins_with(place - 6, "value="))) {
        return true;
    }
    *next = behind + strspn(behind, "\1 \n");
    return length >= 2 && begins_with(place - 2, "; ") &&
           begins_with(*next, "value=");
}

/* Appends the pair that begins there to the lines; gives where it ends. */
static const char *append_pair(char *lines, const char *pair)
{
    const char *place = pair;
    size_t end = strlen(lines);

    while (*place != '\0' && *place != heading &&
           (place == pair || !begins_with(place, "key="))) {
        if (*place == tag && !goes_on(pair, place, &place)) {
            break;
        }
        lines[end++] = *place++;
    }
    lines[end] = '\0';
    /* without the white space behind its `; ` */
    while (end > 2 && strchr(" \n", lines[end - 1]) != NULL &&
           strcmp(lines + end - 2, "; ") != 0) {
        lines[--end] = '\0';
    }
    (void)strcpy(lines + end, "\n");
    return place;
}

char *page_lines(const char *page)
{
    char *text = without_markup(page);
    char *lines = test_malloc_or_fail(strlen(page) * 2 + 16);
    const char *place = text;
    bool headed = false;

    lines[0] = '\0';
    while (*place != '\0') {
        if (begins_with(place, "key=")) {
            (void)strcat(lines, headed ? "heading\n" : "");
            headed = false;
            place = append_pair(lines, place);
        } else {
            headed = headed || *place == heading;
            place++;
        }
    }
    free(text);
    return lines;
}

void assert_says_hello(const char *page, const char *path)
{
    const char *place = page;
    const char *from = strstr(page, "<h1>");

    while ((place = strstr(place, "hello, ")) != NULL) {
        place += strlen("hello, ");
        if (begins_with(place, path) && place[strlen(path)] != '\0' &&
            strchr("<; \n", place[strlen(path)]) != NULL) {
            return;
        }
    }
    assert_row_that(NULL, false, "the page should say %s, and is: %s",
                    shown_string(path), shown_string(from ? from : page));
}
