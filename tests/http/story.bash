# story.bash - what a test has done, told if it fails: what it sent, step by
# step, what came, and a line to try the same by hand. A part of helper.bash.
#
# Each exchange is noted in a line of the file `story`; looking at it costs
# nothing as long as all is well.

# shellcheck shell=bash

# note WORD...: what is going to be done: `exchange STEP...` or `curl ...`.
note() {
    [[ -z ${BATS_TEST_TMPDIR-} ]] || {
        printf '%q ' "$@"
        echo
    } >>"$BATS_TEST_TMPDIR/story"
}

# fail [MESSAGE]: ends the test; what was sent comes first. Without arguments
# the message is read from standard input, as bats-assert has it.
fail() {
    {
        tell_steps
        if (($# > 0)); then
            printf '%s\n' "$*"
        else
            cat
        fi
    } >&2
    return 1
}

# The last exchange of the story, as the array words; fails if there is none.
last_words() {
    local line
    [[ -n ${BATS_TEST_TMPDIR-} && -s $BATS_TEST_TMPDIR/story ]] || return
    line=$(tail -n 1 "$BATS_TEST_TMPDIR/story")
    eval "words=($line)" # as printf %q wrote it
}

# A step, cut if it is long.
show_step() {
    if ((${#1} > 200)); then
        printf '%s... (%s characters)' "${1:0:160}" "${#1}"
    else
        printf '%s' "$1"
    fi
}

# The octets of a file, made visible, cut if they are many.
show_octets() {
    local length text
    length=$(stat -c %s "$1")
    text=$(head -c 240 "$1" | od -An -v -tu1 -w1 | awk '
        { o = $1 + 0 }
        o == 10 { printf "\\n"; next }
        o == 13 { printf "\\r"; next }
        o == 9 { printf "\\t"; next }
        o == 92 { printf "\\\\"; next }
        o < 32 || o > 126 { printf "\\x%02x", o; next }
        { printf "%c", o }')
    ((length <= 240)) || text+='...'
    printf '%s (%s octets)' "$text" "$length"
}

# What was sent last, and what came. It is told once.
tell_steps() {
    local words=() number=0 step
    [[ -n ${BATS_TEST_TMPDIR-} && ! -e $BATS_TEST_TMPDIR/told ]] || return 0
    : >"$BATS_TEST_TMPDIR/told"
    last_words || return 0
    if (($(wc -l <"$BATS_TEST_TMPDIR/story") > 1)); then
        echo 'The last of the exchanges of this test:'
    fi
    if [[ ${words[0]} == curl ]]; then
        echo "  asked with curl: $(show_step "${words[*]:1}")"
    else
        for step in "${words[@]:1}"; do
            number=$((number + 1))
            echo "  $number. $(show_step "$step")"
        done
    fi
    if [[ -e $BATS_TEST_TMPDIR/answer ]]; then
        echo "  what came: $(show_octets "$BATS_TEST_TMPDIR/answer")"
    fi
}

# by_hand WORD...: one line of shell that does the same with port 8080.
by_hand() {
    local words=("$@") step text parts=() count options=''
    if [[ ${words[0]} == curl ]]; then
        text='curl -i -g --path-as-is'
        for step in "${words[@]:1}"; do
            [[ $step =~ ^[A-Za-z0-9_./:@=+,-]+$ ]] || step=${step@Q}
            text+=" $step"
        done
        echo "$text"
        return
    fi
    for step in "${words[@]:1}"; do
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
        'until '* | 'take '* | 'silence '*) parts+=('sleep 1') ;;
        end) options=' -N' ;;
        esac
    done
    ((${#parts[@]} > 0)) || parts=('sleep 5')
    text=$(printf '%s; ' "${parts[@]}")
    text=${text%; }
    ((${#parts[@]} == 1)) && [[ $text != *' | '* ]] || text="($text)"
    echo "$text | nc$options 127.0.0.1 8080"
}

# A text of exchange, as printf takes it between single quotes.
in_printf() {
    local text=${1//%/%%}
    text=${text//\\0/\\000}
    text=${text//\\#/0}
    printf '%s' "${text//\'/\'\\\'\'}"
}

# At the end of a test, in its teardown: the rest of the story, if it failed.
tell_end() {
    local words=() line
    [[ -z ${BATS_TEST_COMPLETED-} ]] || return 0
    tell_steps
    last_words || return 0
    line=$(by_hand "${words[@]}")
    if ((${#line} < 2000)); then
        echo "By hand, with make run in another terminal:"
        echo "  $line"
    fi
}
