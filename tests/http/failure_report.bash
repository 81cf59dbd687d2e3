# failure_report.bash - what a test shows if it fails: what it sent, step by step, what was
# expected, what came, and a line to try the same by hand. (The runner adds the hint.)
# It is a part of helper.bash.
#
# Each exchange is noted in a line of the file `story`: the file that has what came, then
# `raw_client STEP...`, `curl ...` or `run PROGRAM ARGUMENT...`. Nobody reads that file as
# long as all is well.

# shellcheck shell=bash disable=SC2154 # helper.bash has the variables

# note FILE WORD...: notes what the test is going to do.
note() {
    [[ -z ${BATS_TEST_TMPDIR-} ]] || {
        printf '%q ' "$@"
        echo
    } >>"$BATS_TEST_TMPDIR/story"
}

# fail [MESSAGE]: ends the test, and shows everything there is to show. The message says
# what was expected, in a line `expected: ...` or with that word; if not, the title of the
# test is shown instead. Without arguments it is read from standard input, as in
# bats-assert.
fail() {
    local message

    if (($# > 0)); then
        message=$*
    else
        message=$(show_lines)
    fi
    show_story "${message:0:6000}" >&2
    return 1
}

# show_story [MESSAGE]: shows everything except the hint, once.
show_story() {
    local words=() came=

    if [[ -n ${BATS_TEST_TMPDIR-} ]]; then
        ! server_died || echo "$SERVER_PID" >"$BATS_FILE_TMPDIR/death_told"
        if [[ -e $BATS_TEST_TMPDIR/story_shown ]]; then
            [[ -z ${1-} ]] || printf '%s\n' "$1"
            return
        fi
        : >"$BATS_TEST_TMPDIR/story_shown"
    fi
    last_words || true
    show_steps
    ! server_died || printf 'The server ended here, %s.\n%s\n' "$(how_it_ended)" "$(its_words)"
    # The runner then leaves out the line of the test that failed.
    [[ -z ${1-} ]] || printf '%s\n' '-- the test says --' "$1"
    [[ ${1-} == *expected* ]] ||
        echo "expected: ${BATS_TEST_DESCRIPTION:-it starts, and says in a line where it listens}"
    if [[ -n $came ]]; then
        # `holding` is what the client says, and did not come
        LC_ALL=C sed '1{/^holding$/d}' "$came" >"$BATS_TEST_TMPDIR/shown"
        echo "what came: $(show_answer "$BATS_TEST_TMPDIR/shown")"
        : >"$BATS_TEST_TMPDIR/shown"
    fi
    show_by_hand
}

# last_words: sets words to the last exchange of the story, and came to the file that has
# what came; fails if there is none.
last_words() {
    local line
    [[ -n ${BATS_TEST_TMPDIR-} && -s $BATS_TEST_TMPDIR/story ]] || return
    line=$(tail -n 1 "$BATS_TEST_TMPDIR/story")
    eval "words=($line)" # as printf %q wrote it
    came=${words[0]}
    words=("${words[@]:1}")
}

# show_step STEP: prints it, cut if it is long.
show_step() {
    if ((${#1} > 200)); then
        printf '%s... (%s characters)' "${1:0:160}" "${#1}"
    else
        printf '%s' "$1"
    fi
}

# visible [lines]: prints standard input with its bytes made visible, except LF if the
# argument is `lines`.
visible() {
    od -An -v -tu1 -w1 | awk -v lines="${1-}" '
        { o = $1 + 0 }
        o == 10 { printf lines ? "\n" : "\\n"; next }
        o == 13 { printf "\\r"; next }
        o == 9 { printf "\\t"; next }
        o == 92 && !lines { printf "\\\\"; next }
        o < 32 || o > 126 { printf "\\x%02x", o; next }
        { printf "%c", o }'
}

# show_lines: prints what bats-assert says, cut if it is long.
show_lines() {
    head -c 3000 | visible lines
    cat >/dev/null
}

# quoted: prints what a server printed, so that no line of it looks like one of ours.
quoted() {
    show_lines | sed 's/^/| /'
}

# show_octets FILE [FROM [MOST]]: prints the bytes of a file from an offset on, made
# visible, and `...` for what it leaves out.
show_octets() {
    local from=${2:-0} most=${3:-240} length

    length=$(stat -c %s "$1")
    ((from == 0)) || printf '...'
    tail -c +$((from + 1)) "$1" | head -c "$most" | visible
    ((length <= from + most)) || printf '...'
}

# show_answer FILE: prints the beginning of an answer and, since all pages begin much the
# same, the part of its content that matters: from the place $differs on, if that is
# known, or else from the heading on.
show_answer() {
    local length begin place

    if [[ ! -s $1 ]]; then
        echo 'nothing'
        return
    fi
    length=$(stat -c %s "$1")
    printf '%s (%s bytes)' "$(show_octets "$1")" "$length"
    begin=$(LC_ALL=C grep -abom 1 $'^\r$' "$1" | head -n 1)
    begin=$((${begin%%:*} + 2))
    if ((length <= 240 || begin == 2)); then
        return
    fi
    place=${differs:-$(LC_ALL=C grep -abo '<h1\|hello, ' "$1" | tail -n 1)}
    place=${place%%:*}
    place=${place:-$begin}
    ((place >= begin)) || place=$begin
    printf '\n  in its content: %s' "$(show_octets "$1" "$place" 400)"
}

# show_steps: prints the steps of the last exchange.
show_steps() {
    local number=0 step
    ((${#words[@]} > 0)) || return 0
    if (($(wc -l <"$BATS_TEST_TMPDIR/story") > 1)); then
        echo 'The last exchange of this test:'
    fi
    case ${words[0]} in
    curl) echo "  asked with curl: $(show_step "${words[*]:1}")" ;;
    run) echo "  started: $(show_step "$(as_typed "${words[@]:1}")")" ;;
    *)
        words=("${words[@]:1}")
        if [[ ${words[0]} == -c ]]; then
            echo "  ${words[1]} clients at once, each:"
            words=("${words[@]:2}")
        fi
        for step in "${words[@]}"; do
            number=$((number + 1))
            echo "  $number. $(show_step "$step")"
        done
        last_words
        ;;
    esac
}

# as_typed WORD...: prints the words as a person would type them.
as_typed() {
    local word text=''
    for word in "$@"; do
        [[ $word =~ ^[A-Za-z0-9_./:@=+,-]+$ ]] || word=${word@Q}
        text+=" $word"
    done
    echo "${text# }"
}

# by_hand WORD...: prints a line for the shell that does the same with port 8080.
by_hand() {
    local words=("$@") step text parts=() count options='' clients=1
    case ${words[0]} in
    curl)
        echo "curl -i -g --path-as-is $(as_typed "${words[@]:1}")"
        return
        ;;
    run)
        echo "$(as_typed "${words[@]:1}"); echo \$?"
        return
        ;;
    esac
    words=("${words[@]:1}")
    if [[ ${words[0]} == -c ]]; then
        clients=${words[1]}
        words=("${words[@]:2}")
    fi
    for step in "${words[@]}"; do
        text=$(in_printf "${step#* }")
        count=${step#* }
        count=${count%% *}
        case $step in
        'send '*) parts+=("printf '$text'") ;;
        'octets '*) parts+=("printf '$text' | while LC_ALL=C IFS= read -r -d '' -n 1 c; \
do printf %s \"\$c\"; sleep 0.01; done") ;;
        'repeat '* | 'pieces '*)
            parts+=("yes '$(in_printf "${step#* * }")' | head -n $count | tr -d '\\n'")
            ;;
        'pause '*) parts+=("sleep $((count / 1000)).$(printf %03d $((count % 1000)))") ;;
        'until '* | 'take '* | 'silence '* | hold) parts+=('sleep 1') ;;
        end) options=' -N' ;;
        esac
    done
    ((${#parts[@]} > 0)) || parts=('sleep 5')
    text=$(printf '%s; ' "${parts[@]}")
    text=${text%; }
    ((${#parts[@]} == 1)) && [[ $text != *' | '* ]] || text="($text)"
    text="$text | nc$options 127.0.0.1 8080"
    ((clients == 1)) || text="for n in \$(seq $clients); do $text & done; wait"
    echo "$text"
}

# in_printf TEXT: prints a text of raw_client as printf takes it between single quotes.
in_printf() {
    local text=${1//%/%%}
    text=${text//\\0/\\000}
    text=${text//\\#/0}
    printf '%s' "${text//\'/\'\\\'\'}"
}

# show_by_hand: prints the line to try. That is `hand`, if the test has set it (`none`
# means that no line can show it with the server as it is), or else what was sent last. If
# nothing was asked, the line starts the server and stops it.
show_by_hand() {
    local line program=build/stage${STAGE:-6}/webserve
    # shellcheck disable=SC2016 # the dollars are for the shell that is typed at
    line="$program & sleep 1; curl -i http://127.0.0.1:8080/; "'kill $!; wait $!; echo $?'
    [[ ${hand-} != none ]] || return 0
    if [[ -n ${hand-} ]]; then
        line=$hand
        words=(raw_client)
    elif ((${#words[@]} > 0)); then
        line=$(by_hand "${words[@]}")
    fi
    if ((${#line} >= 2000)); then
        line='curl -i -g --path-as-is http://127.0.0.1:8080/ (what was sent is too long for a line)'
    fi
    if [[ ${words[0]-run} == run ]]; then
        echo "By hand:"
    else
        echo "By hand, with make run in another terminal:"
    fi
    echo "  ${line//"${SERVER:-$program}"/$program}"
}

# end_story: called by teardown, shows the story if a command or [[ ]] failed without a
# word.
end_story() {
    [[ -n ${BATS_TEST_COMPLETED-} || -e $BATS_TEST_TMPDIR/story_shown ]] || show_story
}
