#!/usr/bin/env bash
# tests/tools/races.sh BUILD STAGE... - valgrind's helgrind and DRD on the threads.
#
# Each stage's server, built without sanitizers, and the unit tests of what
# threads share (budget, deadlines, log, pool) run under both tools. The server
# meets clients side by side that ask, post, break off and leave half a request,
# more of them than it may have threads, and ends by SIGTERM while some of them
# are there. ThreadSanitizer, with all of the HTTP tests, is `make test
# SANITIZE=thread`.
#
# BUILD/small/stageN/webserve, BUILD/tools/raw_client and those unit tests must be
# there. Prints a line for each run; below it, what the tool reports. Exits with
# 1 if it reports anything, a client gets no answer, or a server does not end
# with 0.
set -u

build=${1:?"usage: tests/tools/races.sh BUILD STAGE..."}
shift
work=$build/races
mkdir -p "$work"
start_seconds=60
server=
trap '[ -z "$server" ] || kill -KILL "$server" 2>/dev/null' EXIT

# suppression WHY WHAT FUNCTION...: what is not to be reported.
suppression() {
    printf '{\n%s\n%s\n' "$1" "$2"
    printf 'fun:%s\n' "${@:3}"
    echo '}'
}

{
    # The tools do not know atomics: these read and write one of deadlines.h.
    for function in deadline_wait stop_waiting is_waiting; do
        suppression 'an atomic' Helgrind:Race "$function"
        suppression 'an atomic' drd:ConflictingAccess "$function"
    done
    # A program has one pool, for as long as it runs; a unit test has several.
    suppression 'a pool again' drd:MutexErr 'pthread_mutex_init*' pool_init
    suppression 'a pool again' drd:CondErr 'pthread_cond_init*' pool_init
} >"$work/suppressions"

# tool_command TOOL NAME: sets the command line; what it reports goes to a file.
tool_command() {
    command=(valgrind "--tool=$1" --error-exitcode=99 --quiet
        "--log-file=$work/$2.$1" --num-callers=12
        "--suppressions=$work/suppressions")
}

# verdict WHAT STATUS LOG: prints the line, and the log if there is anything in it.
verdict() {
    if [ "$2" = 0 ] && [ ! -s "$3" ]; then
        printf '%-44s no report\n' "$1"
        return 0
    fi
    printf '%-44s FAILED, status %s\n' "$1" "$2"
    head -n 60 "$3" | sed 's/^/    /'
    return 1
}

ask() {
    "$build/tools/raw_client" -t 60 "$@"
}

# The clients of a server; fails if one that should get an answer does not.
clients() {
    local port=$1 stalled whole
    local post='POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n'
    ask -c 20 127.0.0.1 "$port" 'send GET /a?b=c HTTP/1.1\r\nHost: a\r\n\r\n' \
        read >"$work/answers" &
    whole=$!
    ask -c 10 127.0.0.1 "$port" "send $post" 'send a=1' read >/dev/null || return
    ask -c 5 127.0.0.1 "$port" 'send GET / HT' reset
    ask -c 5 127.0.0.1 "$port" "send $post" end read >/dev/null
    wait "$whole" || return
    [ "$(grep -ac '</html>$' "$work/answers")" = 20 ] || return
    # Nearly as many as there are threads: their time becomes short.
    ask -c 7 127.0.0.1 "$port" 'send GET / HTTP/1.1\r\n' read >/dev/null &
    stalled=$!
    ask -c 3 127.0.0.1 "$port" 'send GET / HTTP/1.1\r\nHost: a\r\n\r\n' read \
        >/dev/null || return
    wait "$stalled"
}

run_server() {
    local tool=$1 stage=$2 log=$work/stage$2.$1 until=$((SECONDS + start_seconds))
    local status=0 port='' half command
    tool_command "$tool" "stage$stage"
    : >"$work/out" # before the server is there: it may hold another's port
    "${command[@]}" "$build/small/stage$stage/webserve" 127.0.0.1 0 \
        >"$work/out" 2>/dev/null &
    server=$!
    while [ -z "$port" ]; do
        port=$(sed -n 's|.*:\([0-9]*\)/$|\1|p' "$work/out")
        if [ "$SECONDS" -gt "$until" ] || ! kill -0 "$server" 2>/dev/null; then
            verdict "stage $stage, $tool: it does not listen" 1 "$log"
            return 1
        fi
        sleep 0.1
    done
    clients "$port" || status=1
    ask -c 5 127.0.0.1 "$port" 'send GET / HTTP/1.1\r\n' hold read \
        >"$work/half" 2>/dev/null < <(sleep 60) &
    half=$!
    until grep -q holding "$work/half" || ! kill -0 "$half" 2>/dev/null; do
        sleep 0.1
    done
    kill -TERM "$server"
    wait "$server" || status=$?
    server=
    kill "$half" 2>/dev/null
    wait "$half"
    verdict "stage $stage, $tool" "$status" "$log"
}

run_unit() {
    local tool=$1 program=$2 status=0 command
    tool_command "$tool" "$(basename "$program")"
    timeout 120 "${command[@]}" "$program" >"$work/units" 2>&1 || status=$?
    # Red tests are for `make test` to tell: a limit on descriptors, or on time,
    # is another thing below valgrind. Their number is the status of the program,
    # below that of a tool which reports something, and of a timeout or signal.
    if [ "$status" -lt 99 ] && grep -q '^\[==========\].*test(s) run' "$work/units"; then
        status=0
    fi
    verdict "$(basename "$program"), $tool" "$status" \
        "$work/$(basename "$program").$tool"
}

shopt -s nullglob
units=("$build"/unit/{budget,deadlines,log,main_thread,pool}_*test)
if [ "${#units[@]}" = 0 ]; then
    echo "tests/tools/races.sh: no unit tests of what threads share in $build/unit" >&2
    exit 1
fi
failed=0
for tool in helgrind drd; do
    for program in "${units[@]}"; do
        run_unit "$tool" "$program" || failed=1
    done
    for stage in "$@"; do
        run_server "$tool" "$stage" || failed=1
    done
done
exit $failed
