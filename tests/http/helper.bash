# helper.bash - what the tests in this folder share. A test is a few lines:
#
#     # bats test_tags=assignment,requests,id:two-pieces
#     # hint: One recv is not one request. Does your loop go on?
#     @test "a request in two pieces gets the page" {
#         ask 'send GET /p HTTP/1.1\r\n' 'pause 20' 'send Host: a\r\n\r\n'
#         assert_hello /p
#     }
#
# The runner sets STAGE (1 to 6), SERVER (the server to test), SERVER_SMALL,
# SERVER_FOUR and SERVER_HASTY (the same server with other limits; see the Makefile),
# SERVER_STAND_IN (it calls the delegate in stand_in_delegate.c), SERVER_SHORT (it sends
# only parts; see short_sends.c), and TOOLS (the folder of raw_client). A file says near
# its top which stages it tests:
#
#     # stages: 1 5 6
#
# All tests of a file share one server, which runs from setup_file to teardown_file. It
# is $SERVER, unless the file exports shared_server before it loads this. If each test has
# a server of its own, the file loads own_server.bash after this.
#
# A test asks with `ask` (raw bytes), `fetch` (a path, as curl asks for it), or
# `ask_each` (many requests at once, request_tables.bash). It must get an answer. Then
# `ask` and `fetch` set
#
#     status     its status code
#     head       its status line and fields, each with its CR LF
#     content    its content
#     sentence   what an error page says is wrong
#
# and the file $came has everything that came. A test can use assert_answer,
# assert_field, assert_hello, assert_pairs (page.bash), and assert_equal.

# shellcheck disable=SC2034 # the variables are there for the tests

export LC_ALL=C # so that lengths are counted in bytes

# The answer of a submission may never end, so no file that is written here gets longer
# than 2 MiB. A test that needs more says `expect_mib`.
[[ -z ${JUDGED-} ]] || ulimit -S -f 2048

expect_mib() {
    [[ -z ${JUDGED-} ]] || ulimit -S -f $(($1 * 1024))
}

came=${BATS_TEST_TMPDIR:-/tmp}/came

# These are only the parts of bats-support and bats-assert that are used here: loading
# all of both would take as long per test as the rest of it.
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

setup_file() {
    start_server "${shared_server:-$SERVER}"
}

teardown_file() {
    stop_server
}

# Bats follows each command of a test, so that it can show the one that failed. It
# should not follow the functions here: that takes longer than they do. A setup that a
# file has instead of this one starts a server, which turns it off as well.
setup() {
    set +T
    find_patience
    revive_server
}

# How many seconds an answer may take. A test of a submission that takes longer is run
# again if the machine is busy. If two have taken longer, it is not an accident; and most
# of what HTTP asks beyond the assignment is missing from most submissions.
patience=10
find_patience() {
    [[ -z ${JUDGED-} ]] || patience=4
    if [[ -e $BATS_FILE_TMPDIR/late_twice || (-n ${JUDGED-} && " ${BATS_TEST_TAGS[*]} " == *' http '*) ]]
    then
        patience=2
    fi
    patience=${HURRIED_PATIENCE:-$patience} # make watch is in a hurry
}

# was_late CODE: notes that something took too long, if raw_client's exit status says so.
was_late() {
    (($1 == 3)) || return 0
    [[ ! -e $BATS_FILE_TMPDIR/late ]] || : >"$BATS_FILE_TMPDIR/late_twice"
    : >"$BATS_FILE_TMPDIR/late"
}

# A teardown that a file has instead of this one calls kill_server or end_story.
teardown() {
    look_after_server
    end_story
}

# The server ---------------------------------------------------------------

# start_server [PROGRAM [INTERFACE [PORT]]]: starts it and sets SERVER_PID,
# SERVER_OUT and SERVER_LOG (files with its two outputs), SERVER_ENDED (a file that
# will have its exit status), URL and PORT. If log_to is set, standard error goes to that
# file. The server must say where it listens within 10 s, or within $most_seconds.
start_server() {
    local folder=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}

    set +T
    run_in_background "$folder" "${1:-$SERVER}" "${2:-127.0.0.1}" "${3:-0}"
    wait_until "${most_seconds:-10}" server_listens_or_ended || true
    take_address || fail "started: ${1:-$SERVER} ${2:-127.0.0.1} ${3:-0}
expected: a line \`NAME: listening on http://ADDRESS:PORT/\`
what came: within ${most_seconds:-10} s, it did not say where it listens \
(is the line printed, and flushed?):
$(its_words)"
    if [[ -z ${BATS_TEST_TMPDIR-} ]]; then # the server of the file
        printf 'export %s=%q\n' SERVER_PID "$SERVER_PID" SERVER_OUT "$SERVER_OUT" \
            SERVER_LOG "$SERVER_LOG" SERVER_ENDED "$SERVER_ENDED" URL "$URL" \
            PORT "$PORT" >"$BATS_FILE_TMPDIR/server"
        printf '%q ' start_server "$@" >"$BATS_FILE_TMPDIR/again"
    fi
}

# run_in_background FOLDER PROGRAM ARGUMENT...: starts a server, and a process that
# waits for it, because one test cannot wait for what another one has started.
run_in_background() {
    local folder=$1 options=$-

    shift
    export SERVER_PID SERVER_OUT=$folder/out SERVER_LOG=${log_to:-$folder/log}
    export SERVER_ENDED=$folder/ended URL PORT
    rm -f "$folder/pid" "$SERVER_ENDED"
    note "$SERVER_OUT" run "$@"
    : >"$SERVER_OUT"
    {
        expect_mib 64 # of its log
        [[ $options != *m* ]] || set -m # a group of its own, and SIGINT not ignored
        "$@" >"$SERVER_OUT" 2>"$SERVER_LOG" &
        echo $! >"$folder/pid"
        wait $! && echo 0 >"$SERVER_ENDED" || echo $? >"$SERVER_ENDED"
    } 3>&- >/dev/null 2>&1 &
    wait_until 10 test -s "$folder/pid"
    SERVER_PID=$(<"$folder/pid")
}

# If the server that the tests share has died, starts another one, so that each test is
# judged by itself.
revive_server() {
    [[ -e $BATS_FILE_TMPDIR/server ]] || return 0
    # shellcheck source=/dev/null
    source "$BATS_FILE_TMPDIR/server"
    ! server_died || start_again
}

start_again() {
    local BATS_TEST_TMPDIR=

    eval "$(<"$BATS_FILE_TMPDIR/again")"
}

# Whether the server that the tests share has ended, although nobody stopped it.
server_died() {
    [[ -n ${SERVER_PID-} && -e $BATS_FILE_TMPDIR/server ]] && process_ended "$SERVER_PID"
}

# At the end of a test: fails if the server that the tests share has ended.
look_after_server() {
    server_died || return 0
    echo "$SERVER_PID" >"$BATS_FILE_TMPDIR/death_told"
    [[ ! -e $BATS_TEST_TMPDIR/story_shown ]] || return
    fail 'expected: the server is still running after this'
}

# take_address: sets URL and PORT to what the server's line says; fails if that is not an
# address. The line is not trusted: curl, which gets what it says, has options, and
# bash would run a command that is in (( )) in the place of a number.
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

# stop_server [SIGNAL]: stops the server that start_server started, and sets ended to its
# status. That may be 0, or that of a program that the signal ended. Fails if the
# server was already gone, does not end, or crashed.
stop_server() {
    local pid signal=${1:-TERM}

    if [[ -z ${BATS_TEST_TMPDIR-} && -e $BATS_FILE_TMPDIR/server ]]; then
        # shellcheck source=/dev/null
        source "$BATS_FILE_TMPDIR/server" # the last one
        if server_died && [[ $(cat "$BATS_FILE_TMPDIR/death_told") == "$SERVER_PID" ]]; then
            return
        fi
    fi
    pid=$SERVER_PID
    SERVER_PID=
    if ! server_listens; then # start_server has reported it
        kill -s KILL "$pid" 2>/dev/null || true
        return
    fi
    kill -s "$signal" "$pid" 2>/dev/null || server_fails "$signal" "$pid" \
        "it had already ended, $(how_it_ended)" || return
    if ! wait_until 10 process_ended "$pid"; then
        kill -s KILL "$pid"
        server_fails "$signal" "$pid" 'it did not end within 10 s' || return
    fi
    ended=$(end_status)
    ((ended == 0 || ended == 128 + $(kill -l "$signal"))) ||
        server_fails "$signal" "$pid" "it ended $(how_it_ended)"
}

# stop_server_well [SIGNAL]: does the same, and the server must exit with 0.
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
    fail "${steps}expected: the server is running at the end, and ends after SIG$1
what happened: $3
$(its_words)"
}

# its_words: prints the end of what the server printed, quoted.
its_words() {
    [[ -p $SERVER_LOG ]] || { cat "$SERVER_OUT" && tail -n 20 "$SERVER_LOG"; } |
        cut -c 1-300 | quoted
}

# end_status: prints the exit status of a server that has ended.
end_status() {
    local code

    wait_until 2 test -s "$SERVER_ENDED" || true
    code=$(<"$SERVER_ENDED")
    printf '%d\n' "$((${code:-0}))"
}

# how_it_ended: says in a few words how the server ended.
how_it_ended() {
    local code

    code=$(end_status)
    if ((code > 128 && code <= 128 + 64)); then
        echo "by SIG$(kill -l $((code - 128)))"
    else
        echo "with status $code"
    fi
}

# For a test with a server of its own: ends it, unless the test has done so.
kill_server() {
    end_story
    if [[ -n ${SERVER_PID-} ]]; then
        kill -s KILL "$SERVER_PID" 2>/dev/null || true
    fi
}

process_ended() {
    ! kill -0 "$1" 2>/dev/null
}

# wait_until SECONDS COMMAND...: waits until the command succeeds.
wait_until() {
    local deadline=$((SECONDS + $1 + 1))

    shift
    until "$@"; do
        ((SECONDS < deadline)) || return 1
        pause 0.005
    done
}

# pause SECONDS: sleeps without starting a process: it reads from a pipe into which
# nothing is ever written.
pause() {
    [[ -n ${never-} ]] || exec {never}<> <(:)
    read -rt "$1" -u "$never" || (($? > 128)) || sleep "$1"
}

# True of a server with ThreadSanitizer: there, creating a thread takes so long that
# many do not fit into the time that a stop may take.
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
# connections at once. The file $came gets what comes, and is shown if the test fails.
raw_client() {
    came=$BATS_TEST_TMPDIR/came
    run_client "$@"
}

# run_client ...: does the same with the file that $came already names.
run_client() {
    local options=(-t "$patience") clients=() host=127.0.0.1 code=0

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
        >"$came" 3>&- || code=$?
    was_late "$code"
    return "$code"
}

# hold NAME [OPTION...] STEP...: takes the steps in the background, with the options of
# raw_client, and returns when the step `hold` is reached. The steps after it are taken
# after `release` or `finish`.
declare -gA holders=() gates=()

hold() {
    local came=$BATS_TEST_TMPDIR/$1 name=$1 gate

    shift
    mkfifo "$came.gate"
    (
        for gate in "${gates[@]}"; do
            exec {gate}>&- # the others can go on without these
        done
        ulimit -n hard
        run_client -t 100 "$@" <"$came.gate" 2>"$came.said"
    ) &
    holders[$name]=$!
    exec {gate}>"$came.gate"
    gates[$name]=$gate
    wait_until 60 holds_or_ended "$name" || true
    holds "$came" || fail "the clients did not come as far as 'hold': $(head -c 300 "$came.said")"
}

holds() {
    local line

    { read -r line <"$1"; } 2>/dev/null && [[ $line == holding ]]
}

holds_or_ended() {
    holds "$BATS_TEST_TMPDIR/$1" || process_ended "${holders[$1]}"
}

# release NAME: lets them take the steps after `hold`.
release() {
    local gate=${gates[$1]}

    unset "gates[$1]"
    exec {gate}>&-
}

# finish NAME: releases them, waits until they have taken all steps, and sets came to
# the file that has what came. Returns the exit status of raw_client.
finish() {
    local code=0

    [[ -z ${gates[$1]-} ]] || release "$1"
    wait "${holders[$1]}" || code=$?
    came=$BATS_TEST_TMPDIR/$1.came
    tail -n +2 "$BATS_TEST_TMPDIR/$1" >"$came" # the first line is `holding`
    return "$code"
}

# assert_came COUNT PATTERN: what came has the pattern so many times.
assert_came() {
    assert_equal "$(grep -ao "$2" "$came" | wc -l)" "$1"
}

# ask STEP...: takes the steps, then reads the answer to its end.
ask() {
    raw_client "$@" answer || fail "expected: a whole answer" || return
    take_answer
}

# ask_after_100 STEP...: does the same, and expects a 100 after the first step.
ask_after_100() {
    local interim

    raw_client "$1" 'until \r\n\r\n' "${@:2}" answer ||
        fail "expected: a 100, and a whole answer" || return
    interim=$(head -n 2 "$came")
    [[ $interim == $'HTTP/1.1 100 Continue\r\n\r' ]] ||
        fail "expected: HTTP/1.1 100 Continue, and an empty line" || return
    tail -n +3 "$came" >"$came.final"
    came+=.final
    take_answer
}

# ask_head STEP...: does the same for a HEAD request, whose answer has no content.
ask_head() {
    raw_client "$@" read ||
        fail "expected: a whole answer, and then the end of the connection" || return
    answer_to_head=1 take_answer
}

# fetch PATH [OPTION...]: asks as curl does; with options, runs curl itself. (Starting
# curl takes five times as long as starting raw_client.)
fetch() {
    local path=$1 code=0

    shift
    came=$BATS_TEST_TMPDIR/came
    note "$came" curl "$@" "http://127.0.0.1:8080$path"
    if (($# > 0)) || [[ $URL != http://127.0.0.1:* ]]; then
        curl -q -sS -i --raw -g --noproxy '*' --path-as-is --max-time "$patience" -H 'Expect:' \
            "$@" --url "$URL$path" >"$came" 3>&- || code=$?
        was_late "$((code == 28 ? 3 : 0))"
        ((code == 0)) || fail "expected: curl gets a whole answer within $patience s" || return
    else
        "$TOOLS/raw_client" -t "$patience" 127.0.0.1 "$PORT" "send GET ${path//\\/\\\\} HTTP/1.1\r\n" \
            "send Host: 127.0.0.1:$PORT\\r\\nUser-Agent: curl\\r\\nAccept: */*\\r\\n\\r\\n" \
            answer >"$came" 3>&- || code=$?
        was_late "$code"
        ((code == 0)) || fail "expected: a whole answer within $patience s" || return
    fi
    take_answer
}

# take_answer: takes the answer in the file $came apart. Any answer that a client would
# understand will do; envelope.bats tests what all answers must have.
take_answer() {
    local wrong='' joined=''

    look_at_answer "$came"
    [[ -z $wrong ]] || fail "$wrong" || return
    if [[ -n $joined ]]; then
        printf '%s\r\n%s' "$head" "$content" >"$came.joined"
        came+=.joined
    fi
}

# look_at_answer FILE: does the same, and sets wrong to what is wrong with the answer.
look_at_answer() {
    read_answer <"$1"
    if [[ ! $head =~ ^HTTP/1\.[01]\ [2-5][0-9][0-9] ]]; then
        wrong="expected: an answer, but there is no status line: '${head%%$'\n'*}'"
    elif [[ -n ${answer_to_head-} && -n $content ]]; then
        wrong="an answer to HEAD has content: $content"
    fi
}

# read_answer: reads an answer from standard input, and its content up to a NUL.
read_answer() {
    local line value

    head=
    while IFS= read -r line && [[ -n ${line%$'\r'} ]]; do
        head+=${line%$'\r'}$'\r\n'
    done
    status=${head:9:3}
    if find_field Transfer-Encoding; then
        joined=1
        IFS= read -r -d '' content < <(unchunked) || true
    else
        IFS= read -r -d '' content || true
    fi
    sentence=
    if [[ $status != 200 && $content =~ '<p>'([^<]*)'</p>' ]]; then
        sentence=${BASH_REMATCH[1]}
    fi
}

# unchunked: prints standard input without the sizes and ends of its chunks.
unchunked() {
    LC_ALL=C sed -zE '
        s/^[0-9A-Fa-f]+[^\r\n]*\r\n//
        s/\r\n[0-9A-Fa-f]+\r\n//g
        s/\r\n$//'
}

# find_field NAME: sets value to the value of the answer's only field of that name.
find_field() {
    local fields=$'\n'$head lower name=${1,,}

    lower=${fields,,}
    value=${lower#*$'\n'"$name:"}
    [[ $value != "$lower" && $value != *$'\n'"$name:"* ]] || return
    value=${fields:${#fields}-${#value}}
    value=${value%%$'\r\n'*}
    value=${value#"${value%%[! $'\t']*}"}
    value=${value%"${value##*[! $'\t']}"}
}

# field NAME: prints its value.
field() {
    local value

    find_field "$1" && printf '%s\n' "$value"
}

# assert_field NAME VALUE: the answer's only field of that name has the value. If VALUE
# ends in `...`, the field must only begin with it.
assert_field() {
    local value=

    find_field "$1" || fail "expected: one field $1: $2
in the head: $(visible <<<"$head")"
    [[ $value == "$2" || ($2 == *... && $value == "${2%...}"*) ]] ||
        fail "expected: $1: $2
in the head: $1: $value"
}

# assert_answer STATUS [FRAGMENT]: the answer has the status and, in its content, the
# fragment.
assert_answer() {
    [[ $status == "$1" && $content == *"${2-}"* ]] || fail "expected: $1 ${2-}
the answer: ${head%%$'\r\n'*} $sentence"
}

# Programs -----------------------------------------------------------------

# run_server ARGUMENT...: runs a server that ends by itself, within 10 s or
# $most_seconds. Sets code, and said to what it wrote to standard error.
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
