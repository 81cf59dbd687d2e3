#!/usr/bin/env bash
# docs/site/build.sh BUILD - makes the static site, in BUILD/site.
#
# Installs the node packages of docs/site's lock file into BUILD/site-work when that
# file has changed. docs/site/generate.py makes the pages there; VitePress makes the
# site of them, and Marp makes the slides. playground/build.sh makes the playground. A
# link that leads nowhere fails the build.
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

rm -rf "$work/.vitepress" "$work/out" "$work/decks"
cp -r "$here/.vitepress" "$work/"
"$here/generate.py" "$work/pages" "$build"
cp "$work/node_modules/mermaid/dist/mermaid.min.js" "$work/pages/public/"
"$here/playground/build.sh" "$build" "$work/pages/public/playground"
(cd "$work" && node_modules/.bin/vitepress build .)

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
"$here/check_links.py" "$work/out"
rm -rf "$build/site"
mv "$work/out" "$build/site"
echo "The site is in $build/site; \`make site PREVIEW=1\` shows it."
