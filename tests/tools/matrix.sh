#!/usr/bin/env bash
# tests/tools/matrix.sh BUILD STAGE... - the tests of each step pass after it, and fail before it.
#
# As in make test DIR=..., the graded tests of each stage are run on two folders. On
# the stage's own, all of them must be green; on that of the stage before, at least
# one must be red. Before stage 1 there is stage 1 without delegate.c. Prints a line
# for each folder, and the ids of what is red and should not be; exits with 1 if
# one is not as it should be. BUILD has what `make test-programs` builds.
set -u
export LC_ALL=C

build=$1
shift
place=$PWD/$build/matrix
status=0

# run STAGE FOLDER: sets red to the ids of the graded tests that do not pass.
run() {
    local work=$place/work
    REUSE=1 TAG=contract BATS_TEST_TIMEOUT=20 UNIT_SECONDS=20 \
        tests/course/check.sh "$build" "$1" "$2" "$work" >"$place/said.txt" 2>&1
    all=$(wc -l <"$work/build/results/results.tsv")
    mapfile -t red < <(
        awk -F'\t' '$3 != "passed" { print $2 }' "$work/build/results/results.tsv")
}

# say STAGE WHERE VERDICT
say() {
    printf 'step %s, %-17s %3d tests, %3d red: %s\n' \
        "$1" "$2" "$all" "${#red[@]}" "$3"
    [ "$3" = ok ] || status=1
}

mkdir -p "$place"
for stage in "$@"; do
    run "$stage" "stages/stage$stage"
    if [ "$all" != 0 ] && [ "${#red[@]}" = 0 ]; then
        say "$stage" 'after the step' ok
    else
        say "$stage" 'after the step' FAILED
        printf '    %s\n' "${red[@]}"
    fi
    before=$place/before
    rm -rf "$before"
    cp -r "stages/stage$((stage > 1 ? stage - 1 : 1))" "$before"
    [ "$stage" != 1 ] || rm "$before/delegate.c"
    run "$stage" "$before"
    [ "$all" != 0 ] && [ "${#red[@]}" != 0 ] && verdict=ok || verdict=FAILED
    say "$stage" 'before the step' "$verdict"
done
exit $status
