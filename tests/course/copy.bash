# copy.bash - of tests/course/check.sh: what is copied to WORK, and from where.

# shellcheck shell=bash disable=SC2154,SC2034 # tests/course/check.sh has the variables

# The project's own stage, from which the objects that do not depend on the
# folder are taken. Two at a time would be in each other's way.
build_own() {
    (
        mkdir -p "$build" && flock 9 &&
            make_in "$here" "$build" stage-programs
    ) 9>"$build/folder.lock" >"$work/own.txt" 2>&1 && return
    cat "$work/own.txt" >&2
    refuse "the project itself could not be built"
}

# make_in FOLDER BUILD TARGET...: what was set for this make is in the
# environment, and holds for that one too, but not which stage and folder.
make_in() {
    env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u DIR -u STAGE -u BUILD \
        timeout -k 5 300 make --no-print-directory -C "$1" \
        -j"$(nproc 2>/dev/null || echo 2)" BUILD="$2" STAGE="$stage" "${@:3}"
}

# What it is tested with, and the objects of that, with their times: make
# builds only what differs.
copy_project() {
    local own=$build file
    mkdir -p "$work/stages/stage$stage" "$work/contracts/stage$stage" \
        "$work/tests" "$work/build/unit" "$work/build/small"
    cp -a Makefile common "$work"
    cp -a tests/{http,tools,unit,course,wire} "$work/tests"
    cp -a "stages/stage$stage/webserve.h" "$work/contracts/stage$stage"
    for file in common common.a tools flags unit/common unit/common.a \
        unit/tests small/common small/common.a small/flags; do
        [ ! -e "$own/$file" ] || cp -a "$own/$file" "$work/build/$file"
    done
    for file in "$own"/hardening-* "$own"/small/hardening-*; do
        [ ! -e "$file" ] || cp -a "$file" "$work/build/${file#"$own"/}"
    done
    # The stage's units include the project's header, whatever the folder's.
    mkdir -p "$work/build/unit/stage$stage"
    cp -a "$own/unit/stage$stage"/*_test.o "$work/build/unit/stage$stage"
    # This one includes webserve.c: that is to be the folder's.
    rm -f "$work/build/unit/stage$stage/webserve_test.o"
    echo "#include \"../../stages/stage$stage/webserve.c\"" \
        >"$work/contracts/stage$stage/webserve.c"
}

# A name that make takes as it is, and that is no program's of the tests.
is_plain() {
    [[ $1 =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]*\.[ch]$ && $1 != *_test.c ]]
}

declare -A original # the folder's name of a file that was copied as another

# The sources at the folder's top.
copy_folder() {
    local file name copy number=0
    while IFS= read -r -d '' file; do
        name=${file##*/}
        copy=$name
        if [ ! -f "$file" ]; then
            [ -d "$file" ] || fault not-a-file "$name" \
                "$name is no file: it is a link that leads nowhere, or a device."
        elif [ ! -r "$file" ] || [ "$(stat -L -c %s "$file")" -gt 1000000 ]; then
            fault not-a-file "$name" \
                "$name is left out: it cannot be read, or is larger than 1 MB."
        elif [ -n "$(find common -name "$name" -exec cmp -s {} "$file" \; -print)" ]; then
            continue # a copy of one of the project's own
        else
            if [[ $name == *.c ]] && ! is_plain "$name"; then
                number=$((number + 1))
                copy=other_$number.c
                original[$copy]=$name
            fi
            cp -L -- "$file" "$work/stages/stage$stage/$copy"
            chmod u+rw "$work/stages/stage$stage/$copy"
        fi
    done < <(find "$folder/." -maxdepth 1 -name '*.[ch]' -print0 | sort -z)
}

# The folder's name of a copy.
name_of() {
    local name=${1##*/}
    printf '%s' "${original[$name]-$name}"
}
