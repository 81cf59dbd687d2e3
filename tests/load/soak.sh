#!/usr/bin/env bash
# tests/load/soak.sh BUILD SECONDS STAGE... - the servers under load for long.
#
# Each stage in turn, for so many seconds: wrk (32 connections at a time) sends
# pages, forms and requests with faults (mix.lua), while other clients break
# off or stay silent at every phase. Every second the server's memory (Pss),
# descriptors and threads are looked at; the lines of its log are counted, one
# for each exchange. Fails if the server ends; if in the last minute it takes, on
# average, 1 MiB more memory than in the first, or has 8 descriptors more open; or
# if anything is left open after the last client. (A minute is a third of the
# time, where that is shorter.)
set -u

build=$1
seconds=$2
shift 2
here=$(dirname "$0")
work=$build/soak
mkdir -p "$work"
trap 'kill "${server:-}" "${breaker:-}" 2>/dev/null' EXIT

# Clients that break off, until they are ended.
break_off() {
    local -a phase
    trap exit TERM
    while :; do
        for phase in \
            'reset' \
            'send GET / HT;reset' \
            'send GET / HTTP/1.1\r\nHost: a\r\n;reset' \
            'send GET / HTTP/1.1\r\nHost: a\r\n\r\n;reset' \
            'send GET / HTTP/1.1\r\nHost: a\r\n\r\n;take 10;reset' \
            'send POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na=;reset' \
            'send POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na=;end;read' \
            'end;read'; do
            IFS=';' read -r -a phase <<<"$phase"
            "$build/tools/raw_client" -c 20 127.0.0.1 "$port" "${phase[@]}" \
                >/dev/null 2>&1 </dev/null
        done
    done
}

look() {
    printf '%s %s %s\n' \
        "$(awk '/^Pss:/ { print $2 }' "/proc/$server/smaps_rollup")" \
        "$(find "/proc/$server/fd" -mindepth 1 | wc -l)" \
        "$(awk '/^Threads:/ { print $2 }' "/proc/$server/status")"
}

soak() {
    local stage=$1 load memory descriptors threads
    : >"$work/out"
    : >"$work/logged"
    "$build/stage$stage/webserve" 127.0.0.1 0 >"$work/out" \
        2> >(wc -l >"$work/logged") &
    server=$!
    until grep -q listening "$work/out"; do sleep 0.05; done
    port=$(sed 's/.*:\([0-9]*\)\/$/\1/' "$work/out")
    break_off &
    breaker=$!
    wrk -t 1 -c 32 -d "${seconds}s" -s "$here/mix.lua" -H 'Connection: close' \
        "http://127.0.0.1:$port/" >"$work/wrk" 2>&1 &
    load=$!
    : >"$work/looks"
    while kill -0 "$load" 2>/dev/null; do
        look >>"$work/looks" || return 1
        sleep 1
    done
    kill "$breaker"
    wait "$breaker"
    sleep 4
    read -r memory descriptors threads < <(look)
    kill "$server"
    wait "$server" || {
        echo "stage $stage: it exited with $?"
        return 1
    }
    until [ -s "$work/logged" ]; do sleep 0.05; done
    awk -v stage="$stage" -v left="$descriptors" -v threads="$threads" \
        -v memory="$memory" -v logged="$(<"$work/logged")" '
        FILENAME ~ /wrk$/ { if ($2 == "requests") answered = $1; next }
        { pss[++n] = $1; fds[n] = $2 }
        END {
            w = n < 180 ? int(n / 3) : 60
            for (i = 1; i <= w; i++) {
                first += pss[i] / w
                last += pss[n - w + i] / w
                if (fds[i] > open_first) open_first = fds[i]
                if (fds[n - w + i] > open_last) open_last = fds[n - w + i]
            }
            printf "stage %s: %d exchanges logged, %d of them answers to wrk; " \
                "memory %d KiB in the first %d s, %d in the last, %d after; " \
                "descriptors %d, %d, %d; threads %d after\n", stage, logged, \
                answered, first, w, last, memory, open_first, open_last, left, \
                threads
            exit !w || !answered || logged < answered || \
                last > first + 1024 || open_last > open_first + 8 || \
                left > 8 || threads > 18
        }' "$work/wrk" "$work/looks"
}

status=0
for stage in "$@"; do
    soak "$stage" || status=1
done
exit $status
