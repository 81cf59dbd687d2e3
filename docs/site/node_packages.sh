#!/usr/bin/env bash
# docs/site/node_packages.sh WORK - installs the node packages of docs/site's lock file
# into the folder WORK, if that file has changed since the last time.
set -eu

work=${1:?"usage: docs/site/node_packages.sh WORK"}
here=$(dirname "$0")
export PUPPETEER_SKIP_DOWNLOAD=1 NO_UPDATE_NOTIFIER=1

mkdir -p "$work"
cmp -s "$here/package-lock.json" "$work/installed-lock.json" && exit
cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$work/"
echo 'Installing the node packages of docs/site/package-lock.json'
(cd "$work" && npm ci --no-progress --loglevel=error) >&2
cp "$here/package-lock.json" "$work/installed-lock.json"
