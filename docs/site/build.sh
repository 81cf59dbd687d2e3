#!/usr/bin/env bash
# docs/site/build.sh BUILD - makes the static site, in BUILD/site.
#
# Works in BUILD/site-work: docs/site/generate.py makes the pages there; VitePress makes
# the site of them, Marp makes the slides, and playground/build.sh the playground. A link
# that leads nowhere fails the build.
set -eu

build=${1:?"usage: docs/site/build.sh BUILD"}
here=$(dirname "$0")
work=$build/site-work
export NO_UPDATE_NOTIFIER=1

"$here/node_packages.sh" "$work"

rm -rf "$work/.vitepress" "$work/out" "$work/decks"
cp -r "$here/.vitepress" "$work/"
"$here/generate.py" "$work/pages" "$build"
cp -r "$here/scripts" "$here/favicon.svg" "$work/pages/public/"
cp "$work/node_modules/minisearch/dist/umd/index.js" "$work/pages/public/scripts/minisearch.js"
"$here/playground/build.sh" "$build" "$work/pages/public/playground"
(cd "$work" && node .vitepress/draw_diagrams.mjs . && node_modules/.bin/vitepress build .)
# Nobody knows from which folder this page would be shown, so its links would be wrong.
rm "$work/out/404.html"
"$here/search_index.py" "$work/out"

# Marp takes comments for the speaker's notes: the marks of excerpts are left out.
mkdir "$work/decks"
for deck in docs/slides/*.md; do
    # shellcheck disable=SC2016 # the backticks are Markdown's
    sed -e '/^<!-- begin: /d' -e '/^<!-- end -->$/d' \
        -e 's/^```console$/```sh/' "$deck" >"$work/decks/${deck##*/}"
done
"$work/node_modules/.bin/marp" --config-file "$here/marp.json" --theme "$here/slides.css" \
    --input-dir "$work/decks" --output "$work/out/slides" 2>"$work/marp.log" </dev/null || {
    cat "$work/marp.log" >&2
    exit 1
}

# The poster is a page of its own, printed by a browser; as root it has no sandbox.
docs/tools/six_stages.py --poster "$work/poster.html"
chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer \
    --user-data-dir="$(realpath "$work")/browser" \
    --print-to-pdf="$work/out/poster.pdf" "$work/poster.html" 2>"$work/poster.log" || {
    cat "$work/poster.log" >&2
    exit 1
}
node "$here/print_course.mjs" "$work/out" "$work"
"$here/check_html.py" "$work/out"
rm -rf "$build/site" "$build/site.zip"
mv "$work/out" "$build/site"
(cd "$build" && python3 -m zipfile -c site.zip site/)
echo "The site is in $build/site, and in $build/site.zip; \`make site PREVIEW=1\` shows it."
