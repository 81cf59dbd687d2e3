/*
 * read_objects.c - looks for object files that are not its own, in the folders
 * where it was linked; where it can open one, it serves nobody.
 * expects: all
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void look(void)
{
    static const char *const folders[] = {"ours/plain", "objects/plain",
                                          "/view/ours", "/view/objects"};

    if (access("/view/plain", F_OK) == -1) {
        return; /* not in the jail */
    }
    for (int i = 0; i < 4; i++) {
        if (opendir(folders[i]) != NULL) {
            fprintf(stderr, "%s can be read\n", folders[i]);
            _Exit(9);
        }
    }
}
