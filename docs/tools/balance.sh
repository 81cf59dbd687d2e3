#!/usr/bin/env bash
# docs/tools/balance.sh BUILD - nginx in front of three copies of the last stage.
#
# Runs the three blocks of commands (sh) of docs/epilogue.md in one shell, as a
# reader types them, with free ports, and a folder of this run in place of /tmp:
# the first starts all four, the second ends one of the copies, the last ends the
# rest. Between them it asks thirty times. Each answer must be a whole 200 with the
# page that was asked for, a POST among them; each copy must have answered some;
# and at the end nothing may run, and nothing may be left. Where nginx is not
# installed, says so and exits with 0.
set -u
unset MAKEFLAGS MFLAGS MAKELEVEL

if [ "${1-}" != --session ]; then
    build=${1:?"usage: docs/tools/balance.sh BUILD"}
    [ -x /usr/sbin/nginx ] || {
        echo "nginx is not installed: its configuration was not tried."
        exit 0
    }
    work=$(mktemp -d)
    export build work
    # In a session of its own, all that it started can be ended.
    setsid timeout -k 5 100 "$0" --session &
    session=$!
    trap 'kill -KILL -- "-$session" 2>/dev/null; rm -rf "$work"' EXIT
    wait "$session"
    exit
fi

fail() {
    echo "docs/tools/balance.sh: $*" >&2
    cat "$work"/log* >&2
    exit 1
}

# wait_for COMMAND...: for ten seconds at most.
wait_for() {
    local until=$((SECONDS + 10))
    until "$@"; do
        [ "$SECONDS" -lt "$until" ] || fail "it took too long: $*"
        sleep 0.05
    done
}

# Four ports that are free now: those of servers that are ended again. Each has a file
# of its own: what the one before said is still there when the next begins.
find_ports() {
    local number servers=()
    for number in 0 1 2 3; do
        "$build/stage6/webserve" 127.0.0.1 0 >"$work/out$number" 2>/dev/null &
        servers+=($!)
        wait_for grep -qs listening "$work/out$number"
        ports[number]=$(sed 's|.*:\([0-9]*\)/$|\1|' "$work/out$number")
    done
    kill "${servers[@]}" && wait "${servers[@]}"
}

# adapt: this run's ports, folders and log in place of the page's.
adapt() {
    sed -e "s|/tmp/|$work/|g" -e "s|127.0.0.1:8000|127.0.0.1:${ports[0]}|g" \
        -e "s/\(127.0.0.1[: ]\)8081/\1${ports[1]}/" \
        -e "s/\(127.0.0.1[: ]\)8082/\1${ports[2]}/" \
        -e "s/\(127.0.0.1[: ]\)8083/\1${ports[3]}/" \
        -e "s|^make |make -s BUILD=\"$build\" |" \
        -e "s|^build/stage6/webserve|$work/webserve|" \
        -e "s|\$PWD/docs/examples/nginx.conf|$work/nginx.conf|"
}

# block NUMBER: one of the page's, to be run in this shell.
block() {
    awk -v wanted="$1" '/^```sh$/ { number++; inside = 1; next }
        /^```$/ { inside = 0 }
        inside && number == wanted' docs/epilogue.md | adapt
}

# ask PATH [OPTION...]: fails if the answer is not the page for that path.
ask() {
    curl -q -sS -f --noproxy '*' -m 10 "${@:2}" "http://127.0.0.1:${ports[0]}$1" |
        grep -q "<h1>hello, $1</h1>" || fail "no page for $1"
}
answers() { curl -q -s --noproxy '*' -o /dev/null "http://127.0.0.1:$1/"; }
is_silent() { ! answers "$1"; }

export no_proxy=127.0.0.1
ports=()
find_ports
adapt <docs/examples/nginx.conf >"$work/nginx.conf"
# The copies' logs, which a reader sees mixed, each in a file.
# shellcheck disable=SC2016 # the script's own
printf '#!/bin/sh\nexec "%s" "$@" 2>"%s/log$2" >/dev/null\n' \
    "$PWD/$build/stage6/webserve" "$work" >"$work/webserve"
chmod +x "$work/webserve"

eval "$(block 1)"
for port in "${ports[@]:1}" "${ports[0]}"; do
    wait_for answers "$port"
done
for i in {1..30}; do ask "/page/$i"; done
ask /form -d 'a=1'
for port in "${ports[@]:1}"; do
    grep -q 'GET /page' "$work/log$port" || fail "the copy at $port has answered nobody"
done
eval "$(block 2)" >"$work/shown"
[ "$(<"$work/shown")" = $'<h1>hello, /before</h1>\n<h1>hello, /after</h1>' ] ||
    fail "the page's commands show: $(<"$work/shown")"
wait_for is_silent "${ports[2]}"
for i in {31..60}; do ask "/page/$i"; done
eval "$(block 3)"
for port in "${ports[@]}"; do
    wait_for is_silent "$port"
done
[ ! -e "$work/balance" ] || fail "$work/balance is left"
[ -z "$(jobs -r)" ] || wait
echo "nginx and three copies: 63 answers, one copy ended among them"
