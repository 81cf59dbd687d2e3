#!/usr/bin/env bash
# tests/tools/check_hardening.sh BUILD STAGE... - the servers have what this compiler and this
# processor can give them.
#
# Each hardening flag is tried on a small program, whatever tests/tools/hardening_flags.sh says
# of it. One that works must be among those that tests/tools/hardening_flags.sh prints for the
# compiler; and if it leaves its mark in the small program, each server must
# have the mark, too. A flag that the compiler does not take is asked of nobody.
# CC and CFLAGS are as for make. BUILD/stageN/webserve must be there. Prints what
# is missing, and exits with 1 then.
set -u

build=$1
shift
read -ra compiler <<<"${CC:-cc} ${CFLAGS--O2 -g}"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Something for each flag to protect: a buffer, and a frame of several pages.
cat >"$folder/try.c" <<'END'
#include <stdio.h>
int main(int argc, char **argv)
{
    char text[20000];
    (void)argc;
    return snprintf(text, sizeof text, "%s", argv[0]) < 0 || puts(text) < 0;
}
END

# shellcheck disable=SC2016 # objdump's own
touch='or[lq]? +\$0x0,(0x[0-9a-f]+)?\(%[er]sp\)'

# mark NAME PROGRAM: is it there? Of a large frame each page is touched; where a
# call may go, here to main, stands endbr.
mark() {
    case $1 in
    fortify) readelf -sW "$2" | grep -q '_chk@' ;;
    canary) readelf -sW "$2" | grep -q '__stack_chk_fail' ;;
    pages) objdump -d "$2" | grep -qE "$touch" ;;
    branches) objdump -d "$2" | grep -A 1 '<main>:' | grep -q endbr ;;
    pie) readelf -hW "$2" | grep -q 'Type: *DYN' ;;
    relro) readelf -lW "$2" | grep -q GNU_RELRO ;;
    now) readelf -dW "$2" | grep -qE 'BIND_NOW|FLAGS.* NOW' ;;
    noexecstack) readelf -lW "$2" | grep -q 'GNU_STACK.* RW ' ;;
    esac
}

given=" $(tests/tools/hardening_flags.sh "${compiler[@]}" | sed 's/.*:=//' | tr '\n' ' ')"
status=0

missing() {
    echo "$*"
    status=1
}

# hold MARK FLAG...
hold() {
    local name=$1 flag stage
    shift
    "${compiler[@]}" -Werror "$@" "$folder/try.c" -o "$folder/try" \
        2>/dev/null && "$folder/try" >/dev/null || return 0
    for flag in "$@"; do
        [[ $given == *" $flag "* ]] ||
            missing "${compiler[0]} takes $flag, and tests/tools/hardening_flags.sh does not give it"
    done
    mark "$name" "$folder/try" || return 0
    for stage in $stages; do
        mark "$name" "$build/stage$stage/webserve" ||
            missing "stage $stage: nothing in the server shows $*"
    done
}

stages=$*
hold fortify -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
hold canary -fstack-protector-strong
hold pages -fstack-clash-protection
hold branches -fcf-protection
hold pie -fPIE -pie
hold relro -Wl,-z,relro
hold now -Wl,-z,now
hold noexecstack -Wl,-z,noexecstack
exit $status
