# request_tables.bash - many requests at once, each on a connection of its own, sent by one
# process: a process for each would take most of a test's time. A part of
# helper.bash.

# shellcheck shell=bash disable=SC2154,SC2034 # helper.bash has the variables

# send_each REQUEST...: sends each on a connection of its own, all by one
# process. Sets outcomes to how each ended: 0 is well, 3 that it took too long;
# after three that did, the rest is not sent. Sets answers to the files of what came.
send_each() {
    local requests=("$@") got files late=0 i

    outcomes=()
    answers=()
    while ((${#outcomes[@]} < $#)); do
        files=$BATS_TEST_TMPDIR/from_${#outcomes[@]}.
        mapfile -t got < <(
            printf 'send %s\nread\n\n' "${requests[@]:${#outcomes[@]}}" |
                "$TOOLS/raw_client" -b "$files" -t 10 \
                    127.0.0.1 "$PORT" 2>&1 3>&- | grep -x '[0-9]*'
        )
        for ((i = 0; i <= ${#got[@]} && ${#outcomes[@]} < $#; i++)); do
            answers+=("$files$i")
            outcomes+=("${got[i]:-3}")
        done
        if ((${outcomes[-1]} == 3 && ++late == 3)); then
            break
        fi
    done
}

# ask_each CHECK REQUEST...: sends each request, takes its answer, and calls
# CHECK with its number, counted from 0, which sets wrong if the answer is not
# what it should be. Names every one that is wrong, as names has it.
ask_each() {
    local check=$1 requests=("${@:2}") outcomes answers wrong failures='' first='' i
    local answer_to_head

    send_each "${requests[@]}"
    for ((i = 0; i < ${#requests[@]}; i++)); do
        wrong=
        answer_to_head=
        [[ ${requests[i]} != HEAD\ * ]] || answer_to_head=1
        if [[ -z ${outcomes[i]-} ]]; then
            failures+='The rest was not sent: too much took too long.'$'\n'
            break
        fi
        look_at_answer "${answers[i]}"
        case ${outcomes[i]} in
        0) [[ -n $wrong ]] || "$check" "$i" ;;
        3) wrong="no whole answer within 10 s: $head" ;;
        *) wrong="no whole answer, the connection was broken off: $head" ;;
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

# check_rows GROUP|GROUP/NAME...: sends each request of these groups of
# tests/wire/corpus that says what this stage answers, and names every one whose
# answer differs.
check_rows() {
    local name request code fragment corpus=$BATS_FILE_TMPDIR/corpus
    local names=() requests=() codes=() fragments=()

    [[ -e $corpus ]] || # once a file: it takes a moment
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
    ask_each check_row "${requests[@]}"
}

check_row() {
    local code=${codes[$1]} fragment=${fragments[$1]}

    [[ $fragment != - ]] || fragment=
    if [[ $status != "$code" ]]; then
        wrong="expected $code $fragment, not $status $sentence"
    elif [[ -z $answer_to_head && $sentence != *"$fragment"* ]]; then
        wrong="expected '$fragment', not: $sentence"
    fi
}

# assert_each STATUS START END TEXT...: asks START TEXT END with each text, and
# names every one that got another status; with 200, if there is a variable
# listed, other pairs on the page than that as well.
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
                wrong="expected the pair $listed and no more, not: $pair"
        fi
    fi
}
