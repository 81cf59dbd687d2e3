# request_tables.bash - many requests at once, each on a connection of its own. One process
# sends them all: a process for each would take most of a test's time. It is a part of
# helper.bash.

# shellcheck shell=bash disable=SC2154,SC2034 # helper.bash has the variables

# send_each REQUEST...: sends each on a connection of its own, all by one process. Sets
# outcomes to how each ended: 0 is good, 3 means that it took too long, and `died` that
# it ended the server; after three of these, the rest is not sent. Sets answers to the
# files that have what came.
send_each() {
    local requests=("$@") got files lost=0 i

    outcomes=()
    answers=()
    while ((${#outcomes[@]} < $#)); do
        files=$BATS_TEST_TMPDIR/from_${#outcomes[@]}.
        mapfile -t got < <(
            printf 'send %s\nanswer\n\n' "${requests[@]:${#outcomes[@]}}" |
                "$TOOLS/raw_client" -b "$files" -t "$patience" \
                    127.0.0.1 "$PORT" 2>&1 3>&- | grep -x '[0-9]*'
        )
        for ((i = 0; i <= ${#got[@]} && ${#outcomes[@]} < $#; i++)); do
            answers+=("$files$i")
            outcomes+=("${got[i]:-3}")
            [[ ${outcomes[-1]} != 8 ]] || return 0 # it answers without end
            was_late "${outcomes[-1]}"
            if [[ ${outcomes[-1]} != 0 ]] && server_died; then
                outcomes[-1]="died, $(how_it_ended)"
                start_again
                break
            fi
        done
        if [[ ${outcomes[-1]} == 3 || ${outcomes[-1]} == died* ]] && ((++lost == 3)); then
            break
        fi
    done
}

# ask_each CHECK REQUEST...: sends each request, takes its answer, and calls CHECK with
# its number, counted from 0. CHECK sets wrong if the answer is not what it should be.
# Prints every request with a wrong answer, by its name in names.
ask_each() {
    local check=$1 requests=("${@:2}") outcomes answers wrong failures='' first='' i
    local answer_to_head joined

    send_each "${requests[@]}"
    for ((i = 0; i < ${#requests[@]}; i++)); do
        wrong=
        answer_to_head=
        [[ ${requests[i]} != HEAD\ * ]] || answer_to_head=1
        if [[ -z ${outcomes[i]-} ]]; then
            failures+='The rest was not sent.'$'\n'
            break
        fi
        [[ ${outcomes[i]} == 8 ]] || look_at_answer "${answers[i]}"
        case ${outcomes[i]} in
        0)
            [[ -n $wrong ]] || is_one_answer
            [[ -n $wrong ]] || "$check" "$i"
            ;;
        3) wrong="no whole answer within 10 s: $head" ;;
        8) wrong='the answer is longer than 2 MiB, and the test reads no more' ;;
        died*) wrong="the server ${outcomes[i]}" ;;
        *) wrong="the connection ended before the whole answer came: $head" ;;
        esac
        if [[ -n $wrong ]]; then
            failures+="${names[i]}: $wrong"$'\n'
            first=${first:-$i}
        fi
    done
    [[ -n $failures ]] || return 0
    # The first one is shown in full.
    note "${answers[first]}" raw_client "send ${requests[first]}" read
    fail "${failures%$'\n'}"
}

# is_one_answer: sets wrong if anything came after the content that the head announces.
is_one_answer() {
    local value

    if [[ -z $answer_to_head ]] && find_field Content-Length &&
        [[ $value != "${#content}" ]]; then
        wrong="${#content} bytes of content came with: $head"
    fi
}

# check_rows GROUP|GROUP/NAME...: sends each request of these groups of tests/wire/corpus
# that says what this stage answers, and prints every one that gets another status.
check_rows() {
    send_rows check_code "$@"
}

# check_sentences GROUP|GROUP/NAME...: does the same for our own servers, whose pages must
# also say the part of the sentence that the corpus has.
check_sentences() {
    send_rows check_sentence "$@"
}

send_rows() {
    local name request code fragment corpus=$BATS_FILE_TMPDIR/corpus
    local names=() requests=() codes=() fragments=() check=$1

    shift
    [[ -e $corpus ]] || # once per file: it takes a moment
        "$BATS_TEST_DIRNAME/../wire/corpus.py" "$STAGE" >"$corpus"
    while IFS=$'\t' read -r name request code fragment; do
        if [[ " $* " == *" ${name%/*} "* || " $* " == *" $name "* ]]; then
            names+=("$name")
            requests+=("$request")
            codes+=("$code")
            fragments+=("$fragment")
        fi
    done <"$corpus"
    ((${#names[@]} > 0)) || fail "no request of $* says what stage $STAGE answers"
    ask_each "$check" "${requests[@]}"
}

check_code() {
    [[ $status == "${codes[$1]}" ]] || wrong="expected ${codes[$1]}, not $status $sentence"
}

check_sentence() {
    local fragment=${fragments[$1]}

    [[ $fragment != - ]] || fragment=
    check_code "$1"
    [[ -n $wrong || -n $answer_to_head || $sentence == *"$fragment"* ]] ||
        wrong="expected '$fragment', not: $sentence"
}

# assert_each STATUS START END TEXT...: asks START TEXT END with each text, and prints every
# text that got another status. If the variable listed is set, a page must list exactly
# that pair.
assert_each() {
    local expected=$1 names=("${@:4}") requests=() text

    for text in "${names[@]}"; do
        requests+=("$2$text$3")
    done
    ask_each check_status "${requests[@]}"
}

check_status() {
    local pair

    if [[ $status != "$expected" ]]; then
        wrong="expected $expected, not $status $sentence"
    elif [[ -n ${listed-} && $status == 200 ]]; then
        pair=key=${content#*key=}
        if [[ $pair != "$listed<"* || ${pair#key=} == *key=* ]]; then
            pair=$(pairs "${answers[$1]}")
            [[ $pair == "$listed" ]] ||
                wrong="expected only the pair $listed, not: $pair"
        fi
    fi
}
