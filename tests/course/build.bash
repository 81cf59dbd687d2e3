# build.bash - of tests/course/check.sh: builds what was copied, and says in a
# sentence each why a part of it could not be built.

# shellcheck shell=bash disable=SC2154,SC2034 # tests/course/check.sh has the variables

# The functions of the stage, and the file that each belongs in.
functions=()

# What the folder's sources are compiled with besides: the contract's bare
# declarations, so that another signature is an error; and the contract itself,
# if they include it and it is not there.
declare_functions() {
    local contract=$work/contracts/stage$stage
    sed '/^#ifndef WEBSERVE_H$/d; /^#define WEBSERVE_H$/d; /^#endif$/d' \
        "$contract/webserve.h" >"$contract/declarations.h"
    if [ ! -e "$work/stages/stage$stage/webserve.h" ] &&
        grep -qs '#include "webserve.h"' "$work/stages/stage$stage"/*.c; then
        fault missing-file webserve.h \
            'webserve.h is missing; that of the stage is taken in its place.'
        cp "$contract/webserve.h" "$work/stages/stage$stage"
    fi
    mapfile -t functions < <(
        sed -nE 's/^(int|void) ([a-z_]+)\(.*/\2/p' "$contract/webserve.h"
    )
}

make_there() {
    (cd "$work" && make_in . build -k CONTRACTS=contracts \
        WITH_MAIN="${with_main[*]-webserve}" \
        UNIT_LDFLAGS=-Wl,--unresolved-symbols=ignore-all \
        STAGE_CPPFLAGS="-include contracts/stage$stage/declarations.h" "$@")
}

sources() {
    find "$work/stages/stage$stage" -maxdepth 1 -name '*.c' | sort
}

# A sentence for each first error of a compiler's output about a file; those
# about a header alone, if there are any, since the others may follow from them.
note_compile_errors() {
    local file line text name function
    while IFS=$'\t' read -r file line text; do
        name=$(name_of "$file")
        function=$(sed -nE "s/^[^']*'([a-z_]+)'.*/\1/p" <<<"$text")
        case $text in
        "conflicting types for '"*)
            text="$function has another signature than its contract$(
                sed -nE "s/.*; have ('.*')$/; here it is \1/p" <<<"$text"
            ). The stage's webserve.h declares it."
            fault wrong-signature "$name" "$name, line $line: $text"
            ;;
        "static declaration of '"*)
            fault wrong-signature "$name" \
                "$name, line $line: $function is static, so nobody else can call it."
            ;;
        *) fault compile "$name" "$name, line $line: $text" ;;
        esac
    done < <(
        sed -nE 's/^([^ :]*):([0-9]+):([0-9]+:)? (fatal )?error: (.*)$/\1\t\2\t\5/p' \
            "$1" | awk -F'\t' '!seen[$1]++ {
                line[++count] = $0
                is_header[count] = /^[^\t]*\.h\t/
                headers += is_header[count]
            }
            END {
                for (i = 1; i <= count; i++) {
                    if (!headers || is_header[i]) print line[i]
                }
            }'
    )
}

# Compiles each source; those that do not compile are moved out of the way, so
# that what does not need them can be tested.
compile_folder() {
    local source objects=() failed=() object file
    while read -r source; do
        objects+=("build/stage$stage/$(basename "$source" .c).o")
    done < <(sources)
    make_there "${objects[@]}" >"$work/compile.txt" 2>&1
    note_compile_errors "$work/compile.txt"
    while read -r source; do
        file=$(basename "$source" .c)
        object=$work/build/stage$stage/$file.o
        if [ ! -e "$object" ]; then
            failed+=("$source")
            grep -q . "$faults" || fault compile "$(name_of "$source")" \
                "$(name_of "$source") does not compile: $(tail -n 1 "$work/compile.txt")"
        fi
    done < <(sources)
    mkdir -p "$work/failed"
    for source in "${failed[@]}"; do
        mv "$source" "$work/failed"
    done
}

# defines SYMBOL LETTER: the objects in which it is defined so, by nm's letter.
defines() {
    local object
    for object in "$work/build/stage$stage"/*.o; do
        if nm "$object" 2>/dev/null | grep -qE " $2 $1\$"; then
            basename "$object" .o
        fi
    done
}

with_main=()

# Each function of the contract has to be there once, and main too.
look_at_functions() {
    local function file object
    mapfile -t with_main < <(defines main T)
    for object in "${with_main[@]}"; do
        # Beside webserve.c, a file with a main is a program of its own.
        if [ "$object" != webserve ] &&
            [[ " ${with_main[*]} " == *" webserve "* ]]; then
            file=$(name_of "$object.c")
            fault left-out "$file" \
                "$file has a main of its own, and is left out."
            mv "$work/stages/stage$stage/$object.c" "$work/failed"
            rm "$work/build/stage$stage/$object.o"
        fi
    done
    if [ "${#with_main[@]}" = 0 ]; then
        note_missing main webserve.c
    fi
    for function in "${functions[@]}"; do
        look_at_function "$function"
    done
}

# The functions that the units cannot call.
absent=()

look_at_function() {
    local function=$1 where hidden
    where=$(defines "$function" T | head -n 1)
    hidden=$(defines "$function" t | head -n 1)
    if [ -n "$where" ] && [[ " ${with_main[*]-} " != *" $where "* ]]; then
        return
    fi
    absent+=("$function")
    if [ -n "$where" ]; then
        where=$(name_of "$where.c")
        fault missing-function "$where" "$function stands in $where, together \
with main; it belongs in $function.c, where the tests can call it alone."
    elif [ -n "$hidden" ]; then
        where=$(name_of "$hidden.c")
        fault missing-function "$where" \
            "$function is static in $where, so nobody else can call it."
    else
        note_missing "$function" "$function.c"
    fi
}

# note_missing FUNCTION FILE: it is defined in no source that compiles.
note_missing() {
    if [ -e "$work/failed/$2" ]; then
        return # it does not compile, and that has been said
    elif [ ! -e "$work/stages/stage$stage/$2" ]; then
        fault missing-file "$2" "$2 is missing: it has the function $1 in this stage."
    else
        fault missing-function "$2" "$2 does not define the function $1."
    fi
}

# Links the server and the units, and says why one of them could not be.
link_folder() {
    make_there "build/stage$stage/webserve" >"$work/link.txt" 2>&1
    note_link_errors
    make_there stage-programs >"$work/units.txt" 2>&1
}

note_link_errors() {
    local what symbol where
    while IFS=$'\t' read -r what symbol where; do
        [ ! -d "$work/failed" ] || [ -z "$(ls "$work/failed")" ] || break
        case " ${functions[*]} main " in
        *" $symbol "*) [ "$what" = 'multiple definition of' ] || continue ;;
        esac
        where=$(name_of "$where")
        case $what in
        undefined*)
            absent+=("${where%.c}")
            fault link "$where" "$where calls $symbol, which is defined nowhere."
            ;;
        *) fault link "$where" "$symbol is defined twice; once in $where." ;;
        esac
    done < <(
        sed -nE "s,^.*[/ ]([^/ :]+\\.c):[^ ]* (undefined reference to|multiple \
definition of) [\`']([^']*)'.*$,\2\t\3\t\1,p" "$work/link.txt" |
            sort -u -t$'\t' -k2,2
    )
    if [ ! -e "$work/build/stage$stage/webserve" ] && ! grep -qv '^left-out' "$faults"; then
        fault link webserve.c "The server does not link: $(
            grep -E 'ld:|error' "$work/link.txt" | head -n 1
        )"
    fi
}
