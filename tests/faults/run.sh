#!/usr/bin/env bash
# tests/faults/run.sh BUILD STAGE... - makes each call that can fail, fail.
#
# For each stage, links the server, built with small limits, and the sweep into
# one program in BUILD/faults, and runs its jobs side by side: one for each
# exchange, one for the start, one for a start that is refused, one for the end.
# Prints a line for each job as it ends, below it the faults that were not
# survived, and at last how many there were. Exits with 1 if one was not
# survived, or none was tried.
#
# CC, CPPFLAGS, CFLAGS, LDFLAGS and PORTABLE are as for make; SANITIZE is
# address,undefined unless it is set, and may be empty. JOBS says how many run
# side by side.
set -u

job_seconds=170 # a job that takes longer hangs

# tests/faults/run.sh --job FOLDER STAGE JOB
run_job() {
    local results=$1/results name=stage$2-$3 status output
    output=$(timeout "$job_seconds" "$1/sweep$2" "$2" "$results/$name.log" \
        "$results/$name.count" "$3" 2>&1 </dev/null)
    status=$?
    # The line with the counts is its last: here it comes first.
    output=$(tail -n 1 <<<"$output"; head -n -1 <<<"$output")
    if [ ! -s "$results/$name.count" ] ||
        { [ "$status" != 0 ] && grep -q ' 0$' "$results/$name.count"; }; then
        output+=$'\n'"    stage $2: job $3 ended with status $status"
        echo '0 0 1' >>"$results/$name.count"
    fi
    printf '%s\n' "$output"
}

if [ "${1-}" = --job ]; then
    shift
    run_job "$@"
    exit
fi

if [ $# -lt 2 ]; then
    echo "Usage: tests/faults/run.sh BUILD STAGE..." >&2
    exit 2
fi
cd "$(dirname "$0")/../.." || exit 2
folder=$1/faults
shift
started=${EPOCHREALTIME/[.,]/}

# So small that each is reached at once, and no wait takes long. With one spare
# thread, each exchange starts a thread and ends one. A request shorter than
# 60 bytes may take 200 ms, a longer one a second more.
limits='-DALLOWANCE_MS=200 -DALLOWANCE_BYTES_PER_SECOND=60 -DALLOWANCE_SHRINK=2
    -DDRAIN_SILENCE_MS=100 -DDRAIN_MOST_MS=500 -DTHREADS_SPARE=1
    -DTHREADS_MOST=8 -DREQUEST_LINE_MOST=2000 -DHEADER_SECTION_MOST=3000
    -DCONTENT_MOST=10000 -DMEMORY_BUDGET=100000 -DHELD_FREELY=1000
    -DSTOP_GRACE_MS=300 -DSTOP_MOST_MS=1000'
limits=$(tr -s '\n ' ' ' <<<"$limits")
sanitize=${SANITIZE-address,undefined}
flags=${CFLAGS--O1 -g}
if [ -n "$sanitize" ]; then
    sanitize_flags="-fsanitize=$sanitize -fno-sanitize-recover=all"
    sanitize_flags+=' -fno-omit-frame-pointer'
fi

# The sources of the stages and of common, built by the Makefile's own rules.
objects=("$folder/common.a")
for stage in "$@"; do
    for source in "stages/stage$stage"/*.c; do
        source=${source#stages/}
        objects+=("$folder/${source%.c}.o")
    done
done
cpus=$(nproc 2>/dev/null || echo 2)
env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL CFLAGS="$flags" make \
    --silent --no-print-directory -j"$cpus" BUILD="$folder" \
    SANITIZE="$sanitize" HARDENING= \
    CPPFLAGS="${CPPFLAGS-} -U_FORTIFY_SOURCE $limits" "${objects[@]}" || exit 1

# The sweep, and the programs; the wrapped calls are those that are defined.
warnings='-Wall -Wextra -Wpedantic -Wconversion -Wshadow'
includes='-D_GNU_SOURCE -iquote common'
read -ra compile <<<"${CC:-cc} -std=c17 $warnings $includes $limits \
    ${CPPFLAGS-} $flags ${sanitize_flags-} -pthread"
read -ra link <<<"${CC:-cc} $flags ${sanitize_flags-} ${LDFLAGS-} -pthread"
mkdir -p "$folder/sweep"
for source in tests/faults/*.c; do
    basename "$source" .c
done | xargs -P "$cpus" -I {} \
    "${compile[@]}" -c tests/faults/{}.c -o "$folder/sweep/{}.o" || exit 1
while read -r name; do
    link+=("-Wl,--wrap=$name")
done < <(sed -n 's/^[a-z].*__wrap_\([a-z0-9_]*\)(.*/\1/p' tests/faults/*.c |
    sort -u)
for stage in "$@"; do
    "${link[@]}" "$folder/stage$stage"/*.o "$folder"/sweep/*.o \
        "$folder/common.a" -o "$folder/sweep$stage" || exit 1
done

# Those that wait for most of their time come first in each list.
rm -rf "$folder/results"
mkdir -p "$folder/results"
for stage in "$@"; do
    "$folder/sweep$stage" "$stage" list |
        awk -v stage="$stage" '{ print NR, stage, $1 }'
done | sort -n | cut -d ' ' -f 2- |
    xargs -P "${JOBS:-$((8 * cpus))}" -L 1 "$0" --job "$folder"

milliseconds=$(((${EPOCHREALTIME/[.,]/} - started) / 1000))
cat "$folder/results"/*.count | awk -v seconds="$((milliseconds / 1000))" '
    { faults += $1; calls += $2; failures += $3 }
    END {
        printf "%d faults tried in %d calls, %d not survived, %d s\n",
            faults, calls, failures, seconds
        exit failures > 0 || faults == 0
    }'
