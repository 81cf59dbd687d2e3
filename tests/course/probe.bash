# probe.bash - of tests/course/check.sh: starts the server once, to say in one
# sentence what would make each of its tests red; and which are not to be run.

# shellcheck shell=bash disable=SC2154,SC2034 # tests/course/check.sh has the variables

probe_seconds=5

# Waits for up to so many tenths of a second until the command succeeds.
until_tenths() {
    local tenths=$1
    shift
    until "$@"; do
        [ $((tenths -= 1)) -gt 0 ] || return 1
        sleep 0.1
    done
}

# Its first line as a whole, as tests/http/helper.bash takes it: what says where
# it listens is given to curl, and must not be one of curl's options.
says_where() {
    local line name='[A-Za-z0-9][A-Za-z0-9.-]*' number='\[[0-9A-Fa-f:.]+\]'
    read -r line <"$work/probe.out" || return
    [[ $line =~ "listening on "(http://($name|$number):[1-9][0-9]{0,4})/?$ ]] &&
        url=${BASH_REMATCH[1]}/
}

said_or_ended() {
    [ "$(head -c 10000 "$work/probe.out" | wc -l)" -gt 0 ] ||
        ! kill -0 "$probed" 2>/dev/null
}

# How a process that has ended did so: in a few words.
how_it_ended() {
    local code=$1
    if [ "$code" -gt 128 ]; then
        echo "by signal $((code - 128)) (SIG$(kill -l $((code - 128))))"
    else
        echo "with status $code"
    fi
}

ended_how() {
    local code=0
    wait "$probed" || code=$?
    probed=
    how_it_ended "$code"
}

# Whether the process listens somewhere, whatever it says.
probed_listens() {
    local socket
    for socket in /proc/"$probed"/fd/*; do
        socket=$(readlink "$socket")
        [[ $socket == socket:* ]] || continue
        socket=${socket#socket:[}
        awk -v inode="${socket%]}" '$4 == "0A" && $10 == inode { found = 1 }
            END { exit !found }' /proc/net/tcp /proc/net/tcp6 2>/dev/null &&
            return
    done
    return 1
}

# The first line that it printed, but for that, as its own explanation.
its_words() {
    local words
    words=$(cat "$work/probe.err" "$work/probe.out" | tr -d '\000' |
        grep -Ev 'listening on http://[^ ]+:[0-9]+/?$' | grep -m 1 . | cut -c 1-200)
    [ -z "$words" ] || printf ' It said: %s' "$words"
}

probe_server() {
    local server=build/stage$stage/webserve url code=0 probed=
    [ -x "$work/$server" ] || return
    (
        cd "$work" && exec "$server" 127.0.0.1 0 \
            >"$work/probe.out" 2>"$work/probe.err" </dev/null
    ) &
    probed=$!
    until_tenths $((probe_seconds * 10)) said_or_ended
    if ! says_where; then
        note_silent_server
    else
        curl -q -s --noproxy '*' --max-time "$probe_seconds" -o /dev/null \
            --url "$url" || code=$?
        note_answer "$code" "$url"
    fi
    if [ -n "$probed" ]; then
        kill -KILL "$probed" 2>/dev/null
        wait "$probed" 2>/dev/null
    fi
}

note_silent_server() {
    if ! kill -0 "$probed" 2>/dev/null; then
        code=$(ended_how)
        case $code in
        *signal*) fault crash webserve.c \
            "The server ends as it starts, $code.$(its_words)" ;;
        *) fault not-listening webserve.c \
            "The server ends as it starts, $code, without saying where it listens.$(its_words)" ;;
        esac
    elif said_or_ended; then
        fault not-listening webserve.c "The first line that the server prints \
does not say \"listening on http://ADDRESS:PORT/\".$(its_words)"
    elif probed_listens; then
        fault not-listening webserve.c "The server listens, but the line that says \
where does not come: is it printed, and flushed (fflush)?"
    else
        fault not-listening webserve.c \
            "The server does not listen: $probe_seconds s after its start nothing is bound to a port."
    fi
}

# note_answer STATUS URL: what curl made of a first request.
note_answer() {
    case $1 in
    0) ;;
    7) fault not-listening webserve.c \
        "The server says that it listens on $2, but nobody does." ;;
    28) fault hang webserve.c "The server hangs: GET / had no answer after \
$probe_seconds s. By hand: curl -i http://127.0.0.1:8080/" ;;
    *)
        if ! until_tenths 5 kill -0 "$probed" 2>/dev/null; then
            fault crash webserve.c \
                "The server ends upon its first request, GET /, $(ended_how).$(its_words)"
        fi
        ;;
    esac
}

# Which jobs are not to be run, and because of what: JOB, tab, SENTENCE.
note_not_run() {
    local file job function
    for file in "$work"/tests/unit/*_test.c; do
        job=$(basename "$file" .c)
        function=${job%%_test}
        case $job in
        handle_connection_*) function=handle_connection ;;
        serve_*) function=serve ;;
        esac
        if ! grep -qE "^/\* stages:.* $stage " "$file"; then
            continue # it is none of this stage
        elif [[ " ${absent[*]-} " == *" $function "* ]] ||
            [ ! -x "$work/build/unit/stage$stage/$job" ]; then
            printf '%s\t%s\n' "$job" "$(cause_of "^[a-z-]+ ($function.c|[^ ]+ $function) ")"
        fi
    done >"$not_run"
    if [ ! -x "$work/build/stage$stage/webserve" ] ||
        grep -qE '^(crash|hang|not-listening)' "$faults"; then
        grep -lE "^# stages:.* $stage( |$)" "$work"/tests/http/*.bats |
            while read -r file; do
                printf '%s\t%s\n' "$(basename "$file" .bats)" \
                    "$(cause_of '^(crash|hang|not-listening) ')"
            done >>"$not_run"
    fi
}
