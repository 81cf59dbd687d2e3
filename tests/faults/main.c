/*
 * main.c - the fault sweep of one stage.
 *
 *     sweepN STAGE list              lists its jobs, one per line
 *     sweepN STAGE LOG COUNT JOB     does one job: start, stop, or a number
 *
 * LOG is the file for what the server writes. COUNT is the file that gets three
 * numbers: the faults that were tried, the calls in which they were tried, and
 * the faults that the server did not survive. Exits with 1 if there were any.
 *
 * The stage's own `main` is linked in as __real_main.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scripted_client.h"
#include "sweep.h"

int __wrap_main(int, char **);

/* Jobs that take longest come first: stop, start, then the order of the table.
 */
static void list(char stage)
{
    puts("stop");
    puts("start");
    for (size_t i = 0; i < scripts_count; i++) {
        if (strchr(scripts[i].stages, stage) != NULL) {
            printf("%zu\n", i);
        }
    }
}

static const char *run(struct sweep *sweep, const char *job)
{
    if (strcmp(job, "start") == 0) {
        sweep_start(sweep);
        return job;
    }
    if (strcmp(job, "stop") == 0) {
        sweep_stop(sweep);
        return job;
    }
    sweep->script = &scripts[strtoul(job, NULL, 10) % scripts_count];
    sweep_running(sweep);
    return sweep->script->name;
}

int __wrap_main(int argc, char **argv)
{
    static struct sweep sweep;
    uint64_t began = clock_ms();
    const char *name;
    FILE *count;

    if (argc == 3 && strcmp(argv[2], "list") == 0) {
        list(argv[1][0]);
        return 0;
    }
    if (argc != 5 || faults_init() == -1) {
        fputs("Usage: sweepN STAGE list | STAGE LOG COUNT JOB\n", stderr);
        return 2;
    }
    sweep.stage = atoi(argv[1]);
    sweep.server.log = argv[2];
    name = run(&sweep, argv[4]);
    printf("stage %d: %-32s %5u faults in %4u calls %6llu ms%s\n", sweep.stage,
           name, sweep.faults, sweep.calls,
           (unsigned long long)(clock_ms() - began),
           sweep.failures == 0 ? "" : "  NOT SURVIVED");
    count = fopen(argv[3], "w");
    if (count == NULL ||
        fprintf(count, "%u %u %u\n", sweep.faults, sweep.calls,
                sweep.failures) < 0 ||
        fclose(count) != 0) {
        return 2;
    }
    return sweep.failures == 0 ? 0 : 1;
}
