#!/usr/bin/env bash
# docs/site/build.sh BUILD - makes the static site, in BUILD/site.
#
# Installs the node packages of docs/site's lock file into BUILD/site-work when that
# file has changed. docs/site/generate.py makes the pages there, and VitePress makes the
# site of them. The slides and the poster are printed as PDF, too. A link that leads
# nowhere fails the build.
set -eu

build=${1:?"usage: docs/site/build.sh BUILD"}
here=$(dirname "$0")
work=$build/site-work
export PUPPETEER_SKIP_DOWNLOAD=1 NO_UPDATE_NOTIFIER=1

mkdir -p "$work"
if ! cmp -s "$here/package-lock.json" "$work/installed-lock.json"; then
    cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$work/"
    echo 'Installing the node packages of docs/site/package-lock.json'
    (cd "$work" && npm ci --no-progress --loglevel=error) >&2
    cp "$here/package-lock.json" "$work/installed-lock.json"
fi

rm -rf "$work/.vitepress" "$work/out"
cp -r "$here/.vitepress" "$work/"
"$here/generate.py" "$work/pages" "$build"
cp "$work/node_modules/mermaid/dist/mermaid.min.js" "$work/pages/public/"
(cd "$work" && node_modules/.bin/vitepress build .)

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
"$here/check_links.py" "$work/out"
rm -rf "$build/site"
mv "$work/out" "$build/site"
echo "The site is in $build/site; \`make site PREVIEW=1\` shows it."
