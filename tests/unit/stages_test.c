/*
 * stages_test.c - each stage has the files that it should, and differs from
 * the stage before in what its step changes, and in nothing else. It reads the
 * source tree from the project's folder, where it is run.
 */
#include "support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    stages = 6
};

/* The files that a stage may have, and which stages have them. A file that is
 * not named under `changes` is byte for byte the one of the stage before. */
static const struct file {
    const char *name;
    int first_stage;
    bool changes[stages + 1]; /* in that stage, from the one before */
} files[] = {
    {"webserve.c", 1, {[2] = true, [3] = true, [4] = true}},
    {"webserve.h", 1, {[3] = true, [4] = true, [5] = true, [6] = true}},
    {"delegate.c", 1, {[5] = true, [6] = true}},
    {"handle_connection.c", 3, {[6] = true}},
    {"serve.c", 4, {false}},
};

/* ---- Reading */

/* Reads a file of a stage into a string, which the caller frees. */
static char *read_source(int stage, const char *name)
{
    enum {
        most = 65536
    };
    char path[256];
    char *text = test_malloc_or_fail(most);
    size_t length;
    FILE *file;

    (void)snprintf(path, sizeof path, "stages/stage%d/%s", stage, name);
    file = fopen(path, "r");
    assert_row_that(NULL, file != NULL, "%s cannot be read", path);
    length = fread(text, 1, most - 1, file);
    assert_row_that(NULL, length < most - 1 && ferror(file) == 0,
                    "%s cannot be read whole", path);
    assert_int_equal(fclose(file), 0);
    text[length] = '\0';
    assert_row_that(NULL, strlen(text) == length, "%s has a NUL in it", path);
    return text;
}

/* Where the literal at `text` ends. */
static const char *skip_literal(const char *text)
{
    char quote = *text++;

    while (*text != quote) {
        assert_int_not_equal(*text, '\0');
        text += text[0] == '\\' ? 2 : 1;
    }
    return text + 1;
}

/* Takes the comments out, with the white space around them: what is left has
 * single spaces between. Literals stay as they are. */
static void strip_comments(char *text)
{
    const char *in = text;
    char *out = text;

    while (*in != '\0') {
        bool space = strchr(" \t\n", *in) != NULL;

        if (in[0] == '/' && in[1] == '*') {
            const char *end = strstr(in + 2, "*/");

            assert_non_null(end);
            in = end + 2;
            space = true;
        } else if (in[0] == '/' && in[1] == '/') {
            in += strcspn(in, "\n");
            space = true;
        } else if (*in == '"' || *in == '\'') {
            size_t length = (size_t)(skip_literal(in) - in);

            memmove(out, in, length);
            out += length;
            in += length;
            continue;
        } else {
            in++;
        }
        if (!space) {
            *out++ = in[-1];
        } else if (out > text && out[-1] != ' ') {
            *out++ = ' ';
        }
    }
    *out = '\0';
}

/* The name of a file, for messages. */
static void describe(char row[320], int stage, const char *name)
{
    (void)snprintf(row, 320, "stages/stage%d/%s", stage, name);
}

/* ---- Tests */

static const struct file *find_file(const char *name)
{
    for (size_t i = 0; i < COUNT(files); i++) {
        if (strcmp(files[i].name, name) == 0) {
            return &files[i];
        }
    }
    return NULL;
}

static void stages_have_the_files_of_their_step(void **state)
{
    (void)state;
    for (int stage = 1; stage <= stages; stage++) {
        char row[320];
        size_t expected = 0;
        size_t found = 0;
        const struct dirent *entry;
        DIR *folder;

        describe(row, stage, "");
        folder = opendir(row);
        assert_row_that(NULL, folder != NULL, "there is no folder %s", row);
        while ((entry = readdir(folder)) != NULL) {
            const struct file *file = find_file(entry->d_name);

            if (strcmp(entry->d_name, ".") == 0 ||
                strcmp(entry->d_name, "..") == 0) {
                continue;
            }
            describe(row, stage, entry->d_name);
            assert_row_that(NULL, file != NULL && file->first_stage <= stage,
                            "%s should not be there: stage %d has no such file",
                            row, stage);
            found++;
        }
        assert_int_equal(closedir(folder), 0);
        for (size_t i = 0; i < COUNT(files); i++) {
            expected += files[i].first_stage <= stage;
        }
        assert_row_that(NULL, found == expected,
                        "stages/stage%d has %zu files, not %zu: one is missing",
                        stage, found, expected);
    }
}

static void stages_are_all_there_are(void **state)
{
    DIR *folder = opendir("stages");
    const struct dirent *entry;
    size_t found = 0;

    (void)state;
    assert_non_null(folder);
    while ((entry = readdir(folder)) != NULL) {
        found += entry->d_name[0] != '.';
    }
    assert_int_equal(closedir(folder), 0);
    assert_row(NULL, "the number of folders in stages", found, stages);
}

static void check_change(const struct file *file, int stage, bool differs)
{
    char before[128];
    char after[128];

    describe(before, stage - 1, file->name);
    describe(after, stage, file->name);
    assert_row_that(NULL, !differs || file->changes[stage],
                    "%s differs from %s; step %d does not change this file. "
                    "Did you edit one of the two?",
                    after, before, stage);
    assert_row_that(NULL, differs || !file->changes[stage],
                    "%s is the same as %s; step %d changes this file", after,
                    before, stage);
}

static void stages_differ_in_the_files_of_their_step_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        for (int stage = files[i].first_stage + 1; stage <= stages; stage++) {
            char *before = read_source(stage - 1, files[i].name);
            char *after = read_source(stage, files[i].name);

            check_change(&files[i], stage, strcmp(before, after) != 0);
            free(before);
            free(after);
        }
    }
}

static void stage5_changes_comments_alone_in_its_header(void **state)
{
    char *before = read_source(4, "webserve.h");
    char *after = read_source(5, "webserve.h");

    (void)state;
    strip_comments(before);
    strip_comments(after);
    assert_row_octets("stages/stage5/webserve.h",
                      "the header without its comments", after, strlen(after),
                      before);
    free(before);
    free(after);
}

/* Step 6 is POST: serve and delegate keep their names and arguments. */
static void stages_declare_the_same_functions_in_the_same_words(void **state)
{
    static const struct {
        const char *declaration;
        int first_stage;
    } rows[] = {
        {"int delegate(const char *request_type, const char *path, "
         "const struct headers *received_headers, "
         "const struct form *get_data, const struct form *post_data, "
         "struct response *response);",
         1},
        {"void handle_connection(int client_sock, "
         "const struct sockaddr_storage *client_address);",
         3},
        {"int serve(const char *interface, const char *port);", 4},
    };

    (void)state;
    for (int stage = 1; stage <= stages; stage++) {
        char *header = read_source(stage, "webserve.h");
        size_t functions = 0;

        strip_comments(header);
        for (size_t i = 0; i < COUNT(rows); i++) {
            bool declared = strstr(header, rows[i].declaration) != NULL;

            assert_row_that(rows[i].declaration,
                            declared == (rows[i].first_stage <= stage),
                            "stages/stage%d/webserve.h should %s this "
                            "function, in these words",
                            stage, declared ? "not declare" : "declare");
            functions += rows[i].first_stage <= stage;
        }
        for (const char *end = strstr(header, ");"); end != NULL;
             end = strstr(end + 1, ");")) {
            functions--;
        }
        assert_row_that(
            NULL, functions == 0,
            "stages/stage%d/webserve.h declares other functions, too", stage);
        free(header);
    }
}

/* From stage 4 on, main is alone in webserve.c: any other file of the stage can
 * be linked into a test. */
static void webserve_has_main_alone_from_stage_4_on(void **state)
{
    (void)state;
    for (int stage = 4; stage <= stages; stage++) {
        char *text = read_source(stage, "webserve.c");
        const char *body = strstr(text, ")\n{\n");

        assert_row_that(
            NULL,
            strstr(text, "\nint main(int argc, char **argv)\n{\n") != NULL,
            "stages/stage%d/webserve.c has no int main(int argc, char **argv)",
            stage);
        assert_row_that(NULL,
                        strstr(body + 1, ")\n{\n") == NULL &&
                            strstr(text, "\nstatic ") == NULL,
                        "stages/stage%d/webserve.c should only have main",
                        stage);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stages_are_all_there_are),
        cmocka_unit_test(stages_have_the_files_of_their_step),
        cmocka_unit_test(stages_differ_in_the_files_of_their_step_alone),
        cmocka_unit_test(stage5_changes_comments_alone_in_its_header),
        cmocka_unit_test(stages_declare_the_same_functions_in_the_same_words),
        cmocka_unit_test(webserve_has_main_alone_from_stage_4_on),
    };

    return run_all(tests);
}
