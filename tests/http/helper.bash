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
    note "$SERVER_OUT" run "${1:-$SERVER}" "${2:-127.0.0.1}" "${3:-0}"
    : >"$SERVER_OUT"
    "${1:-$SERVER}" "${2:-127.0.0.1}" "${3:-0}" \
        >"$SERVER_OUT" 2>"$SERVER_LOG" 3>&- &
    SERVER_PID=$!
    wait_until 10 server_listens_or_ended || true
    take_address || fail "started: ${1:-$SERVER} ${2:-127.0.0.1} ${3:-0}
expected: a line \`NAME: listening on http://ADDRESS:PORT/\`
what came: it did not say where it listens \
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
    if ! server_listens; then # it was told of when it was started
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
    ((ended == 0)) || fail "expected: it exits with 0 upon SIG${1:-TERM}
what came: SIG${1:-TERM} ended it; it should exit with 0"
}

# server_fails SIGNAL PID SENTENCE
server_fails() {
    local steps=

    [[ -n ${BATS_TEST_TMPDIR-} ]] || # at the end of a file
        steps="  1. what the tests of this file send
  2. kill -s $1 $2
"
    fail "${steps}expected: the server is there at the end, and ends upon SIG$1
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
    tell_end
    if [[ -n ${SERVER_PID-} ]]; then
        {
            kill -s KILL "$SERVER_PID" || true
            wait "$SERVER_PID" || true
        } 2>/dev/null # Bash would tell that it was killed
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

# exchange [-c COUNT] [-t SECONDS] [-h HOST] STEP...: takes the steps
# (tests/tools/raw_client/raw_client.c has them), and prints what comes. That is kept as well,
# to be told of if the test fails.
exchange() {
    local came=$BATS_TEST_TMPDIR/came.$BASHPID.${EPOCHREALTIME/[.,]/} code=0

    take_steps "$came" "$@" || code=$?
    [[ " $* " == *' hold '* ]] || cat "$came"
    return "$code"
}

# take_steps FILE ...: the same, with what comes going to the file; where somebody
# waits for "holding", it is printed at once, too.
take_steps() {
    local came=$1 clients=1 seconds=10 host=127.0.0.1 crowd=()

    shift
    while [[ $1 == -? ]]; do
        case $1 in
        -c) clients=$2 crowd=(-c "$2") ;;
        -t) seconds=$2 ;;
        -h) host=$2 ;;
        esac
        shift 2
    done
    note "$came" exchange "${crowd[@]}" "$@"
    if [[ " $* " == *' hold '* ]]; then
        "$TOOLS/raw_client" -c "$clients" -t "$seconds" "$host" "$PORT" "$@" \
            3>&- | tee "$came" 3>&-
        return "${PIPESTATUS[0]}"
    fi
    "$TOOLS/raw_client" -c "$clients" -t "$seconds" "$host" "$PORT" "$@" \
        >"$came" 3>&-
}

# ask STEP...: takes the steps, then reads the answer to its end.
ask() {
    local -

    set +T # or Bats would follow each line of these functions, which is slow
    take_steps "$BATS_TEST_TMPDIR/answer" "$@" read ||
        fail "expected: a whole answer, and then the end of the connection" || return
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
    note "$BATS_TEST_TMPDIR/answer" curl "${@:2}" "http://127.0.0.1:8080$1"
    curl -q -sS -i -g --noproxy '*' --path-as-is --max-time 10 -H 'Expect:' \
        "${@:2}" --url "$URL$1" >"$BATS_TEST_TMPDIR/answer" 3>&- ||
        fail "expected: curl gets a whole answer within 10 s" || return
    take_answer
}

# take_answer: takes apart the answer in $BATS_TEST_TMPDIR/answer, and
# holds it against what every answer must have: a status line, a Date (but in a 5xx:
# RFC 9110, section 6.6.1), Connection: close, the exact length.
take_answer() {
    local wrong=

    look_at_answer "$BATS_TEST_TMPDIR/answer"
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
        wrong="expected: a page without NUL, but there is one behind ${#content} octets of it"
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

# Pages --------------------------------------------------------------------
#
# What stands on a page counts, and not with which markup; but all that stands
# there is escaped, with whatever character references.

# same_references: standard input, with each reference to a character that must be
# escaped, and to U+FFFD, in the one form that the tests have it in.
same_references() {
    LC_ALL=C sed -E '
        s/&#0*34;|&#[xX]0*22;/\&quot;/g
        s/&#0*38;|&#[xX]0*26;/\&amp;/g
        s/&#[xX]0*27;|&#0+39;|&apos;/\&#39;/g
        s/&#0*60;|&#[xX]0*3[cC];/\&lt;/g
        s/&#0*62;|&#[xX]0*3[eE];/\&gt;/g
        s/&#0*65533;|&#[xX]0*[fF]{3}[dD];/\xef\xbf\xbd/g'
}

# assert_hello PATH: that the page says hello to the path, in the stages that
# do; in the others, that it is a whole page. The path is given as it is escaped.
assert_hello() {
    case $STAGE in
    [234]) assert_answer 200 '</html>' ;;
    *) assert_says_hello "$1" ;;
    esac
}

# Markup may stand around the path; behind it stands that, a `;`, or white space.
assert_says_hello() {
    [[ $status == 200 ]] && says_hello "$1" "$content" && return
    [[ $status == 200 ]] && says_hello "$1" \
        "$(same_references <<<"$content" | bare_hellos)" && return
    fail "expected: 200, and a page that says: hello, $(show_step "$1")
the answer: ${head%%$'\r\n'*} $sentence"
}

# bare_hellos: standard input, without the markup behind each `hello, `.
bare_hellos() {
    LC_ALL=C sed -E 's/hello, (<[^<>]*>)+/hello, /g'
}

# says_hello PATH PAGE
says_hello() {
    local behind=${2#*"hello, $1"}

    [[ $behind != "$2" &&
        ($behind == '<'* || $behind == ';'* || $behind =~ ^[[:space:]]) ]]
}

# page_lines: what the page lists, from its last `hello, ` on: a pair a line, as
# `key=KEY; value=VALUE; `, and `heading` for the beginning of one. Markup may
# stand between pairs, and around their parts. An LF in a pair is shown as \x03,
# which itself stands on no page.
page_lines() {
    LC_ALL=C sed -z 's/.*hello, //' "$BATS_TEST_TMPDIR/answer" | list_lines
}

# The same of all of standard input.
list_lines() {
    same_references | LC_ALL=C sed -z -E '
        s/\n/\x03/g
        s/<h[1-6][^>]*>/\x02/g
        s/<[^>]*>/\x01/g
        s/key=\x01+/key=/g
        s/\x01*;\x01* /; /g
        s/; \x03*\x01[ \x01\x03]*value=/; value=/g
        s/value=\x01+/value=/g
        s/\x02/\nheading\x01\n/g
        s/key=/\n&/g' |
        LC_ALL=C sed -n -E '
            s/\x01.*//
            s/; \x03[ \x03]*$/; /
            /^(key=|heading)/p'
}

# pairs [FILE]: prints the pairs on the page or pages, one a line.
pairs() {
    list_lines <"${1:-$BATS_TEST_TMPDIR/answer}" | grep -a ^key= || true
}

# assert_pairs PAIR...: the page has these pairs and no more, in this order;
# each is given as key=KEY; value=VALUE
assert_pairs() {
    local expected=''

    (($# == 0)) || expected=$(printf '%s; \n' "$@")
    assert_lines "$expected" "$(pairs)"
}

# assert_lines EXPECTED PAIRS: lists of pairs, a line each; an answer of 200.
assert_lines() {
    local wanted got differs i before

    [[ $status == 200 && $1 == "$2" ]] && return
    mapfile -t wanted < <(printf '%s' "$1")
    mapfile -t got < <(printf '%s' "$2")
    for ((i = 0; i < ${#wanted[@]} && i < ${#got[@]}; i++)); do
        [[ ${wanted[i]} == "${got[i]}" ]] || break
    done
    # Where in the answer the first one stands that is another.
    before=$(printf '%s\n' "${got[@]:0:i}" | grep -c ^key=) || true # it may be 0
    differs=$(LC_ALL=C grep -abo 'key=' "$BATS_TEST_TMPDIR/answer" |
        sed -n "$((before + 1))p") || true
    [[ -n $differs ]] || unset differs
    fail "expected: 200, with $(some_pairs "${wanted[@]}")
the page has, with ${status:-no status}, $(some_pairs "${got[@]}")$(
        ((i >= ${#got[@]} && i >= ${#wanted[@]})) ||
            printf '\nthe first that differs is number %d: expected %s, not %s' \
                $((i + 1)) "$(legible "${wanted[i]-none}")" "$(legible "${got[i]-none}")"
    )"
}

# legible TEXT: the same; what is no UTF-8, and would look like U+FFFD, octet by octet.
legible() {
    if iconv -f UTF-8 -t UTF-8 <<<"$1" >/dev/null 2>&1; then
        printf '%s' "$1"
    else
        printf '%s' "$1" | visible lines
    fi
}

# some_pairs PAIR...: how many, and the first of them.
some_pairs() {
    (($# > 0)) || {
        echo 'no pair'
        return
    }
    printf '%d pair%s: ' $# "$( (($# == 1)) || echo s)"
    legible "$(printf '%s' "${@:1:8}" | cut -c 1-600)"
    (($# <= 8)) || printf '...'
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
