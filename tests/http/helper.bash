# helper.bash - what the files of this suite share.
#
# The runner sets STAGE (1 to 6), SERVER (the server to test), SERVER_SMALL
# (the same with smaller limits, see deadlines.bats) and TOOLS (the folder of
# `exchange`). A file says near its top for which stages it holds:
#
#     # stages: 1 5 6
#
# A test asks, with `ask` (raw octets) or `fetch` (curl). Both make sure that
# what came back is exactly one well-formed answer, and then set
#
#     status     its status code
#     head       its status line and fields, each with its CR LF
#     content    its content
#     sentence   on an error page, what it says is wrong

# shellcheck disable=SC2034 # the variables are there for the tests

export LC_ALL=C # so that lengths are counted in octets

# Of bats-support and bats-assert, what is used here: to load both of them
# whole would take as long for each test as the rest of it.
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

# shellcheck source=tests/http/story.bash
source "${BASH_SOURCE[0]%/*}/story.bash"
# shellcheck source=tests/http/tables.bash
source "${BASH_SOURCE[0]%/*}/tables.bash"

# A file with a teardown of its own calls kill_server, or tell_end.
teardown() {
    tell_end
}

# The server ---------------------------------------------------------------

# start_server [PROGRAM [INTERFACE [PORT]]]: starts it and sets SERVER_PID,
# SERVER_OUT and SERVER_LOG (files with its two outputs), URL and PORT.
start_server() {
    local folder=${BATS_TEST_TMPDIR:-$BATS_FILE_TMPDIR}

    export SERVER_PID SERVER_OUT=$folder/out SERVER_LOG=$folder/log URL PORT
    : >"$SERVER_OUT"
    "${1:-$SERVER}" "${2:-127.0.0.1}" "${3:-0}" \
        >"$SERVER_OUT" 2>"$SERVER_LOG" 3>&- &
    SERVER_PID=$!
    wait_until 10 server_listens_or_ended
    take_address || fail "it did not say where it listens \
(is the line printed, and flushed?):
$(cat "$SERVER_OUT" "$SERVER_LOG")"
}

# take_address: sets URL and PORT to what the server's line says; fails if that
# is anything but an address. The line is not trusted: what it says is given to
# curl, which has options, and to (( )), in which bash would run a command that
# stands in the place of a number.
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

    read -r line <"$SERVER_OUT" && [[ $line == *"listening on http"* ]]
}

server_listens_or_ended() {
    server_listens || process_ended "$SERVER_PID"
}

# stop_server [SIGNAL]: ends the server that start_server started; fails if it
# was not there any more, does not end, or exits with anything but 0.
stop_server() {
    local pid=$SERVER_PID code=0

    SERVER_PID=
    kill -s "${1:-TERM}" "$pid" || fail "the server had died:
$(tail "$SERVER_LOG")"
    if ! wait_until 10 process_ended "$pid"; then
        kill -s KILL "$pid"
        fail "the server did not end within 10 s of its signal"
    fi
    wait "$pid" || code=$?
    ((code == 0)) || fail "the server exited with $code:
$(tail "$SERVER_LOG")"
}

# For a test with a server of its own: ends it, if the test has not.
kill_server() {
    tell_end
    if [[ -n ${SERVER_PID-} ]]; then
        kill -s KILL "$SERVER_PID" 2>/dev/null || true
        wait "$SERVER_PID" || true
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
        sleep 0.01
    done
}

# in_ms COMMAND...: runs it and sets elapsed to the milliseconds it took.
in_ms() {
    local start=${EPOCHREALTIME/./}

    "$@"
    elapsed=$(((${EPOCHREALTIME/./} - start) / 1000))
}

# Asking -------------------------------------------------------------------

# exchange STEP...: takes the steps (tests/tools/exchange.c has them).
exchange() {
    note exchange "$@"
    "$TOOLS/exchange" -t 10 127.0.0.1 "$PORT" "$@" 3>&-
}

# ask STEP...: takes the steps, then reads the answer to its end.
ask() {
    local -

    set +T # or Bats would follow each line of these functions, which is slow
    exchange "$@" read >"$BATS_TEST_TMPDIR/answer" ||
        fail "no whole answer: $(<"$BATS_TEST_TMPDIR/answer")" || return
    take_answer
}

# ask_head STEP...: the same for a HEAD request, whose answer has no content.
ask_head() {
    answer_to_head=1 ask "$@"
}

# fetch PATH [OPTION...]: asks with curl.
fetch() {
    local -

    set +T
    note curl "${@:2}" "http://127.0.0.1:8080$1"
    curl -q -sS -i -g --noproxy '*' --path-as-is --max-time 10 -H 'Expect:' \
        "${@:2}" --url "$URL$1" >"$BATS_TEST_TMPDIR/answer" 3>&- || fail curl || return
    take_answer
}

# take_answer: takes apart the answer in $BATS_TEST_TMPDIR/answer, and
# holds it against what every answer must have: a status line, a Date,
# Connection: close, the exact length.
take_answer() {
    local wrong=

    look_at_answer "$BATS_TEST_TMPDIR/answer"
    [[ -z $wrong ]] || fail "$wrong"
}

# look_at_answer FILE: the same; sets wrong to what is wrong with it.
look_at_answer() {
    local date='[A-Z][a-z][a-z], [0-3][0-9] [A-Z][a-z][a-z] 20[0-9][0-9] '
    local time='[0-2][0-9]:[0-5][0-9]:[0-6][0-9] GMT' value

    read_answer <"$1"
    if [[ ! $head =~ ^HTTP/1\.1\ [2-5][0-9][0-9]\ [A-Z][A-Za-z\ -]+$'\r\n' ]]
    then
        wrong="no good status line: '$head'"
    elif ! find_field Date || [[ ! $value =~ ^$date$time$ ]]; then
        wrong="no good Date: $head"
    elif ! find_field Connection || [[ $value != close ]]; then
        wrong="no Connection: close: $head"
    elif ! find_field Content-Length || [[ ! $value =~ ^[0-9]+$ ]]; then
        wrong="no good Content-Length: $head"
    elif [[ -n ${answer_to_head-} && -n $content ]]; then
        wrong="an answer to HEAD has content: $content"
    elif [[ -z ${answer_to_head-} && $value != "${#content}" ]]; then
        wrong="${#content} octets of content came with: $head"
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
    IFS= read -r -d '' content || true # the rest: there is no NUL in a page
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

# assert_answer STATUS [FRAGMENT]: of its content.
assert_answer() {
    [[ $status == "$1" && $content == *"${2-}"* ]] || fail "expected: $1 ${2-}
the answer: ${head%%$'\r\n'*} $sentence"
}

# Pages --------------------------------------------------------------------

# assert_hello PATH: that the page says hello to the path, in the stages that
# do; the others say hello to the world.
assert_hello() {
    case $STAGE in
    [234]) assert_answer 200 '<h1>hello, world</h1>' ;;
    *) assert_answer 200 "<h1>hello, $1</h1>" ;;
    esac
}

# pairs: prints the pairs on the page, one a line.
pairs() {
    grep -ao 'key=[^<]*; value=[^<]*; ' "$BATS_TEST_TMPDIR/answer" || true
}
