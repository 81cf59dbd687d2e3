#!/usr/bin/env bash
# docs/site/build.sh BUILD - the static site, in BUILD/site.
#
# Run at the top of the repository. The node packages, pinned by docs/site's
# lock file, are installed into BUILD/site-work when that file has changed; the
# pages are made there by docs/site/generate.py, and VitePress and Marp make the
# site of them. A link that leads nowhere fails the build.
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
if compgen -G 'docs/slides/*.md' >/dev/null; then
    "$here/slides.sh" "$work" "$work/out/slides"
fi
rm -rf "$build/site"
mv "$work/out" "$build/site"
echo "The site is in $build/site; \`make site PREVIEW=1\` shows it."
