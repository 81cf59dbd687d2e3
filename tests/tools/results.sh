#!/usr/bin/env bash
# tests/tools/results.sh JOB STAGE STATUS TAP EXPECTED [LISTED] - what became of a job's tests.
#
# JOB ended with STATUS, and what it printed is in the file TAP. EXPECTED is
# what tests/tools/list.sh prints for the STAGE; it says which id a title in TAP stands for.
# Prints a line for each expected test of the job: STAGE, ID, RESULT, TAG, GROUP and
# JOB, with tabs between them.
#
# RESULT is `passed`; `failed`, also if a test has two results; `hung`; or
# `not-run`, if it has none. A result that no test of the list has is left out,
# and reported on standard error, unless LISTED has it, a list of more than are
# expected: a program of unit tests runs all of its tests, whatever their tags.
set -u

awk -F'\t' -v OFS='\t' -v job="$1" -v stage="$2" -v status="$3" -v all="${6-}" '
BEGIN {
    while (all != "" && (getline line <all) > 0) {
        split(line, column, "\t")
        listed[column[5], column[6]]
    }
}
FNR == 1 { file++ }
file == 1 {
    if ($5 == job) {
        id[++count] = $1
        id_of[$6] = $1
        is_end = $6 ~ /^\(the end of /
        tags[$1] = $2 OFS $3
        result[$1] = "not-run"
    }
    next
}
/^# the program crashed in it$/ || /^not ok [0-9]+ (setup|teardown)_file failed/ {
    broken = 1
    next
}
/^(not )?ok [0-9]+/ {
    verdict = /^ok/ ? "passed" : /# (it hung|timeout after .*)$/ ? "hung" : \
        "failed"
    sub(/^(not )?ok [0-9]+ (- )?/, "")
    sub(/ # (it hung|timeout after .*|skip.*)$/, "")
    if (!($0 in id_of)) {
        failed += verdict == "failed"
        if (!((job, $0) in listed)) {
            print "no test of " job " has the title: " $0 >"/dev/stderr"
        }
    } else if (result[id_of[$0]] != "not-run") {
        result[id_of[$0]] = "failed"
    } else {
        result[id_of[$0]] = verdict
        ended += verdict != "hung"
        failed += verdict == "failed"
    }
}
END {
    # The last one is that the program itself ends well: with 0, or with the
    # number of tests that failed.
    if (ended == count - 1 && is_end) {
        result[id[count]] = status == 0 || (failed && !broken) ? "passed" : \
            "failed"
    }
    for (i = 1; i <= count; i++) {
        print stage, id[i], result[id[i]], tags[id[i]], job
    }
}' "$5" "$4"
