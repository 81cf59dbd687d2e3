#!/usr/bin/env bash
# docs/tools/site_check/run.sh BUILD [PICTURES] - holds what the site in BUILD/site promises.
#
# The minutes of slides and plans add up;
# its links lead somewhere; nothing is loaded from elsewhere; the lock file of
# its node packages names no host; each kind of page has no serious finding of
# axe-core in Chromium, light and dark, wide and narrow; the search finds. With
# PICTURES, a folder, a picture of each kind of page is left there. Prints what
# each part took; exits with 1 if one fails.
set -u

build=${1:?"usage: docs/tools/site_check/run.sh BUILD [PICTURES]"}
here=$(dirname "$0")
status=0

part() {
    local name=$1 started=$SECONDS
    shift
    if "$@"; then
        echo "$name: ok, $((SECONDS - started)) s"
    else
        echo "$name: FAILED, $((SECONDS - started)) s"
        status=1
    fi
}

lock_names_no_host() {
    ! grep -n '://' docs/site/package-lock.json
}

part 'lock file' lock_names_no_host
part 'minutes' "$here/minutes.py"
part 'links' "$here/links.py" "$build/site"
part 'browser' node "$here/browser.mjs" "$build/site" "$build/site-work" ${2:+"$2"}
exit $status
