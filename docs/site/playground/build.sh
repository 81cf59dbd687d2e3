#!/usr/bin/env bash
# docs/site/playground/build.sh BUILD OUT - makes what the playground loads, in OUT.
#
# Each stage is compiled to WebAssembly as it is, with common/http, the part of
# common/net that serves one client, and the sockets of this folder. A module becomes a
# script with base64 in it: a page that was opened as a file may load scripts, but may
# not fetch anything. The modules themselves are in BUILD/playground, for replay.mjs.
set -eu

build=${1:?"usage: docs/site/playground/build.sh BUILD OUT"}
out=${2:?"usage: docs/site/playground/build.sh BUILD OUT"}
here=$(dirname "$0")
work=$build/playground
net='access_log arguments budget deadlines exchange exchange_answer exchange_memory'
watched='request_parse request_check content_begin content_add form_parse delegate
exchange_answer page_fault'

# compile FOLDER FILE...: an object of each file, in that folder.
compile() {
    local folder=$1 file
    shift
    for file; do
        clang --target=wasm32-wasi -std=c17 -Oz -flto -Wall -Wextra -Werror \
            -D_GNU_SOURCE -DPORTABLE -D_WASI_EMULATED_SIGNAL \
            -isystem "$here/include" -iquote common "${include[@]}" \
            -c "$file" -o "$folder/$(basename "$file" .c).o"
    done
}

rm -rf "$work"
mkdir -p "$work/common" "$out"
include=()
for name in $net; do
    compile "$work/common" "common/net/$name.c"
done
compile "$work/common" common/http/*.c "$here/sockets.c"

wraps=()
for name in $watched; do
    wraps+=("-Wl,--wrap=$name")
done
for stage in stages/stage*; do
    name=$(basename "$stage")
    mkdir "$work/$name"
    include=(-iquote "$stage")
    compile "$work/$name" "$stage"/*.c "$here/watch.c"
    clang --target=wasm32-wasi -Oz -flto -Wl,--strip-all "${wraps[@]}" \
        "$work/common"/*.o "$work/$name"/*.o -o "$work/$name.wasm"
    printf "playground.stages[%s] = '%s'\n" "${name#stage}" \
        "$(base64 -w 0 "$work/$name.wasm")" >"$out/$name.js"
done
"$here/requests.py" examples >"$out/examples.js"
cp "$here"/*.css "$here"/*.js "$out/"
