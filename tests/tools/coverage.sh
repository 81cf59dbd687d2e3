#!/usr/bin/env bash
# tests/tools/coverage.sh BUILD STAGE... - which lines and branches the tests reach.
#
# Builds everything for gcov, runs the tests and the fault sweep, and reports.
# Ends with 1 if fewer lines or branches of common/ and stages/ are reached than
# the least below. What cannot be reached in common/ is marked in place, with the
# reason: GCOVR_EXCL_LINE. In stages/, which are for reading, nothing is marked:
# what cannot be reached there stands in `excused`, below, each in its one file.
set -u

build=$1
shift
least_lines=100
least_branches=98
flags='-O0 -g --coverage'

find "$build" -name '*.gcda' -delete 2>/dev/null
make --no-print-directory -j"$(nproc)" BUILD="$build" CFLAGS="$flags" \
    CPPFLAGS=-DCOVERAGE UNIT_SANITIZE= UNIT_CFLAGS= test-programs || exit 1
tests/tools/run.py "$build" "$@" || exit 1
CFLAGS=$flags LDFLAGS=--coverage SANITIZE='' tests/faults/run.py "$build" "$@" ||
    exit 1

# FILE KIND PATTERN: what is left out of that file. A file in which nothing is
# like the pattern, or more than one line, has changed, and that is an error.
# - The command line is one of three, and the compiler counts a fourth way.
# - Stage 2's delegate is constant, and stands in one program with main, so that
#   nothing can be put in its place: it does not fail.
excused() {
    local stage
    for stage in "$@"; do
        echo "stages/stage$stage/webserve.c branches switch (arguments_read"
    done
    [[ " $* " != *' 2 '* ]] ||
        echo 'stages/stage2/webserve.c lines verdict = VERDICT_DELEGATE_FAILED;'
}

report=$build/report
rm -rf "$report"
mkdir -p "$report"
counting=(gcovr --root . --exclude-throw-branches
    --exclude-unreachable-branches)
alone=()
for file in $(excused "$@" | cut -d ' ' -f 1 | sort -u); do
    options=()
    while read -r _ kind pattern; do
        if [ "$(grep -cF "$pattern" "$file")" != 1 ]; then
            echo "$file: '$pattern' is to stand there once" >&2
            exit 1
        fi
        options+=("--exclude-$kind-by-pattern" ".*${pattern//(/\\(}.*")
    done < <(excused "$@" | grep "^$file ")
    stage=${file#stages/}
    stage=${stage%%/*}
    mkdir -p "$build"/{,small/,faults/}"$stage"
    folders=("$build"/{,small/,faults/}"$stage")
    "${counting[@]}" --filter "$file" "${options[@]}" \
        --json "$report/$stage.json" "${folders[@]}" || exit 1
    alone+=(--exclude "$file")
done
"${counting[@]}" --filter common/ --filter stages/ "${alone[@]}" \
    --json "$report/others.json" "$build" || exit 1
tracefiles=()
for file in "$report"/*.json; do
    tracefiles+=(--add-tracefile "$file")
done
gcovr --root . "${tracefiles[@]}" \
    --html-details "$report/index.html" --print-summary \
    --fail-under-line "$least_lines" --fail-under-branch "$least_branches" \
    >"$report/table.txt"
status=$?
cat "$report/table.txt"
echo "The report: $report/index.html"
exit $status
