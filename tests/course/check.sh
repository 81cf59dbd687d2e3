#!/usr/bin/env bash
# tests/course/check.sh BUILD STAGE DIR [WORK] - tests the server in a folder.
#
# The suite is that of `make test STAGE=n`, with this project's common/ and
# tests; of the folder, only the *.c and *.h at its top are taken. They are
# copied to WORK (BUILD/folder/stageN, where none is named), together with what
# is tested with, and built and tested there; nothing is written to the folder.
#
# Prints each fault in a sentence, then what tests/tools/run.sh prints. Leaves in
# WORK/build/results two files with tabs between their columns:
#
#     results.tsv   as tests/tools/run.sh writes it, for the tests of that stage
#     faults.tsv    KIND, FILE and SENTENCE, one line a fault; KIND is one of
#                   missing-file, missing-function, wrong-signature, compile,
#                   link, not-a-file, left-out (no fault, but said), crash,
#                   hang, not-listening
#
# Exits with 0 if all tests passed, 1 if not, 2 if there is no such folder.
# With REUSE=1, BUILD already has everything that `make stage-programs` builds.
set -u
export LC_ALL=C

here=$(cd "$(dirname "$0")/../.." && pwd)
cd "$here" || exit 2
# shellcheck source=tests/course/copy.bash
source tests/course/copy.bash
# shellcheck source=tests/course/build.bash
source tests/course/build.bash
# shellcheck source=tests/course/probe.bash
source tests/course/probe.bash

refuse() {
    echo "make test: $1" >&2
    exit 2
}

# fault KIND FILE SENTENCE: notes it, once.
fault() {
    local line
    line=$(printf '%s\t%s\t%s' "$1" "$2" "${3//$'\t'/ }")
    grep -qxF "$line" "$faults" || printf '%s\n' "$line" >>"$faults"
}

# cause_of PATTERN: the sentence of the first fault that matches, as KIND, FILE
# and SENTENCE with blanks between them; or else of the first that there is.
cause_of() {
    awk -F'\t' -v pattern="$1" '
        $1 == "left-out" { next }
        first == "" { first = $3 }
        $1 " " $2 " " $3 ~ pattern { print $3; found = 1; exit }
        END { if (!found) print first }' "$faults"
}

check_arguments() {
    local stages
    stages=$(echo stages/stage* | sed 's|stages/stage||g')
    [ -n "$stage" ] ||
        refuse "which step is the folder for? Say STAGE=n; the stages are: $stages"
    case " $stages " in
    *" $stage "*) ;;
    *) refuse "there is no stage '$stage'. The stages are: $stages" ;;
    esac
    [ -n "$folder" ] || refuse "which folder? Say DIR=path"
    [ -e "$folder" ] || refuse "there is no folder '$folder'"
    [ -d "$folder" ] || refuse "'$folder' is not a folder"
    if [ ! -r "$folder" ] || [ ! -x "$folder" ]; then
        refuse "the folder '$folder' cannot be read"
    fi
    [ -n "$(find -L "$folder/." -maxdepth 1 -name '*.c' | head -n 1)" ] ||
        refuse "there is no file *.c in '$folder'"
}

[ $# -ge 3 ] || refuse "usage: tests/course/check.sh BUILD STAGE DIR [WORK]"
build=$1
stage=$2
folder=$3
check_arguments
work=${4:-$build/folder/stage$stage}
rm -rf "$work"
mkdir -p "$work/build/results" || exit 2
work=$(cd "$work" && pwd)
faults=$work/faults.tsv
not_run=$work/not_run.tsv
: >"$faults"

if [ -z "${REUSE-}" ]; then
    build_own
fi
copy_project
copy_folder
declare_functions
compile_folder
look_at_functions
link_folder
probe_server
note_not_run
# Whatever was not built, what was can be looked at.
tests/course/structure.sh "$stage" >"$work/tests/http/structure.bats"

echo "The folder: $folder, for stage $stage"
cut -f3 "$faults" | sed 's/^/  /'
cd "$work" || exit 2
# A test that hangs is ended by itself, so that those behind it still run.
export BUILT=$work/
export BATS_TEST_TIMEOUT=${BATS_TEST_TIMEOUT:-40} UNIT_SECONDS=${UNIT_SECONDS:-30}
FOLDER=$folder FAULTS=$faults NOT_RUN=$not_run JOB_SECONDS=${JOB_SECONDS:-150} \
    tests/tools/run.sh build "$stage"
