/* support_stub_files.c - stdio on the stub's socket, and the log; see
 * support_stub.h.
 *
 * What stdio calls within the C library, no --wrap can reach. So fdopen gives a
 * file with functions of its own, which call what stands in for read and write,
 * and dprintf is made anew.
 */
#include "support_stub_core.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

STANDS_IN_FOR(FILE *, fdopen, int descriptor, const char *mode);
STANDS_IN_FOR(int, fileno, FILE *file);
STANDS_IN_FOR(int, vdprintf, int descriptor, const char *format,
              va_list arguments);
int __wrap_dprintf(int descriptor, const char *format, ...);

/* ---- Files ---- */

/* The files that fdopen gave, with the descriptor of each. A file that was
 * closed may be here still; another at its place overwrites it. */
static struct {
    FILE *file;
    int descriptor;
} files[8];
static size_t files_count;

static ssize_t read_file(void *descriptor, char *data, size_t length)
{
    return __wrap_read((int)(intptr_t)descriptor, data, length);
}

/* What is written in parts is written on, as stdio does; too little is an
 * error, of which errno tells. */
static ssize_t write_file(void *descriptor, const char *data, size_t length)
{
    size_t done = 0;
    ssize_t written = 1;

    while (done < length && written > 0) {
        written =
            __wrap_write((int)(intptr_t)descriptor, data + done, length - done);
        done += written > 0 ? (size_t)written : 0;
    }
    return (ssize_t)done;
}

static int close_file(void *descriptor)
{
    return __wrap_close((int)(intptr_t)descriptor);
}

FILE *__wrap_fdopen(int descriptor, const char *mode)
{
    static const cookie_io_functions_t functions = {
        .read = read_file, .write = write_file, .close = close_file};
    FILE *file;

    if (!is_stub(descriptor)) {
        return __real_fdopen(descriptor, mode);
    }
    file = fopencookie((void *)(intptr_t)descriptor, mode, functions);
    files[files_count % COUNT(files)].file = file;
    files[files_count++ % COUNT(files)].descriptor = descriptor;
    return file;
}

int __wrap_fileno(FILE *file)
{
    for (size_t i = 0; i < COUNT(files); i++) {
        if (files[i].file == file && is_stub(files[i].descriptor)) {
            return files[i].descriptor;
        }
    }
    return __real_fileno(file);
}

int __wrap_vdprintf(int descriptor, const char *format, va_list arguments)
{
    char *text = NULL;
    int length;
    bool failed;

    if (!is_stub(descriptor) && !is_stub_log(descriptor)) {
        return __real_vdprintf(descriptor, format, arguments);
    }
    length = vasprintf(&text, format, arguments);
    failed = length > 0 && write_file((void *)(intptr_t)descriptor, text,
                                      (size_t)length) != length;
    free(text);
    return failed ? -1 : length;
}

int __wrap_dprintf(int descriptor, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = __wrap_vdprintf(descriptor, format, arguments);
    va_end(arguments);
    return length;
}

/* ---- The log ---- */

bool is_stub_log(int descriptor)
{
    return descriptor == STDERR_FILENO && (stub.socket != -1 || stub.keeps_log);
}

void stub_log(const struct iovec *parts, size_t count)
{
    stub.writes++;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].iov_len < sizeof stub.log - stub.log_length) {
            memcpy(stub.log + stub.log_length, parts[i].iov_base,
                   parts[i].iov_len);
            stub.log_length += parts[i].iov_len;
            stub.log[stub.log_length] = '\0';
        }
    }
}

#ifdef __GLIBC__ /* elsewhere, stderr is a constant */

static FILE *real_stderr;

void stub_listen(void)
{
    static const cookie_io_functions_t functions = {.write = write_file};
    static FILE *log;

    if (log == NULL) {
        log = fopencookie((void *)(intptr_t)STDERR_FILENO, "w", functions);
        assert_non_null(log);
        assert_int_equal(setvbuf(log, NULL, _IONBF, 0), 0);
    }
    real_stderr = stderr;
    stderr = log;
}

void stub_speak(void)
{
    if (real_stderr != NULL) {
        stderr = real_stderr;
        real_stderr = NULL;
    }
}

#else

void stub_listen(void)
{
}

void stub_speak(void)
{
}

#endif
