#!/usr/bin/env bash
# tests/course/structure.sh STAGE - prints a Bats file that looks at the objects of
# somebody's own folder: where each function of the stage stands, and who calls
# it. What is behind the wire cannot tell: a function that is copied out of the
# loop, and called by nobody, leaves every answer as it was.
#
# What it asks for is in structure.tsv, beside it.
set -u

stage=$1
cat <<END
# structure.bats - where the functions stand, and who calls them.
# stages: $stage
# bats file_tags=contract,structure
END
cat <<'END'

objects=$(dirname "$SERVER")

defines() {
    if [ ! -e "$objects/${2%.c}.o" ]; then
        echo "There is no $2, or it does not compile."
        return 1
    fi
    nm "$objects/${2%.c}.o" | grep -qE " [TDBRCVW] $1\$" && return
    echo "$2 does not define $1, or it is static there."
    return 1
}

calls() {
    local object called_by=*
    [ "$2" = others ] || called_by=${2%.c}
    for object in "$objects"/$called_by.o; do
        if [ -e "$object" ] && nm "$object" | grep -qE " U $1\$"; then
            return
        fi
    done
    echo "No call of $1 in ${2/others/any file but its own}: who is to call it?"
    return 1
}
END
while IFS=$'\t' read -r since id title function file caller; do
    case $since in
    \#*) continue ;;
    esac
    [ "$since" -le "$stage" ] || continue
    cat <<END

# hint: Each function stands in a file of its own name, is not static, and is
#   called by its name from another file. The code that it was taken from is
#   gone from there: a call takes its place.
# bats test_tags=id:$id
@test "$title" {
END
    [ "$file" = - ] || printf '    defines %s %s\n' "$function" "$file"
    [ "$caller" = - ] || printf '    calls %s %s\n' "$function" "$caller"
    printf '}\n'
done <"$(dirname "$0")/structure.tsv"
