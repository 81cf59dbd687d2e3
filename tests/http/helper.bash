# helper.bash - what the tests of this folder share. A test is a few lines:
#
#     # bats test_tags=contract,requests,id:two-pieces
#     # hint: One recv is not one request.
#     @test "a request that comes in two pieces gets the page" {
#         ask 'send GET /p HTTP/1.1\r\n' 'pause 20' 'send Host: a\r\n\r\n'
#         assert_hello /p
#     }
#
# The runner sets STAGE (1 to 6), SERVER (the server to test), SERVER_SMALL,
# SERVER_FOUR and SERVER_HASTY (the same with other limits: the Makefile has them),
# SERVER_STAND_IN (it calls the delegate of stand_in_delegate.c), SERVER_SHORT (what it
# sends goes in parts: short_sends.c), and TOOLS (the folder of raw_client). A file says near its top which stages it tests:
#
#     # stages: 1 5 6
#
# A test asks with `ask` (raw bytes), `fetch` (a path, as curl asks for it), or
# `ask_each` (many requests at once, request_tables.bash). They check that what came is one
# well-formed answer. Then `ask` and `fetch` set
#
#     status     its status code
#     head       its status line and fields, each with its CR LF
#     content    its content
#     sentence   on an error page, what it says is wrong
#
# and the file $came has all that came. What can be asserted: assert_answer,
# assert_field, assert_hello, assert_pairs (page.bash), and assert_equal.

# shellcheck disable=SC2034 # the variables are there for the tests

export LC_ALL=C # so that lengths are counted in bytes

came=${BATS_TEST_TMPDIR:-/tmp}/came

# Only the parts of bats-support and bats-assert that are used here: loading all
# of both would take as long per test as the rest of it.
for folder in ${BATS_LIB_PATH//:/ } /usr/lib/bats /usr/share/bats \
    /usr/local/lib/bats /usr/lib; do
    if [[ -e $folder/bats-assert/load.bash ]]; then
        # shellcheck source=/dev/null
        for file in support/src/{output,error,lang} assert/src/assert_equal; do
            source "$folder/bats-$file.bash"
        done
        break
    fi
done

for file in failure_report request_tables page; do
    # shellcheck source=/dev/null
    source "${BASH_SOURCE[0]%/*}/$file.bash"
done

# Bats follows each command of a test, so that it can show the one that failed. It
# should not follow those of the functions here: that takes longer than they do.
# A file with a setup of its own starts the server in it, which does the same.
setup() {
    set +T
}

# A file with a teardown of its own calls kill_server, or end_story.
teardown() {
    end_story
}

# The server ---------------------------------------------------------------

# start_server [PROGRAM [INTERFACE [PORT]]]: starts it and sets SERVER_PID,
# SERVER_OUT and SERVER_LOG (files with its two outputs), URL and PORT.
# Where the variables are set, standard error goes to the file $log_to, and the
# server has $most_seconds to say where it listens, instead of 10.
start_server() {
    local folder=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}

    set +T
    export SERVER_PID SERVER_OUT=$folder/out SERVER_LOG=${log_to:-$folder/log} URL PORT
    note "$SERVER_OUT" run "${1:-$SERVER}" "${2:-127.0.0.1}" "${3:-0}"
    : >"$SERVER_OUT"
    "${1:-$SERVER}" "${2:-127.0.0.1}" "${3:-0}" \
        >"$SERVER_OUT" 2>"$SERVER_LOG" 3>&- &
    SERVER_PID=$!
    wait_until "${most_seconds:-10}" server_listens_or_ended || true
    take_address || fail "started: ${1:-$SERVER} ${2:-127.0.0.1} ${3:-0}
expected: a line \`NAME: listening on http://ADDRESS:PORT/\`
what came: within ${most_seconds:-10} s, it did not say where it listens \
(is the line printed, and flushed?):
$(cat "$SERVER_OUT"; [[ -p $SERVER_LOG ]] || cat "$SERVER_LOG")"
}

# take_address: sets URL and PORT to what the server's line says; fails if that
# is anything but an address. The line is not trusted: what it says is given to
# curl, which has options, and to (( )), in which bash would run a command that
# is in the place of a number.
take_address() {
    local line name='[A-Za-z0-9][A-Za-z0-9.-]*' number='\[[0-9A-Fa-f:.]+\]'

    read -r line <"$SERVER_OUT" || return
    [[ $line =~ "listening on "(http://($name|$number):([1-9][0-9]{0,4}))/?$ ]] ||
        return
    URL=${BASH_REMATCH[1]}
    PORT=${BASH_REMATCH[3]}
}

server_listens() {
    local line

    { read -r line <"$SERVER_OUT"; } 2>/dev/null && [[ $line == *"listening on http"* ]]
}

server_listens_or_ended() {
    server_listens || process_ended "$SERVER_PID"
}

# stop_server [SIGNAL]: ends the server that start_server started, and sets
# ended to its status: 0 is well, and so is to be ended by that signal, as a
# program is that has no way of its own to end. Fails if it was not there any
# more, does not end, or crashed.
stop_server() {
    local pid=$SERVER_PID signal=${1:-TERM}

    SERVER_PID=
    if ! server_listens; then # start_server has reported it
        kill -s KILL "$pid" 2>/dev/null || true
        return
    fi
    kill -s "$signal" "$pid" 2>/dev/null || server_fails "$signal" "$pid" \
        "it had ended before, $(how_it_ended "$pid")" || return
    if ! wait_until 10 process_ended "$pid"; then
        kill -s KILL "$pid"
        server_fails "$signal" "$pid" 'it did not end within 10 s' || return
    fi
    ended=0
    { wait "$pid" || ended=$?; } 2>/dev/null
    ((ended == 0 || ended == 128 + $(kill -l "$signal"))) ||
        server_fails "$signal" "$pid" "it ended $(how_it_ended "$pid")"
}

# stop_server_well [SIGNAL]: the same, and it must exit with 0.
stop_server_well() {
    stop_server "$@" || return
    ((ended == 0)) || fail "expected: it exits with 0 after SIG${1:-TERM}
what came: SIG${1:-TERM} ended it; it should exit with 0"
}

# server_fails SIGNAL PID SENTENCE
server_fails() {
    local steps=

    [[ -n ${BATS_TEST_TMPDIR-} ]] || # at the end of a file
        steps="  1. what the tests of this file send
  2. kill -s $1 $2
"
    fail "${steps}expected: the server is there at the end, and ends after SIG$1
what came of the server: $3
$(tail -n 20 "$SERVER_LOG" | cut -c 1-300)"
}

# how_it_ended PID: in a few words, of a process of ours that has ended.
how_it_ended() {
    local code=0

    { wait "$1" || code=$?; } 2>/dev/null
    if ((code > 128 && code < 192)); then
        echo "by SIG$(kill -l $((code - 128)))"
    else
        echo "with status $code"
    fi
}

# For a test with a server of its own: ends it, if the test has not.
kill_server() {
    end_story
    if [[ -n ${SERVER_PID-} ]]; then
        {
            kill -s KILL "$SERVER_PID" || true
            wait "$SERVER_PID" || true
        } 2>/dev/null # Bash would report that it was killed
    fi
}

process_ended() {
    ! kill -0 "$1" 2>/dev/null
}

# wait_until SECONDS COMMAND...: until the command succeeds.
wait_until() {
    local deadline=$((SECONDS + $1 + 1))

    shift
    until "$@"; do
        ((SECONDS < deadline)) || return 1
        pause 0.005
    done
}

# pause SECONDS: as sleep does, but without starting a process: reads from a pipe
# into which nothing is ever written.
pause() {
    [[ -n ${never-} ]] || exec {never}<> <(:)
    read -rt "$1" -u "$never" || (($? > 128)) || sleep "$1"
}

# True of a server with ThreadSanitizer, in which a thread takes so long to create
# that many do not fit into the time that a stop may take.
creates_threads_slowly() {
    grep -q __tsan_init "/proc/$SERVER_PID/exe"
}

# in_ms COMMAND...: runs it and sets elapsed to the milliseconds it took.
in_ms() {
    local start=${EPOCHREALTIME/./}

    "$@"
    elapsed=$(((${EPOCHREALTIME/./} - start) / 1000))
}

# Asking -------------------------------------------------------------------

# raw_client [-c COUNT] [-h HOST] [-s] [-t SECONDS] STEP...: takes the steps
# (tests/tools/raw_client/raw_client.c explains them) on a connection, or on COUNT
# at once. What comes is in the file $came, which is shown if the test fails.
raw_client() {
    came=$BATS_TEST_TMPDIR/came
    run_client "$@"
}

# run_client ...: the same, with what comes in the file $came as it is.
run_client() {
    local options=(-t 10) clients=() host=127.0.0.1

    while [[ $1 == -? ]]; do
        case $1 in
        -h) host=$2 ;;
        -s) options+=(-s) ;;
        -c) clients=(-c "$2") ;;
        -t) options+=(-t "$2") ;;
        esac
        [[ $1 == -s ]] || shift
        shift
    done
    note "$came" raw_client "${clients[@]}" "$@"
    "$TOOLS/raw_client" "${options[@]}" "${clients[@]}" "$host" "$PORT" "$@" \
        >"$came" 3>&-
}

# hold NAME [OPTION...] STEP...: takes the steps in the background, with the options
# of raw_client, and returns once the step `hold` is reached. The steps that follow
# it are taken after `release` or `finish`.
declare -gA holders=() gates=()

hold() {
    local came=$BATS_TEST_TMPDIR/$1 name=$1 gate

    shift
    mkfifo "$came.gate"
    (
        for gate in "${gates[@]}"; do
            exec {gate}>&- # the others are let go without waiting for these
        done
        ulimit -n hard
        run_client -t 100 "$@" <"$came.gate" 2>"$came.said"
    ) &
    holders[$name]=$!
    exec {gate}>"$came.gate"
    gates[$name]=$gate
    wait_until 60 holds_or_ended "$name" || true
    holds "$came" || fail "the clients do not hold: $(head -c 300 "$came.said")"
}

holds() {
    local line

    { read -r line <"$1"; } 2>/dev/null && [[ $line == holding ]]
}

holds_or_ended() {
    holds "$BATS_TEST_TMPDIR/$1" || process_ended "${holders[$1]}"
}

# release NAME: lets them take the steps that follow `hold`.
release() {
    local gate=${gates[$1]}

    unset "gates[$1]"
    exec {gate}>&-
}

# finish NAME: releases them, waits until they have taken all steps, and sets came
# to the file with what came. Returns the exit status of raw_client.
finish() {
    local code=0

    [[ -z ${gates[$1]-} ]] || release "$1"
    wait "${holders[$1]}" || code=$?
    came=$BATS_TEST_TMPDIR/$1.came
    tail -n +2 "$BATS_TEST_TMPDIR/$1" >"$came" # the first line is `holding`
    return "$code"
}

# assert_came COUNT PATTERN: so many lines of what came match.
assert_came() {
    assert_equal "$(grep -ac "$2" "$came")" "$1"
}

# ask STEP...: takes the steps, then reads the answer to its end.
ask() {
    raw_client "$@" read ||
        fail "expected: a whole answer, and then the end of the connection" || return
    take_answer
}

# ask_after_100 STEP...: the same; after the first step a 100 comes.
ask_after_100() {
    local interim

    raw_client "$1" 'until \r\n\r\n' "${@:2}" read ||
        fail "expected: a 100, a whole answer, and then the end of the connection" || return
    interim=$(head -n 2 "$came")
    [[ $interim == $'HTTP/1.1 100 Continue\r\n\r' ]] ||
        fail "expected: HTTP/1.1 100 Continue, and an empty line" || return
    tail -n +3 "$came" >"$came.final"
    came+=.final
    take_answer
}

# ask_head STEP...: the same for a HEAD request, whose answer has no content.
ask_head() {
    answer_to_head=1 ask "$@"
}

# fetch PATH [OPTION...]: asks as curl does; with options, curl itself is run. (To
# start it takes five times as long as to start raw_client.)
fetch() {
    local path=$1

    shift
    came=$BATS_TEST_TMPDIR/came
    note "$came" curl "$@" "http://127.0.0.1:8080$path"
    if (($# > 0)) || [[ $URL != http://127.0.0.1:* ]]; then
        curl -q -sS -i -g --noproxy '*' --path-as-is --max-time 10 -H 'Expect:' \
            "$@" --url "$URL$path" >"$came" 3>&- ||
            fail "expected: curl gets a whole answer within 10 s" || return
    else
        "$TOOLS/raw_client" -t 10 127.0.0.1 "$PORT" "send GET ${path//\\/\\\\} HTTP/1.1\r\n" \
            "send Host: 127.0.0.1:$PORT\\r\\nUser-Agent: curl\\r\\nAccept: */*\\r\\n\\r\\n" \
            read >"$came" 3>&- ||
            fail "expected: a whole answer within 10 s" || return
    fi
    take_answer
}

# take_answer: takes apart the answer in the file $came, and checks what every
# answer must have: a status line, a Date (a 5xx can do without one: RFC 9110,
# section 6.6.1), Connection: close, the exact length.
take_answer() {
    local wrong=

    look_at_answer "$came"
    [[ -z $wrong ]] || fail "$wrong"
}

# look_at_answer FILE: the same; sets wrong to what is wrong with it.
look_at_answer() {
    local date='[A-Z][a-z][a-z], [0-3][0-9] [A-Z][a-z][a-z] 20[0-9][0-9] '
    local time='[0-2][0-9]:[0-5][0-9]:[0-6][0-9] GMT' value nul=

    read_answer <"$1"
    if [[ ! $head =~ ^HTTP/1\.1\ [2-5][0-9][0-9]\ [A-Z][A-Za-z\ -]+$'\r\n' ]]
    then
        wrong="no good status line: '$head'"
    elif [[ $head != 'HTTP/1.1 5'* || $head == *$'\nDate:'* ]] &&
        { ! find_field Date || [[ ! $value =~ ^$date$time$ ]]; }; then
        wrong="no good Date: $head"
    elif ! find_field Connection || [[ $value != close ]]; then
        wrong="no Connection: close: $head"
    elif ! find_field Content-Length || [[ ! $value =~ ^[0-9]+$ ]]; then
        wrong="no good Content-Length: $head"
    elif [[ -n $nul ]]; then
        wrong="expected: a page without NUL, but one follows its first ${#content} bytes"
    elif [[ -n ${answer_to_head-} && -n $content ]]; then
        wrong="an answer to HEAD has content: $content"
    elif [[ -z ${answer_to_head-} && $value != "${#content}" ]]; then
        wrong="${#content} bytes of content came with: $head"
    fi
}

read_answer() {
    local line

    head=
    while IFS= read -r line && [[ $line != $'\r' ]]; do
        head+=$line$'\n'
    done
    status=${head:9:3}
    content=
    if IFS= read -r -d '' content; then # the rest, up to a NUL
        nul=1
    fi
    sentence=
    if [[ $status != 200 && $content =~ '<p>'([^<]*)'</p>' ]]; then
        sentence=${BASH_REMATCH[1]}
    fi
}

# find_field NAME: sets value to that of the answer's only field of that name.
find_field() {
    value=${head#*$'\r\n'"$1: "}
    [[ $value != "$head" && $value != *$'\r\n'"$1: "* ]] || return
    value=${value%%$'\r\n'*}
}

# field NAME: prints it.
field() {
    local value

    find_field "$1" && printf '%s\n' "$value"
}

# assert_field NAME VALUE: the answer's only field of that name has the value,
# or one that begins with it, if that ends in `...`.
assert_field() {
    local value=

    find_field "$1" || fail "expected: one field $1: $2
in the head: $(visible <<<"$head")"
    [[ $value == "$2" || ($2 == *... && $value == "${2%...}"*) ]] ||
        fail "expected: $1: $2
in the head: $1: $value"
}

# assert_answer STATUS [FRAGMENT]: of its content.
assert_answer() {
    [[ $status == "$1" && $content == *"${2-}"* ]] || fail "expected: $1 ${2-}
the answer: ${head%%$'\r\n'*} $sentence"
}

# Programs -----------------------------------------------------------------

# run_server ARGUMENT...: one that ends by itself, in 10 s or in $most_seconds;
# sets code, and said to what it printed on standard error.
run_server() {
    local printed=$BATS_TEST_TMPDIR/printed

    note "$printed.all" run "$SERVER" "$@"
    code=0
    timeout -k 1 "${most_seconds:-10}" "$SERVER" "$@" >"$printed" \
        2>"$BATS_TEST_TMPDIR/said" 3>&- || code=$?
    said=$(<"$BATS_TEST_TMPDIR/said")
    {
        cat "$printed" "$BATS_TEST_TMPDIR/said"
        if ((code == 124)); then
            echo "(stopped after ${most_seconds:-10} s)"
        else
            echo "(exit status $code)"
        fi
    } >"$printed.all"
}
