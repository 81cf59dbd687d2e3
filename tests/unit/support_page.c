/* support_page.c - what a page says; the contract is in support_page.h. */
#include "support_page.h"

#include "support.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char tag = '\1';     /* stands for any markup */
static const char heading = '\2'; /* stands for the beginning of a heading */

static bool begins_with(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

/* Returns the number of the character that a reference means, or -1. *end is
 * what follows it. */
static long referred(const char *reference, const char **end)
{
    const char *digits = reference + strlen("&#");
    bool hex = false;
    char *behind;
    long number;

    if (begins_with(reference, "&apos;")) {
        *end = reference + strlen("&apos;");
        return '\'';
    }
    if (!begins_with(reference, "&#")) {
        return -1; /* the page may end here */
    }
    if (*digits == 'x' || *digits == 'X') {
        hex = true;
        digits++;
    }
    if (!isxdigit((unsigned char)*digits)) {
        return -1;
    }
    number = strtol(digits, &behind, hex ? 16 : 10);
    *end = behind + 1;
    return *behind == ';' ? number : -1;
}

/* Returns the number of the character that is there, as a reference or, between
 * tags, as it is; or -1. *end is what follows it. */
static long shown_character(const char *text, bool is_in_tag, const char **end)
{
    *end = text + 1;
    if (*text == '&') {
        return referred(text, end);
    }
    return !is_in_tag && strchr("\"'>", *text) != NULL ? *text : -1;
}

/* Returns the text with each character that may be escaped, and U+FFFD, in the
 * form that the tests use. The caller frees it. */
static char *same_references(const char *text)
{
    static const struct {
        long number;
        const char *form;
    } forms[] = {{'"', "&quot;"}, {'&', "&amp;"}, {'\'', "&#39;"},
                 {'<', "&lt;"},   {'>', "&gt;"},  {0xFFFD, "\xEF\xBF\xBD"}};
    char *same = test_malloc_or_fail(strlen(text) * 6 + 1);
    char *place = same;
    bool is_in_tag = false;

    while (*text != '\0') {
        const char *behind;
        long number = shown_character(text, is_in_tag, &behind);
        size_t i = 0;

        is_in_tag = *text == '<' || (is_in_tag && *text != '>');
        while (i < COUNT(forms) && forms[i].number != number) {
            i++;
        }
        if (i < COUNT(forms)) {
            place = stpcpy(place, forms[i].form);
            text = behind;
        } else {
            *place++ = *text++;
        }
    }
    *place = '\0';
    return same;
}

/* Returns the page after its last `hello, `, with one character in place of
 * each tag. */
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

/* True if `; ` ends at that place, whatever markup is in it. */
static bool is_behind_semicolon(const char *pair, const char *place)
{
    if (place == pair || place[-1] != ' ') {
        return false;
    }
    place--;
    while (place > pair && place[-1] == tag) {
        place--;
    }
    return place > pair && place[-1] == ';';
}

/* True if markup at that place, inside a pair, only surrounds a part of it.
 * Then *next is where the pair goes on. */
static bool goes_on(const char *pair, const char *place, const char **next)
{
    const char *behind = place + strspn(place, "\1");
    size_t length = (size_t)(place - pair);

    *next = behind;
    if ((*behind == ';' && behind[1 + strspn(behind + 1, "\1")] == ' ') ||
        (length > 0 && place[-1] == ';' && *behind == ' ') ||
        (length == 4 && begins_with(pair, "key=")) ||
        (length >= 6 && begins_with(place - 6, "value="))) {
        return true;
    }
    *next = behind + strspn(behind, "\1 \n");
    return is_behind_semicolon(pair, place) && begins_with(*next, "value=");
}

/* Appends the pair that begins there to the lines. Returns where it ends. */
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
    /* without the white space after its `; ` */
    while (end > 2 && strchr(" \n", lines[end - 1]) != NULL &&
           strcmp(lines + end - 2, "; ") != 0) {
        lines[--end] = '\0';
    }
    (void)strcpy(lines + end, "\n");
    return place;
}

char *page_lines(const char *page)
{
    char *same = same_references(page);
    char *text = without_markup(same);
    char *lines = test_malloc_or_fail(strlen(same) * 2 + 16);
    const char *place = text;
    bool headed = false;

    free(same);
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
    char *same = same_references(page);
    const char *place = same;
    const char *from = strstr(page, "<h1>");
    bool says = false;

    while (!says && (place = strstr(place, "hello, ")) != NULL) {
        place += strlen("hello, ");
        while (*place == '<') {
            place += strcspn(place, ">");
            place += *place == '>';
        }
        says = begins_with(place, path) && place[strlen(path)] != '\0' &&
               strchr("<; \n", place[strlen(path)]) != NULL;
    }
    free(same);
    assert_row_that(NULL, says, "the page should say hello, %s, and is: %s",
                    path, shown_string(from ? from : page));
}
