#!/usr/bin/env bash
# tests/tools/mistakes/examples.sh BUILD - what red tests say of five planted mistakes.
#
# Plants each, for docs/testing.md; run.py leaves the first red test's text in
# build/red/NAME.txt (red.py), and docs/tools/excerpts.py takes it from BUILD/red.
set -u

build=${1:?"usage: tests/tools/mistakes/examples.sh BUILD"}
examples=(result-of-delegate-ignored lines-end-in-lf path-decoded single-receive fencepost)
mkdir -p "$build/red"

for example in "${examples[@]}"; do
    text=red/$example.txt
    rm -f "build/$text"
    ONLY=$example tests/tools/mistakes/run.py || exit 1
    [ -s "build/$text" ] || {
        echo "tests/tools/mistakes/examples.sh: no red test for $example" >&2
        exit 1
    }
    [ "$build" -ef build ] || cp "build/$text" "$build/$text"
done
