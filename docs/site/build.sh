#!/usr/bin/env bash
# docs/site/build.sh BUILD - makes the static site, in BUILD/site.
#
# Works in BUILD/site-work: docs/site/generate.py makes the pages there, VitePress makes
# the site of them, and playground/build.sh makes the playground. The poster and the
# slides are printed as PDF, too. A link that leads nowhere fails the build.
set -eu

build=${1:?"usage: docs/site/build.sh BUILD"}
here=$(dirname "$0")
work=$build/site-work
export NO_UPDATE_NOTIFIER=1

"$here/node_packages.sh" "$work"

rm -rf "$work/.vitepress" "$work/out"
cp -r "$here/.vitepress" "$work/"
"$here/generate.py" "$work/pages" "$build"
mkdir "$work/pages/public"
cp -r "$here/scripts" "$here/favicon.svg" "$work/pages/public/"
cp "$work/node_modules/minisearch/dist/umd/index.js" "$work/pages/public/scripts/minisearch.js"
"$here/playground/build.sh" "$build" "$work/pages/public/playground"
(cd "$work" && node .vitepress/draw_diagrams.mjs . && node_modules/.bin/vitepress build .)
# Nobody knows from which folder this page would be shown, so its links would be wrong.
rm "$work/out/404.html"
"$here/search_index.py" "$work/out"

docs/tools/slides/slides.py "$work/out/slides"

# print_page PAGE PDF: as root, the browser has no sandbox.
print_page() {
    chromium --headless --no-sandbox --disable-gpu --no-pdf-header-footer \
        --user-data-dir="$(realpath "$work")/browser" \
        --print-to-pdf="$2" "$1" 2>"$work/print.log" || {
        cat "$work/print.log" >&2
        exit 1
    }
}

docs/tools/six_stages.py --poster "$work/poster.html"
print_page "$work/poster.html" "$work/out/poster.pdf"
for deck in "$work"/out/slides/*.html; do
    print_page "$deck" "${deck%.html}.pdf"
done
node "$here/print_course.mjs" "$work/out" "$work"
"$here/check_html.py" "$work/out"
rm -rf "$build/site" "$build/site.zip"
mv "$work/out" "$build/site"
(cd "$build" && python3 -m zipfile -c site.zip site/)
echo "The site is in $build/site, and in $build/site.zip; \`make site PREVIEW=1\` shows it."
