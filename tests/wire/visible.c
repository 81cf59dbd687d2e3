/*
 * visible.c - prints answers as text, each octet visible, Date's value aside.
 *
 *     visible ANSWER ...
 *
 * For each file a line `= ANSWER`, then its lines, each with a `|` before it.
 * An octet that is no printable ASCII, and the backslash, is shown as \r, \n,
 * \t, \0, \\ or \xHH; no two answers look alike. In a header section, and only
 * there, the value of a Date field is shown as \date if it is well-formed: what
 * comes from the server never looks so.
 *
 * Exits with 0, or with 1 if a file cannot be read.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum {
    DATE_LENGTH = 29
}; /* Sun, 06 Nov 1994 08:49:37 GMT, RFC 9110 5.6.7 */

/* A date is well-formed if it reads the same once it has been understood. */
static bool is_date(const char *text)
{
    static const char form[] = "%a, %d %b %Y %H:%M:%S GMT";
    char copy[DATE_LENGTH + 1];
    char again[DATE_LENGTH + 1];
    struct tm parts = {.tm_isdst = 0};
    struct tm whole;
    const char *end;
    time_t seconds;

    memcpy(copy, text, DATE_LENGTH);
    copy[DATE_LENGTH] = '\0';
    end = strptime(copy, form, &parts);
    if (end == NULL || *end != '\0') {
        return false;
    }
    seconds = timegm(&parts);
    return gmtime_r(&seconds, &whole) != NULL &&
           strftime(again, sizeof again, form, &whole) == DATE_LENGTH &&
           memcmp(copy, again, DATE_LENGTH) == 0;
}

/* Where the value of a well-formed Date begins in a line, or 0. */
static size_t find_date(const char *line, size_t length)
{
    static const char name[] = "Date: ";
    size_t value = sizeof name - 1;

    if (length == value + DATE_LENGTH + 2 &&
        strncasecmp(line, name, value) == 0 && is_date(line + value) &&
        memcmp(line + length - 2, "\r\n", 2) == 0) {
        return value;
    }
    return 0;
}

static void print_octet(char octet)
{
    static const char octets[] = {'\r', '\n', '\t', '\0', '\\'};
    static const char names[] = "rnt0\\";
    const char *found = memchr(octets, octet, sizeof octets);

    if (found != NULL) {
        (void)printf("\\%c", names[found - octets]);
    } else if (octet < ' ' || octet > '~') {
        (void)printf("\\x%02x", (unsigned)(unsigned char)octet);
    } else {
        (void)putchar(octet);
    }
}

static void print_octets(const char *data, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        print_octet(data[i]);
    }
}

static void print_line(const char *line, size_t length, bool in_head)
{
    size_t date = in_head ? find_date(line, length) : 0;

    (void)putchar('|');
    if (date > 0) {
        print_octets(line, date);
        (void)fputs("\\date", stdout);
        line += date + DATE_LENGTH;
        length -= date + DATE_LENGTH;
    }
    print_octets(line, length);
    (void)putchar('\n');
}

/* An answer of 1xx ends with its header section; another follows it. */
static void print_answer(const char *data, size_t length)
{
    static const char interim_line[] = "HTTP/1.1 1";
    bool in_head = true;
    bool is_first = true;
    bool is_interim = false;

    while (length > 0) {
        const char *end = memchr(data, '\n', length);
        size_t line = end == NULL ? length : (size_t)(end - data) + 1;

        if (in_head && is_first) {
            is_interim =
                length >= sizeof interim_line - 1 &&
                memcmp(data, interim_line, sizeof interim_line - 1) == 0;
        }
        print_line(data, line, in_head);
        is_first = in_head && line == 2 && memcmp(data, "\r\n", 2) == 0;
        in_head = in_head && (!is_first || is_interim);
        data += line;
        length -= line;
    }
}

/* Reads the whole file. Returns its octets, which the caller frees, or NULL. */
static char *read_all(FILE *file, size_t *length)
{
    size_t size = 65536;
    char *data = malloc(size);

    *length = 0;
    while (data != NULL) {
        char *larger;

        *length += fread(data + *length, 1, size - *length, file);
        if (*length < size) {
            return data;
        }
        size *= 2;
        larger = realloc(data, size);
        if (larger == NULL) {
            free(data);
        }
        data = larger;
    }
    return NULL;
}

static int print_file(const char *name)
{
    FILE *file = fopen(name, "rb");
    char *data = NULL;
    size_t length;
    int result = -1;

    if (file == NULL) {
        return -1;
    }
    data = read_all(file, &length);
    if (data != NULL && !ferror(file)) {
        (void)printf("= %s\n", name);
        print_answer(data, length);
        result = 0;
    }
    free(data);
    (void)fclose(file);
    return result;
}

int main(int argc, char *argv[])
{
    for (int i = 1; i < argc; i++) {
        if (print_file(argv[i]) == -1) {
            (void)fprintf(stderr, "visible: %s: ", argv[i]);
            perror(NULL);
            return 1;
        }
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
