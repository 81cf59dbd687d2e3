#!/usr/bin/env bash
# tests/course/grade/sample.sh STAGE OUT [NAME...] - makes a class of submissions to try
# the marks with: a folder in OUT for each.
#
# `honest` is the stage as it is; mistake_NAME is the stage with that mistake of
# tests/mistakes planted; hostile_NAME is the stage and a file of tests/course/grade/hostile
# besides, in which @TOP@ stands for the project's folder, or the stage as such a
# script leaves it. With NAMEs, such as honest or hostile_fork_bomb, only those
# are made.
set -u

stage=$1 out=$2
shift 2
top=$(cd "$(dirname "$0")/../../.." && pwd)

is_wanted() {
    local name
    [ "${#wanted[@]}" -gt 0 ] || return 0
    for name in "${wanted[@]}"; do
        [ "$name" = "$1" ] && return 0
    done
    return 1
}

# new NAME: a submission that is the stage as it stands.
new() {
    mkdir -p "$out/$1" && cp "$top/stages/stage$stage"/*.[ch] "$out/$1/"
}

wanted=("$@")
if is_wanted honest; then
    new honest || exit 1
fi
while IFS=$'\t' read -r mistake _; do
    # What is in common/ is not a submission's.
    if is_wanted "mistake_$mistake" &&
        ! grep -q '^- in: common' "$top/tests/mistakes/$mistake.md"; then
        new "mistake_$mistake" || exit 1
        "$top/tests/tools/plant_mistake.py" "$mistake" --folder "$out/mistake_$mistake" \
            >/dev/null || exit 1
    fi
done < <("$top/tests/tools/plant_mistake.py" --stage "$stage")
for source in "$top"/tests/course/grade/hostile/*.c; do
    name=hostile_$(basename "$source" .c)
    if is_wanted "$name"; then
        new "$name" || exit 1
        sed "s|@TOP@|$top|g" "$source" >"$out/$name/hostile.c"
    fi
done
for script in "$top"/tests/course/grade/hostile/*.sh; do
    name=hostile_$(basename "$script" .sh)
    if is_wanted "$name"; then
        new "$name" || exit 1
        (cd "$out/$name" && bash "$script") || exit 1
    fi
done
