#!/usr/bin/env bash
# tests/course/vary.sh BUILD [STAGE:VARIANT...] - correct servers that are made in
# other ways than this project's pass every contract test.
#
# A variant is a folder with a stage's files, but with the handle_connection.c of
# tests/course/variants, which uses nothing of common/net, and the file there
# that talks to the socket in its own way: blocking.c, nonblocking.c,
# selecting.c or stdio.c. `blocking` and `selecting` have the serve.c there, too,
# with the usual loop: accept, then pthread_create; so `blocking` is the server
# that most would write. Without names, it is tried at stages 4, 5 and 6, and
# each other one at one stage; `all` tries each at all three.
# Prints a line for each; ends with 1 if a contract test is not green.
set -u

here=$(cd "$(dirname "$0")/../.." && pwd)
cd "$here" || exit 2
variants=tests/course/variants

# make_variant STAGE NAME FOLDER
make_variant() {
    mkdir -p "$3" && cp "stages/stage$1"/*.[ch] "$3" &&
        cp "$variants"/{handle_connection.c,sockets.h,"$2.c"} "$3" || exit 2
    [ "$1" -ge 6 ] || sed -i '1i #define POST_REFUSED' "$3/handle_connection.c"
    case $2 in
    blocking | selecting) cp "$variants/serve.c" "$3" ;;
    esac
}

# try_variant STAGE NAME
try_variant() {
    local stage=$1 name=$2 folder=$tries/$1-$2 work=$tries/work-$1-$2 line
    make_variant "$stage" "$name" "$folder"
    if REUSE=1 TAG=contract tests/course/check.sh "$build" "$stage" "$folder" \
        "$work" >"$folder.txt" 2>&1; then
        line=$(tail -n 1 "$folder.txt")
        printf 'stage %s, %-25s ok: %s\n' "$stage" "$name" "$line"
        return
    fi
    printf 'stage %s, %-25s FAILED\n' "$stage" "$name"
    awk -F'\t' '$3 != "passed" { print "    " $3 ": " $2 }' \
        "$work/build/results/results.tsv"
    echo "    all that was said: ${folder#"$here"/}.txt"
    return 1
}

build=$1
shift
[ $# -gt 0 ] || set -- {4,5,6}:blocking 4:stdio 6:nonblocking 6:selecting
[ "$1" != all ] || set -- {4,5,6}:{blocking,nonblocking,selecting,stdio}
tries=$PWD/$build/folder/variants
rm -rf "$tries"
mkdir -p "$tries"
for stage in $(printf '%s\n' "${@%:*}" | sort -u); do
    make --no-print-directory BUILD="$build" STAGE="$stage" stage-programs \
        >"$tries/make.txt" || exit 2
done
# Two at once: most of a test's time is spent waiting.
export -f try_variant make_variant
export build tries here variants
printf '%s\n' "${@/:/ }" |
    xargs -P 2 -L 1 bash -c 'try_variant "$@"' variant || exit 1
