#!/usr/bin/env bash
# tests/course/summary.sh RESULTS NOT_RUN - what became of a folder's tests: which
# were not run, and because of what (NOT_RUN: JOB and SENTENCE, with a tab); then
# how many of each group passed: first those that are graded, then our own.
set -u

awk -F'\t' '
    !($2 in jobs) { order[++count] = $2 }
    { jobs[$2] = jobs[$2] (jobs[$2] == "" ? "" : ", ") $1 }
    END {
        for (i = 1; i <= count; i++) {
            printf "Not run: %s\n    because of this: %s\n", \
                jobs[order[i]], order[i]
        }
    }' "$2"

awk -F'\t' '
    {
        group = $4 == "ours" ? "ours" : $5
        all[group]++
        result[group, $3]++
        tests[$4]++
        passed[$4] += $3 == "passed"
    }
    END {
        count = split("structure delegate handle_connection serve program " \
            "requests answers errors get-data post-data threads robustness ours", \
            order, " ")
        printf "\n%-20s %6s %6s %6s %7s\n", "group", "passed", "failed", \
            "hung", "not run"
        for (i = 1; i <= count; i++) {
            group = order[i]
            if (group == "ours") {
                printf "%-20s %6d of %d\n", "of the contract", \
                    passed["contract"], tests["contract"]
            }
            if (all[group] > 0) {
                printf "%-20s %6d %6d %6d %7d\n", group, \
                    result[group, "passed"], result[group, "failed"], \
                    result[group, "hung"], result[group, "not-run"]
            }
        }
    }' "$1"
