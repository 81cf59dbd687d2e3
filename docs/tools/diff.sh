#!/usr/bin/env bash
# docs/tools/diff.sh STAGE SENTENCE - what a step changed, moved lines shown as moved.
#
# On a terminal in git's pager, in colours that can be told apart on a
# projector, with a line that says what they mean; plain elsewhere.
set -u

stage=$1
sentence=$2

show() {
    local before=stages/stage$((stage - 1)) after=stages/stage$stage
    printf 'Step %s. %s\n\n' "$stage" "$sentence"
    if [ "$stage" = 1 ]; then
        before=/dev/null after=stages/stage1/delegate.c
        printf '%s\n\n' 'The server was there before: read stages/stage1/webserve.c first.'
    fi
    [ "$color" = never ] ||
        printf 'green: new, red: gone, cyan and magenta: moved\n\n'
    git -c color.diff.new=green -c color.diff.old=red \
        -c color.diff.newMoved=cyan -c color.diff.oldMoved=magenta \
        -c color.diff.frag=bold diff --no-index --stat -p --color="$color" \
        --color-moved=plain --color-moved-ws=allow-indentation-change \
        "$before" "$after"
}

color=never
pager='cat'
if [ -t 1 ]; then
    color=always
    pager=$(git var GIT_PAGER)
    command -v "${pager%% *}" >/dev/null || pager='cat'
fi
show | LESS=${LESS-FRX} sh -c "$pager"
case ${PIPESTATUS[0]} in
0 | 1 | 141) ;; # git's 1: they differ; 141: the pager was left before the end
*) exit 1 ;;
esac
