#!/usr/bin/env bash
# docs/tools/trace/run.sh BUILD STAGE - draws what a stage's threads did in a real run.
#
# Starts BUILD/stageN/webserve with docs/tools/trace/record.c put before libc, lets
# the clients of docs/tools/trace/clients.py at it, slow and fast ones, stops it, and
# draws the record: BUILD/trace/stageN.svg, beside the record stageN.tsv. Exits
# with 1 if a client was not answered, or the server did not end well.
set -u

build=${1:?"usage: docs/tools/trace/run.sh BUILD STAGE"}
stage=${2:?"usage: docs/tools/trace/run.sh BUILD STAGE"}
here=$(dirname "$0")
folder=$build/trace
server=

stop_server() {
    [ -z "$server" ] || kill -s KILL "$server" 2>/dev/null
}
trap stop_server EXIT

give_up() {
    echo "docs/tools/trace/run.sh: $*" >&2
    exit 1
}

mkdir -p "$folder"
rm -f "$folder/stage$stage".*
# accept's first parameter is a union in glibc's header: no -Wpedantic.
${CC:-cc} -std=c17 -Wall -Wextra -Wconversion -Wshadow -D_GNU_SOURCE -O2 -shared \
    -fPIC "$here/record.c" -o "$folder/record.so" -ldl ||
    give_up "docs/tools/trace/record.c does not build"

: >"$folder/stage$stage.out"
TRACE=$folder/stage$stage.tsv LD_PRELOAD=$PWD/$folder/record.so \
    "$build/stage$stage/webserve" 127.0.0.1 0 \
    >"$folder/stage$stage.out" 2>"$folder/stage$stage.log" </dev/null &
server=$!
deadline=$((SECONDS + 15))
until read -r line <"$folder/stage$stage.out" && [[ $line = *listening\ on* ]]; do
    if ((SECONDS > deadline)) || ! kill -0 "$server" 2>/dev/null; then
        give_up "the server does not listen: $(<"$folder/stage$stage.log")"
    fi
    sleep 0.02
done
line=${line%/}
"$here/clients.py" "${line##*:}" || give_up 'a client was not answered'
kill -TERM "$server"
wait "$server" || give_up "the server ended with exit status $?"
server=

"$here/draw.py" "$folder/stage$stage.tsv" "$stage" >"$folder/stage$stage.svg" || exit 1
echo "$folder/stage$stage.svg"
