#!/usr/bin/env bash
# tests/tools/hardening_flags.sh COMPILER FLAG... - prints, as make variables, which hardening
# flags this compiler and linker take together with the given ones. Each is tried first,
# so that a compiler or processor without it still builds. A program is only built, and
# not run: it may be for another machine.
set -u

compiler=("$@")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
printf '#include <stdio.h>\nint main(void)\n{\n    return puts("") < 0;\n}\n' \
    >"$folder/try.c"

works() {
    "${compiler[@]}" -Werror "$@" "$folder/try.c" -o "$folder/try" 2>/dev/null
}

compile=()
link=()
for flag in '-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2' -fstack-protector-strong \
    -fstack-clash-protection -fcf-protection; do
    # shellcheck disable=SC2086 # some are two words
    works $flag && compile+=("$flag")
done
works -fPIE -pie && compile+=(-fPIE) && link+=(-pie)
for flag in -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack; do
    works "$flag" && link+=("$flag")
done
echo "HARDENING := ${compile[*]}"
echo "HARDENING_LINK := ${link[*]}"
