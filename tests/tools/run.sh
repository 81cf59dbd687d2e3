#!/usr/bin/env bash
# tests/tools/run.sh BUILD STAGE... - runs the unit tests and the HTTP tests.
#
# BUILD is the folder in which `make test-programs` has built everything. Each
# program of unit tests, and each Bats file for each stage whose contract has
# it, is a job; jobs run side by side. Prints a line for each job as it ends,
# with what failed in full; then, if a test failed, with which to begin; and at
# last `N passed, N failed`, and how many were not run, if so. Exits with 1 if a
# test did not pass, or if there was none.
#
# BUILD/results/results.tsv then has a line for each test that tests/tools/list.sh
# expects: STAGE, ID, RESULT, TAG, GROUP and JOB, with tabs between them. RESULT is
# passed, failed, hung, or not-run; what gave no result, or two, has not passed.
#
# Of somebody's own folder (tests/course/check.sh) FOLDER is the name, FAULTS its
# list of faults, and NOT_RUN a list of jobs that are left out, with the reason;
# there only the tests that are graded make it end with 1.
# TAG=contract leaves out the HTTP tests that are tagged otherwise; with IDS, a list
# of ids with spaces between them, only these HTTP tests are run.
set -u

job_seconds=${JOB_SECONDS:-120} # a job that takes longer hangs

# ThreadSanitizer would make each server wait a second before it exits.
export TSAN_OPTIONS=${TSAN_OPTIONS:-atexit_sleep_ms=0}

# Runs a job, with its TAP going to the file $tap.
run_http_job() {
    local id filters=()
    for id in ${IDS-}; do
        filters+=(--filter-tags "${TAG:+$TAG,}id:$id")
    done
    [ "${#filters[@]}" != 0 ] || [ -z "${TAG-}" ] || filters=(--filter-tags "$TAG")
    STAGE=$2 SERVER=$PWD/$1/stage$2/webserve \
        SERVER_SMALL=$PWD/$1/small/stage$2/webserve \
        SERVER_FOUR=$PWD/$1/four/stage$2/webserve \
        SERVER_HASTY=$PWD/$1/hasty/stage$2/webserve TOOLS=$PWD/$1/tools \
        timeout -k 5 "$job_seconds" bats --formatter tap \
        "${filters[@]}" "$3"
}

# A test that crashes, or hangs, ends the program: those behind it are run in
# another one. Ends with the status of the first that did not end well.
run_unit_job() {
    local from=0 ended status=0 code
    while :; do
        code=0
        UNITS_FROM=$from CMOCKA_MESSAGE_OUTPUT=TAP \
            timeout -k 5 "$job_seconds" "$3" || code=$?
        [ "$status" != 0 ] || status=$code
        ended=$(ended_tests "$tap" | wc -l)
        if [ "$ended" -le "$from" ] || [ "$code" = 124 ] ||
            [ "$ended" -ge "$(sed -n 's/^1\.\.//p' "$tap" | head -n 1)" ]; then
            return "$status"
        fi
        from=$ended
    done
}

# With which red test to begin: the lowest stage, there one that is graded, and
# of those the lowest rank.
rank_of() {
    case $1 in
    delegate_test) echo 1 ;;
    handle_connection_request_test) echo 2 ;;
    handle_connection_*) echo 3 ;;
    serve_test) echo 4 ;;
    *.bats) echo 5 ;;
    *) echo 9 ;;
    esac
}

# The titles of the tests in a TAP file that ended, one a line.
ended_tests() {
    sed -nE 's/^(not )?ok [0-9]+ (- )?//p' "$1"
}

# Adds to the TAP of a Bats file that was stopped the test that hung: the one
# behind those that ended. (A program of unit tests names it by itself.)
add_hung_test() {
    local tap=$1 path=$2 number title
    number=$(($(ended_tests "$tap" | wc -l) + 1))
    title=$(sed -n 's/^@test ["'\'']\(.*\)["'\''] {$/\1/p' "$path" |
        sed -n "${number}p")
    echo "not ok $number ${title:-(behind the last test)} # it hung" >>"$tap"
}

# The TAP of a job without what passed, and with the hint of each test that is
# red behind what it says.
red_tests() {
    local job=$1 stage=$2 tap=$3 expected=$tap_folder/expected.$2
    [ -e "$expected" ] || expected=/dev/null
    awk -F'\t' -v job="$job" -v folder="${FOLDER-}" '
        function end_test() {
            if (red != "" && red in hint) {
                print "# Hint: " hint[red]
            }
            if (folder != "" && tag[red] == "ours") {
                print "# (It is not graded.)"
            }
            red = ""
        }
        FILENAME == ARGV[1] && $5 == job { hint[$6] = $4; tag[$6] = $2 }
        FILENAME == ARGV[1] { next }
        /^(not )?ok [0-9]/ {
            end_test()
            if (/^ok/) { next }
            red = $0
            sub(/^not ok [0-9]+ (- )?/, "", red)
            sub(/ # .*$/, "", red)
        }
        /^(# (not )?ok - tests|1\.\.[0-9]+)$/ { next }
        /UNITS_FROM=\$from/ { next } # what bash says of a crash
        { print }
        END { end_test() }' "$expected" "$tap"
}

# What there is to be said of a job that failed.
explain() {
    local job=$1 stage=$2 status=$3 tap=$4 last
    if grep -q 'setup_file failed' "$tap" &&
        grep -q 'it did not say where it listens' "$tap" &&
        ! mkdir "$tap_folder/silent-$stage" 2>/dev/null; then
        echo "    the same: the server does not say where it listens"
        return
    fi
    # Without the part of a sanitizer's report that shows memory as it is.
    red_tests "$job" "$stage" "$tap" |
        sed '/^Shadow bytes around/,/ABORTING$/d; s/^/    /'
    case $status in
    124 | 137)
        last=$(ended_tests "$tap" | grep -v '# it hung$' | tail -n 1)
        echo "    (it hung ${last:+after }${last:-before a test had ended}," \
            "and was stopped after $job_seconds s)"
        ;;
    *) grep -q '^not ok' "$tap" || echo "    (it ended with status $status)" ;;
    esac
}

# Sets passed and failed to the numbers of a job's tests. Where it is known
# which tests are expected, writes a result for each.
count_results() {
    local stage=$2 status=$3 tap=$4 planned
    if [ -e "$tap_folder/expected.$stage" ]; then
        tests/tools/results.sh "$@" "$tap_folder"/{expected,listed}."$stage" >"$tap.results"
        passed=$(grep -c $'\tpassed\t' "$tap.results")
        failed=$(($(wc -l <"$tap.results") - passed))
        return
    fi
    passed=$(grep -c '^ok ' "$tap")
    failed=$(grep -c '^not ok ' "$tap")
    planned=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$tap" | head -n 1)
    # What was planned and did not come has failed; so has a job that ends
    # badly with every test passed.
    if [ $((passed + failed)) -lt "${planned:-1}" ]; then
        failed=$((${planned:-1} - passed))
    elif [ "$status" != 0 ] && [ "$failed" = 0 ]; then
        failed=1
    fi
}

# first_red JOB STAGE TAP: the first red test that is graded, or else the first, as
# UNGRADED, 0 or 1, and TITLE.
first_red() {
    local expected=$tap_folder/expected.$2
    [ -e "$expected" ] || expected=/dev/null
    awk -F'\t' -v job="$1" '
        FILENAME == ARGV[1] { ours[$5, $6] = $2 == "ours"; next }
        sub(/^not ok [0-9]+ (- )?/, "") {
            sub(/ # .*/, "")
            if (title == "" || !ours[job, $0]) { title = $0 }
            ungraded = ours[job, title] + 0
            if (!ungraded) { exit }
        }
        END { print ungraded + 0, title }' "$expected" "$3"
}

# tests/tools/run.sh --job BUILD KIND STAGE PATH
run_job() {
    local build=$1 kind=$2 stage=$3 path=$4 tap_folder=$1/results
    local job name tap start end status passed failed first ungraded
    job=$(basename "$path" .bats)
    name=$job
    [ "$stage" = 0 ] || name="stage $stage: $name"
    tap=$tap_folder/${name//[ :]/_}.tap
    start=${EPOCHREALTIME/[.,]/}
    "run_${kind}_job" "$build" "$stage" "$path" >"$tap" 2>&1 </dev/null
    status=$?
    end=${EPOCHREALTIME/[.,]/}
    if [ "$kind" = http ]; then
        tests/http/plain.sh <"$tap" >"$tap.plain" && mv "$tap.plain" "$tap"
    fi
    case $kind$status in
    http124 | http137) add_hung_test "$tap" "$path" ;;
    esac

    count_results "$job" "$stage" "$status" "$tap"
    echo "$passed $failed" >"$tap.count"
    if [ "$failed" != 0 ]; then
        read -r ungraded first < <(first_red "$job" "$stage" "$tap")
        printf '%s%s%s\t%s: %s\n' "$((stage == 0 ? 99 : stage))" "$ungraded" \
            "$(rank_of "$(basename "$path")")" "${name/: /, }" \
            "${first:-it ended with status $status}" >"$tap.first"
    fi
    # In one piece, since other jobs print theirs.
    printf '%s\n' "$(
        printf '%-44s %4d passed, %d failed %6d ms\n' \
            "$name" "$passed" "$failed" $(((end - start) / 1000))
        [ "$failed" = 0 ] || explain "$job" "$stage" "$status" "$tap"
    )"
}

if [ "$1" = --job ]; then
    shift
    run_job "$@"
    exit
fi

build=$1
shift
suite=${SUITE:-tests/http} # another folder of Bats files, without the units

# The stages whose contract has what a Bats file tests.
stages_of() {
    sed -n 's/^# stages: //p' "$1" | head -n 1
}

# A job a line: KIND STAGE PATH; first what a student is to look at first. The
# longest, a unit that waits for seconds, does not come last.
list_jobs() {
    local stage file program
    for stage in "$@"; do
        [ "$suite" = tests/http ] || break
        for program in "$build/unit/stage$stage"/*_test; do
            is_wanted "$program" && echo "unit $stage $program"
        done
    done
    if [ "$suite$common" = tests/http0 ]; then
        for program in "$build"/unit/*_test; do
            is_wanted "$program" && echo "unit 0 $program"
        done
    fi
    for file in "$suite"/*.bats; do
        for stage in "$@"; do
            case " $(stages_of "$file") " in
            *" $stage "*) echo "http $stage $file" ;;
            esac
        done
    done
}

# The jobs of a list that are not left out.
to_be_run() {
    awk -v not_run="${NOT_RUN:-/dev/null}" '
        BEGIN {
            while ((getline line <not_run) > 0) {
                left_out[substr(line, 1, index(line, "\t") - 1)] = 1
            }
        }
        {
            job = $3
            sub(/.*\//, "", job)
            sub(/\.bats$/, "", job)
        }
        !(job in left_out)'
}

# A program whose source is gone was built by an earlier version.
is_wanted() {
    [ -x "$1" ] && [ -e "tests/unit/$(basename "$1").c" ]
}

# The results of all jobs, in the order of tests/tools/list.sh. What is expected and is
# not there, because a program is missing or its job was ended, was not run.
collect_results() {
    local stage
    for stage in $common "$@"; do
        cat "$build/results"/*.results 2>/dev/null |
            awk -F'\t' -v OFS='\t' -v stage="$stage" '
                FILENAME == "-" { result[$1, $2] = $3; next }
                {
                    print stage, $1, (stage, $1) in result ? \
                        result[stage, $1] : "not-run", $2, $3, $5
                }' - "$build/results/expected.$stage"
    done
}

# True of a folder whose graded tests have all passed.
graded_is_green() {
    [ -n "${FOLDER-}" ] && awk -F'\t' '$4 != "ours" && $3 != "passed" { bad = 1 }
        END { exit bad || NR == 0 }' "$build/results/results.tsv"
}

rm -rf "$build/results"
mkdir -p "$build/results"
[ -z "${FAULTS-}" ] || cp "$FAULTS" "$build/results/faults.tsv"
common=0 # the units of common/; they are not of a folder
[ -z "${FOLDER-}" ] || common=
if [ "$suite" = tests/http ]; then
    for stage in $common "$@"; do
        tests/tools/list.sh "$stage" >"$build/results/listed.$stage" || exit 1
        sed -n "/\t${TAG:-[a-z]*}\t/p" "$build/results/listed.$stage" \
            >"$build/results/expected.$stage"
    done
fi
jobs_at_once=${JOBS:-$((2 * $(nproc 2>/dev/null || echo 2)))}
list_jobs "$@" | to_be_run | xargs -P "$jobs_at_once" -L 1 "$0" --job "$build"

if [ "$suite" = tests/http ]; then
    collect_results "$@" >"$build/results/results.tsv"
    awk -F'\t' '{
        print $3 == "passed", $3 == "failed" || $3 == "hung", $3 == "not-run"
    }' \
        "$build/results/results.tsv" >"$build/results/all.count"
else
    cat "$build/results"/*.tap.count >"$build/results/all.count" 2>/dev/null
fi
[ -z "${FOLDER-}" ] || tests/course/summary.sh "$build/results/results.tsv" "$NOT_RUN"
first=$(cat "$build/results"/*.first 2>/dev/null | sort -n | head -n 1)
# In a folder that is at fault, with that.
fault=$(awk -F'\t' '$1 != "left-out" { print $3; exit }' "${FAULTS:-/dev/null}")
[ -z "$fault" ] || first=$'\t'$fault
begin='Begin here' may_fail=0
if graded_is_green; then
    begin='The contract is kept. Red, but not graded' may_fail=1
fi
[ -z "$first" ] || printf '%s: %s\n' "$begin" "${first#*$'\t'}"
awk -v may_fail="$may_fail" '
    { passed += $1; failed += $2; not_run += $3 }
    END {
        printf "%d passed, %d failed%s\n", passed, failed, \
            not_run ? ", " not_run " not run" : ""
        exit (failed > 0 || not_run > 0) && !may_fail || passed == 0
    }' "$build/results/all.count"
