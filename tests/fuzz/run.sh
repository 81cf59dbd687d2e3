#!/usr/bin/env bash
# tests/fuzz/run.sh BUILD SECONDS [NAME...] - builds the fuzzers and runs them.
#
# The one of handle_connection is built for each stage that has the function, as
# handle_connection@3 and so on; those share its seconds.
#
# Each fuzzer first takes the seeds (tests/fuzz/corpus/NAME, and what
# tests/fuzz/seeds.py makes of requests), then makes inputs of its own for so many seconds; two run
# side by side. What it learns stays in BUILD/fuzz/corpus/NAME; nothing is
# written into the tree. Prints a line as each ends. Exits with 1 if one finds
# something, having said how to see it again.
set -u

if [ $# -lt 2 ] || [[ ! $2 =~ ^[0-9]+$ ]]; then
    echo 'usage: tests/fuzz/run.sh BUILD SECONDS [NAME...]' >&2
    exit 2
fi
mkdir -p "$1/fuzz" || exit 1
build=$(cd "$1" && pwd)/fuzz
seconds=$2
shift 2
cd "$(dirname "$0")/../.." || exit 1

side_by_side=2
# shellcheck disable=SC2046 # a word each
[ $# -gt 0 ] || set -- $(printf '%s\n' tests/fuzz/*_fuzz.c | sed 's|.*/||; s|_fuzz\.c$||')
staged=()
for source in stages/stage*/handle_connection.c; do
    source=${source#stages/stage}
    staged+=("handle_connection@${source%/*}")
done
fuzzers=()
for name; do
    case $name in
    handle_connection) fuzzers+=("${staged[@]}") ;;
    *) fuzzers+=("$name") ;;
    esac
done

# ---- Building ---------------------------------------------------------------

# Small limits, so that inputs of a few hundred octets reach them.
limits=(-DREQUEST_LINE_MOST=256 -DHEADER_SECTION_MOST=1024 -DCONTENT_MOST=2048
    -DCHUNK_EXTENSIONS_MOST=64 -DHELD_FREELY=4096 -DLOG_LINE_MOST=256)
# shellcheck disable=SC2054 # the commas are clang's
compile=("${FUZZ_CC:-clang}" -std=c17 -g -O1 -fno-omit-frame-pointer
    -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
    -D_GNU_SOURCE "${limits[@]}" -iquote common -pthread)
# shellcheck disable=SC2054
link=("${FUZZ_CC:-clang}" -fsanitize=fuzzer,address,undefined -pthread)

compile_one() {
    mkdir -p "$build/$(dirname "$1")" && "${compile[@]}" -c "$1" -o "$build/${1%.c}.o"
}

# The objects of a fuzzer: its own, and the stage's if it is of one.
objects_of() {
    local name=${1%@*} stage=${1#"${1%@*}"}
    echo "$build/tests/fuzz/${name}_fuzz$stage.o"
    [ -z "$stage" ] || printf '%s\n' \
        "$build/stages/stage${stage#@}"/{handle_connection,delegate}.o
}

# The stages, each with the fuzzer of its handle_connection.
build_stage() {
    local stage=$1 name=tests/fuzz/handle_connection_fuzz
    compile_one "stages/stage$stage/handle_connection.c" &&
        compile_one "stages/stage$stage/delegate.c" &&
        "${compile[@]}" "-DSTAGE=$stage" -c "$name.c" -o "$build/$name@$stage.o"
}

# Everything but the fuzzers themselves goes into an archive, the last stage too:
# one that defines a `delegate` of its own is linked without the stage's.
build_all() {
    local stage sources source name flags objects
    stage=$(printf '%s\n' stages/stage* | sort -V | tail -n 1)
    sources=(common/*/*.c "$stage"/{handle_connection,delegate}.c tests/fuzz/*.c)
    for source in "${sources[@]}"; do
        while [ "$(jobs -pr | wc -l)" -ge "$(nproc)" ]; do
            wait -n || return 1
        done
        compile_one "$source" &
    done
    while [ -n "$(jobs -p)" ]; do
        wait -n || return 1
    done
    for name in "${staged[@]}"; do
        build_stage "${name#*@}" || return 1
    done
    rm -f "$build/all.a"
    for source in "${sources[@]}"; do
        [[ $source == *_fuzz.c ]] || echo "$build/${source%.c}.o"
    done | xargs ar rcs "$build/all.a" || return 1
    for name in "${fuzzers[@]}"; do
        read -ra flags < <(sed -n 's|^/\* link: \(.*\) \*/$|\1|p' "tests/fuzz/${name%@*}_fuzz.c" | tr '\n' ' ')
        mapfile -t objects < <(objects_of "$name")
        "${link[@]}" "${flags[@]}" "${objects[@]}" "$build/all.a" \
            -o "$build/$name" || return 1
    done
}

# ---- Seeds ------------------------------------------------------------------

gather_seeds() {
    local folder=$build/seeds/$1 name=${1%@*}
    rm -rf "$folder"
    mkdir -p "$folder" "$build/corpus/$1" "$build/found/$1"
    [ ! -d "tests/fuzz/corpus/$name" ] ||
        cp "tests/fuzz/corpus/$name/"* "$folder" || return 1
    tests/fuzz/seeds.py "$name" "$folder"
}

# ---- Running ----------------------------------------------------------------

# "NAME  INPUTS inputs  SECONDS s  RESULT"
report() {
    local name=$1 started=$2 result=$3 log=$build/$1.log inputs
    inputs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" |
        awk '{ sum += $1 } END { print sum + 0 }')
    if [ "$inputs" = 0 ]; then
        inputs=$(sed -n 's/^#\([0-9]*\).*/\1/p' "$log" | sort -n | tail -n 1)
    fi
    printf '%-19s %10s inputs %6d s  %s\n' "$name" "${inputs:-?}" \
        $((SECONDS - started)) "$result"
}

# Says what was found; the input stands in the file that libFuzzer wrote.
explain() {
    local log=$build/$1.log input
    input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
    grep -aE '^This does not hold|^SUMMARY|runtime error|: ERROR: ' "$log" | sed 's/^/    /'
    if [ -n "$input" ]; then
        printf '    the input: %s\n    again:     %s %s\n' "$input" "$build/$1" "$input"
    fi
    printf '    the log:   %s\n' "$log"
}

run_one() {
    local name=$1 started=$SECONDS seconds=$seconds
    local most options
    most=$(sed -n 's|^/\* octets: \(.*\) \*/$|\1|p' "tests/fuzz/${name%@*}_fuzz.c")
    [[ $name != *@* ]] ||
        seconds=$(((seconds + ${#staged[@]} - 1) / ${#staged[@]}))
    options=(-print_final_stats=1 -timeout=10 -rss_limit_mb=2048
        "-max_len=${most:-1024}" "-artifact_prefix=$build/found/$name/"
        -dict=tests/fuzz/http.dict)
    if "$build/$name" "${options[@]}" -runs=0 "$build/seeds/$name" \
        >"$build/$name.log" 2>&1 &&
        { [ "$seconds" = 0 ] || "$build/$name" "${options[@]}" \
            -max_total_time="$seconds" "$build/corpus/$name" \
            "$build/seeds/$name" >>"$build/$name.log" 2>&1; }; then
        report "$name" "$started" ok
    else
        report "$name" "$started" FOUND
        explain "$name"
        return 1
    fi
}

if ! command -v "${FUZZ_CC:-clang}" >/dev/null ||
    ! echo 'int LLVMFuzzerTestOneInput(void); int LLVMFuzzerTestOneInput(void) { return 0; }' |
    "${link[@]}" -x c - -o "$build/trial" 2>"$build/trial.log"; then
    echo "The fuzzers need clang with libFuzzer (Debian: clang, libclang-rt-14-dev)." >&2
    exit 1
fi

echo "Building the fuzzers in $build"
build_all || exit 1
for name in "${fuzzers[@]}"; do
    gather_seeds "$name" || exit 1
done

status=0
for name in "${fuzzers[@]}"; do
    while [ "$(jobs -pr | wc -l)" -ge "$side_by_side" ]; do
        wait -n || status=1
    done
    run_one "$name" &
done
for job in $(jobs -p); do
    wait "$job" || status=1
done
exit $status
