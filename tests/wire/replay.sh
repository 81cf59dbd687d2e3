#!/usr/bin/env bash
# tests/wire/replay.sh BUILD - replays the corpus against all stages, and compares.
#
# Each file of tests/wire/corpus is a request: first its sentence behind a `#`,
# then the steps of tests/tools/raw_client/raw_client.c, one a line. Each is sent to the six
# servers BUILD/stageN/webserve by BUILD/tools/raw_client, and what comes back is
# compared octet by octet, the value of Date aside; how the connection ended is
# part of the answer. What must come of it:
#
#     2 = 3 = 4 and 1 = 5, on everything; 5 = 6 on everything but POST
#     1 -> 2 and 4 -> 5: every 200 has another page, and nothing else changes
#     5 -> 6: a POST's 501 changes; a POST with a fault in its head does not
#
# A request is a POST if its request line begins with `POST `. Prints what each
# step changed on the wire, with the examples that tests/wire/examples names,
# then each fault, and at last one line of totals. Exits with 1 if there is a
# fault: a difference that must not be, none where one must be, an answer
# without a well-formed Date, a server that died. All that came lies in
# BUILD/wire: stageN/GROUP/NAME, stageN.log, and the report's parts stepN.txt.
set -u
export LC_ALL=C

exchange_seconds=45 # longer than a server waits for what never comes
workers=2           # for each stage
stages='1 2 3 4 5 6'

if [ $# != 1 ]; then
    echo "Usage: tests/wire/replay.sh BUILD" >&2
    exit 2
fi
here=$(dirname "$0")
corpus=$here/corpus
build=$1
folder=$build/wire
pids=() # of the servers, by stage

give_up() {
    echo "tests/wire/replay.sh: $*" >&2
    exit 2
}

kill_servers() {
    local pid

    for pid in "${pids[@]}"; do
        kill -s KILL "$pid" 2>/dev/null
    done
}

# The corpus as judge.awk reads it; a request is a POST by its first octets.
describe_corpus() {
    awk '
        function finish() {
            if (name == "") {
                return
            }
            while (sub(/^(\\r)?\\n/, "", sent)) {
            }
            print "#\t" name "\t" (sent ~ /^POST /) "\t" sentence
            printf "%s", steps
        }
        FNR == 1 {
            finish()
            name = FILENAME
            sub(/\.wire$/, "", name)
            name = substr(name, match(name, /[^\/]*\/[^\/]*$/))
            sentence = $0
            steps = sent = ""
            if (!sub(/^# /, "", sentence) || sentence !~ /\.$/) {
                print FILENAME ": its first line is no `# sentence.`" |"cat >&2"
                wrong = 1
            }
            next
        }
        /^(#|$)/ { next }
        { steps = steps ">\t" name "\t" $0 "\n" }
        /^(send|octets) / && length(sent) < 99 {
            sent = sent substr($0, length($1) + 2)
        }
        /^(repeat|pieces) / && length(sent) < 99 {
            text = substr($0, length($1 " " $2) + 2)
            for (i = 0; i < $2 && length(sent) < 99; i++) {
                sent = sent text
            }
            while (sub(/^(\\r)?\\n/, "", sent)) {
            }
        }
        END {
            finish()
            exit wrong
        }' "$corpus"/*/*.wire
}

start_server() {
    : >"$folder/stage$1.out"
    "$build/stage$1/webserve" 127.0.0.1 0 \
        >"$folder/stage$1.out" 2>"$folder/stage$1.log" </dev/null &
    pids[$1]=$!
}

# Sets port, once the server of a stage says where it listens.
wait_for_server() {
    local deadline=$((SECONDS + 15)) url

    until read -r url <"$folder/stage$1.out" && [[ $url == *listening\ on* ]]
    do
        if ((SECONDS > deadline)) || ! kill -0 "${pids[$1]}" 2>/dev/null; then
            give_up "stage $1 does not listen: $(<"$folder/stage$1.log")"
        fi
        sleep 0.02
    done
    url=${url%/}
    port=${url##*:}
}

# replay STAGE PORT NAME: one request; writes how it ended to standard output.
replay() {
    local ended=0

    "$build/tools/raw_client" -t "$exchange_seconds" 127.0.0.1 "$2" \
        <"$corpus/$3.wire" >"$folder/stage$1/$3" 2>/dev/null || ended=$?
    printf '~\t%s\t%s\t%s\n' "$1" "$3" "$ended"
    ((ended != 3))
}

# work STAGE PORT WHICH: every so many-th of the requests that take no time. A
# server that hangs is not asked for ever.
work() {
    local i hangs=0

    for ((i = $3; i < ${#quick[@]} && hangs < 2; i += workers)); do
        replay "$1" "$2" "${quick[i]}" || hangs=$((hangs + 1))
    done
}

# Those that take time go side by side, each on its own. Each process writes
# what came of it into a file of its own: their lines do not mix.
replay_all() {
    local stage name i jobs=()

    for stage in $stages; do
        wait_for_server "$stage"
        for name in "${slow[@]}"; do
            replay "$stage" "$port" "$name" \
                >"$folder/ended/$stage-${name//\//-}" &
            jobs+=($!)
        done
        for ((i = 0; i < workers; i++)); do
            work "$stage" "$port" "$i" >"$folder/ended/$stage-$i" &
            jobs+=($!)
        done
    done
    wait "${jobs[@]}"
}

# Ends the servers, and says of each that died before, or does not end well.
stop_servers() {
    local stage pid code deadline

    for stage in $stages; do
        kill "${pids[stage]}" 2>/dev/null ||
            printf '!\t%s\tthe server died' "$stage"
    done >"$folder/died"
    for stage in $stages; do
        pid=${pids[stage]}
        deadline=$((SECONDS + 10))
        while kill -0 "$pid" 2>/dev/null && ((SECONDS < deadline)); do
            sleep 0.02
        done
        kill -s KILL "$pid" 2>/dev/null && code='does not end' || code=
        wait "$pid" 2>/dev/null
        code=${code:-$?}
        [ "$code" = 0 ] || printf '!\t%s\tthe server died, or did not stop as \
it should (exit status %s); %s has its log\n' \
            "$stage" "$code" "$folder/stage$stage.log"
    done
    pids=()
}

# ---- All of it ---------------------------------------------------------------

rm -rf "$folder"
mkdir -p "$folder/ended"
${CC:-cc} -std=c17 -Wall -Wextra -Wpedantic -Wconversion -Wshadow \
    -D_GNU_SOURCE -O2 "$here/visible.c" -o "$folder/visible" ||
    give_up "tests/wire/visible.c does not build"
describe_corpus >"$folder/corpus" || give_up "the corpus is not in order"
mapfile -t names < <(awk -F'\t' '$1 == "#" { print $2 }' "$folder/corpus")
mapfile -t slow < <(awk -F'\t' '
    $1 == ">" && ($3 ~ /^(octets|pause|silence)/ || $2 ~ /^timeout\//) {
        if (!seen[$2]++) {
            print $2
        }
    }' "$folder/corpus")
mapfile -t quick < <(printf '%s\n' "${names[@]}" |
    grep -vxF -f <(printf '%s\n' "${slow[@]}"))
for stage in $stages; do
    for group in "$corpus"/*/; do
        group=${group%/}
        mkdir -p "$folder/stage$stage/${group##*/}"
    done
done

trap kill_servers EXIT
for stage in $stages; do
    start_server "$stage"
done
replay_all
stop_servers >"$folder/stopped"

{
    cat "$folder/corpus" "$folder/stopped" "$folder"/ended/*
    awk '!/^#/ { print "e\t" $1 "\t" $2 }' "$here/examples"
    printf '%s\n' "$folder"/stage[1-6]/*/* | xargs "$folder/visible"
} | awk -v folder="$folder" -f "$here/judge.awk"
