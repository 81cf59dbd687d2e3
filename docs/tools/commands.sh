#!/usr/bin/env bash
# docs/tools/commands.sh BUILD [PAGE...] - runs what README.md, docs/*.md and the slides show.
#
# A block that begins with ```console holds commands, `$ COMMAND`, each with
# what it prints below it. `$ make run STAGE=n` starts that stage's server from
# the folder BUILD (without STAGE: the last one), for what follows on that page
# until the next `make run`. `$ make start STAGE=n DIR=../stepn` makes that
# folder; `$ make -C ../stepn run` builds and starts the server in it, after
# what the page's `part` blocks have put in so far (BUILD/parts, docs/tools/parts.py).
#
# Several runs do not meet: each server has a free port, which takes the place
# of 8080, and one that is free for an example in place of 8090; files in /tmp
# and the folders of the steps are in a folder of the run's own. Reports have
# them put back. docs/contributing.md, which changes the sources, is run in a
# copy of the repository. Debian's clitest runs the commands and compares; a page becomes its
# input, line for line, when all but the console blocks is made empty. The CR
# at the end of a field line, which no terminal shows, need not be expected.
#
# Prints each difference: the page, the line, the command, what was expected
# and what came; at last `N passed, N failed`. Exits with 1 if one failed, or
# if there was none.
set -u
export LC_ALL=C # diff speaks the reader's language
# What a page shows of make is what a reader's make says, not one within another.
unset MAKEFLAGS MFLAGS MAKELEVEL

page_seconds=120 # a page that takes longer hangs
start_seconds=10
build=${1:?"usage: docs/tools/commands.sh BUILD [PAGE...]"}
shift
if ! command -v clitest >/dev/null; then
    echo "docs/tools/commands.sh: please install clitest (Debian's package)" >&2
    exit 1
fi
work=$(mktemp -d)
passed=0
failed=0
servers=()
stop_servers() {
    local server
    for server in "${servers[@]}"; do
        kill -TERM "$server" 2>/dev/null
        if ! wait "$server"; then
            echo "$page: a server did not exit with 0"
            failed=$((failed + 1))
        fi
    done
    servers=()
}
trap 'stop_servers; rm -rf "$work"' EXIT

# start_server PROGRAM: starts it, and sets `port`.
start_server() {
    local until=$((SECONDS + start_seconds))
    : >"$work/out"
    "$1" 127.0.0.1 0 >"$work/out" 2>"$work/log" &
    servers+=($!)
    port=
    while [ -z "$port" ]; do
        if [ "$SECONDS" -gt "$until" ] || ! kill -0 $! 2>/dev/null; then
            echo "$page: $1 does not listen" >&2
            cat "$work/log" >&2
            echo "$passed passed, $((failed + 1)) failed" >&2
            exit 1
        fi
        sleep 0.02
        port=$(sed -n 's|.*:\([0-9]*\)/$|\1|p' "$work/out")
    done
    ports+="|$port"
}

# Puts this run's ports, folders and files into $line.
adapt() {
    local shown own
    for shown in 8080 8090; do
        own=$port
        [ "$shown" = 8080 ] || own=$example_port
        while [[ $line =~ (^|.*[^0-9])$shown($|[^0-9].*) ]]; do
            line=${BASH_REMATCH[1]}@port@${BASH_REMATCH[2]}
        done
        line=${line//@port@/$own}
    done
    line=${line//\/tmp\//$work\/} # first: the others may be below /tmp, too
    line=${line//build\/stage/$build\/stage}
    line=${line//..\/step/$work\/step}
}

# A folder to type the step in, as the reader makes it. What that printed takes
# the place of the command.
make_folder() {
    local said
    adapt
    said=$work/said.${#parts[@]}
    ${line#'$ '} >"$said" 2>&1
    parts[${line##*DIR=}]=0
    line="\$ cat $said"
}

# run_folder STAGE: what the reader has typed so far is built and started, by
# the folder's own Makefile.
run_folder() {
    local folder=$work/step$1
    if ! cp "$build/parts/stage$1/${parts[$folder]}"/*.[ch] "$folder" ||
        ! make -s -C "$folder" MAKEFLAGS= >"$work/make" 2>&1; then
        echo "$page: part ${parts[$folder]} of step $1 does not build:"
        cat "$work/make"
        exit 1
    fi
    [ ! -s "$work/make" ] || sed "s|^|$page: make in step$1 says: |" "$work/make"
    cp "$folder/webserve" "$folder/webserve.${parts[$folder]}" # it still runs when the next is built
    start_server "$folder/webserve.${parts[$folder]}"
}

# Makes clitest's input of a page, and starts the servers that it names. For
# clitest, a `$` alone is an empty line between two commands.
read_page() {
    local line inside=false last folder
    local -A parts=()
    last=$(printf '%s\n' stages/stage* | tail -n 1)
    port=8080
    ports=8080
    while IFS= read -r line; do
        case $inside:$line in
        true:'```'*) inside=false line='$' ;;
        false:'```console') inside=true line='$' ;;
        true:'$ make run'*)
            [[ $line = *STAGE=* ]] || line=STAGE=${last#stages/stage}
            start_server "$build/stage${line##*STAGE=}/webserve"
            line='$'
            ;;
        true:'$ make start'*) make_folder ;;
        true:'$ make -C ../step'[0-9]' run')
            line=${line#*/step}
            run_folder "${line% run}"
            line='$'
            ;;
        true:*) adapt ;;
        false:'<!-- begin: part '*)
            line=${line#*part }
            folder=$work/step${line%% *}
            parts[$folder]=$((${parts[$folder]--1} + 1))
            line='$'
            ;;
        *) line='$' ;;
        esac
        printf '%s\n' "$line"
    done <"$1" >"$work/page"
}

# The report of clitest in words, with what adapt put in taken out again.
report() {
    sed -E -e '/^-{20,}$/d; /^FAIL: /d; /^$/d; /^\\ No newline/d' \
        -e "s|^\[FAILED #[0-9]+, line ([0-9]+)\] |$1, line \1: \$ |" \
        -e 's/^@@.*@@$/    (- expected, + got)/' -e 's/^([-+ ])/    \1/' \
        -e "s@\b($ports)\b@8080@g; s|\b$example_port\b|8090|g; s|$build/stage|build/stage|g" \
        -e "s|$work/step|../step|g; s|$work/|/tmp/|g" "$work/report"
}

# copy_of_repository: a place where a page may change the sources.
copy_of_repository() {
    git clone -q . "$work/copy" &&
        git diff --binary HEAD | (cd "$work/copy" && git apply --allow-empty &&
            git -c user.name=x -c user.email=x@localhost commit -qam x --allow-empty)
}

run_page() {
    local tests fails place=.
    page=$1
    read_page "$page"
    if [ "$page" = docs/contributing.md ]; then
        copy_of_repository
        place=$work/copy
    fi
    cd "$place" && timeout "$page_seconds" bash "$(command -v clitest)" --progress none \
        --color never --diff-options '-u --strip-trailing-cr' "$work/page" >"$work/report" 2>&1 </dev/null
    status=$?
    cd - >/dev/null || exit 1
    case $status in
    0) fails=0 ;;
    1) fails=$(sed -n 's/^FAIL: \([0-9]*\) of .*/\1/p' "$work/report") ;;
    *) fails= ;;
    esac
    tests=$(grep -c '^\$ ' "$work/page")
    if [ -z "$fails" ]; then
        echo "$page: it did not come to its end"
        fails=$tests
    fi
    [ "$fails" = 0 ] || report "$page"
    passed=$((passed + tests - fails))
    failed=$((failed + fails))
    stop_servers
}

# A port that was free a moment ago: one that a server had, and gave back.
page=docs/tools/commands.sh
start_server "$build/stage1/webserve"
example_port=$port
stop_servers

if [ $# = 0 ]; then
    set -- README.md docs/*.md docs/slides/*.md
fi
for page in "$@"; do
    ! grep -q '^```console$' "$page" || run_page "$page"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
