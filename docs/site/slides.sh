#!/usr/bin/env bash
# docs/site/slides.sh WORK FOLDER - the decks of docs/slides as HTML, in FOLDER.
#
# Marp, from the node packages in WORK, makes one file of each deck: no picture,
# font or script comes from elsewhere. Marp takes comments for the speaker's
# notes, so the marks of woven code are left out; the minutes stay.
set -eu

work=${1:?"usage: docs/site/slides.sh WORK FOLDER"}
folder=${2:?"usage: docs/site/slides.sh WORK FOLDER"}
mkdir -p "$folder"
rm -rf "$work/decks"
mkdir -p "$work/decks"
for deck in docs/slides/*.md; do
    # shellcheck disable=SC2016 # the backticks are Markdown's
    sed -e '/^<!-- begin: /d' -e '/^<!-- end -->$/d' \
        -e 's/^```console$/```sh/' "$deck" >"$work/decks/${deck##*/}"
done
"$work/node_modules/.bin/marp" --config-file docs/site/marp.json \
    --theme docs/site/slides.sh.css --input-dir "$work/decks" --output "$folder" \
    2>"$work/marp.log" </dev/null || {
    cat "$work/marp.log" >&2
    exit 1
}
