#!/usr/bin/env bash
# tests/tools/check.sh [PART...] - what holds for the sources, whatever the tests say.
#
# Runs the parts named, or all; prints what each took. Ends with 1 if one
# fails. A part is a function `check_PART` below.
set -u

c_sources() {
    git ls-files -co --exclude-standard '*.c' '*.h'
}

headers() {
    git ls-files -co --exclude-standard 'common/*.h' 'stages/*.h'
}

warnings='-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror'

# Builds every stage with a compiler; a warning is an error.
builds_with() {
    make --no-print-directory -j"$(nproc)" BUILD="build/check/$1${3:+-portable}" \
        CC="$2" PORTABLE="${3:-}" CFLAGS='-O2 -g -Werror'
}

check_gcc() { builds_with gcc gcc && builds_with gcc gcc 1; }
check_clang() { builds_with clang clang && builds_with clang clang 1; }
check_musl() { builds_with musl musl-gcc && builds_with musl musl-gcc 1; }

# Each header compiles alone.
check_headers() {
    local header
    for header in $(headers); do
        # shellcheck disable=SC2086 # the warnings are several words
        ${CC:-cc} -std=c17 $warnings -D_GNU_SOURCE -iquote common \
            -iquote . -fsyntax-only -x c - <<<"#include \"$header\"
extern int not_empty;" || return 1
    done
}

check_format() {
    c_sources | xargs clang-format --dry-run -Werror
}

check_shell() {
    git ls-files -co --exclude-standard | while read -r file; do
        case $file in
        *.bats | *.bash) echo "$file" ;;
        *) head -n 1 "$file" | grep -q '^#!.*bash' && echo "$file" ;;
        esac
    done | xargs shellcheck -x
}

check_tidy() {
    git ls-files 'common/*.c' 'stages/*.c' |
        xargs -P "$(nproc)" -n 4 sh -c 'clang-tidy --quiet "$@" -- -std=c17 \
            -D_GNU_SOURCE -iquote common 2>/dev/null' sh
}

# gcc 12 loses a pointer that is copied within a struct, and calls it leaked;
# for leaks there are AddressSanitizer and the fault sweep.
check_analyzer() {
    local file
    for file in $(git ls-files 'common/*.c' 'stages/*.c'); do
        # shellcheck disable=SC2086 # the warnings are several words
        gcc -std=c17 -O2 $warnings -fanalyzer -Wno-analyzer-malloc-leak \
            -D_GNU_SOURCE -iquote common \
            -c "$file" -o /dev/null || return 1
    done
}

# Every server has what this compiler and machine can give it.
check_hardening() {
    make --no-print-directory -j"$(nproc)" STAGE= all >/dev/null || return 1
    # shellcheck disable=SC2046 # a word each
    tests/tools/check_hardening.sh build $(printf '%s\n' stages/stage* | sed 's/.*stage//')
}

# Left out: variableScope, as declarations stand at the head of a function; and
# in target.c a condition that is said to be always false, and is not (the loop
# before it also ends below the length).
check_cppcheck() {
    cppcheck --quiet --std=c11 --enable=warning,portability,performance,style \
        --suppress=variableScope \
        --suppress=knownConditionTrueFalse:common/http/target.c \
        --error-exitcode=1 --inline-suppr -D_GNU_SOURCE -Icommon common stages
}

# The limits of the style: lines in a stage's file, and in a file of common/.
check_sizes() {
    local file lines most
    for file in $(c_sources); do
        lines=$(wc -l <"$file")
        case $file in
        stages/*) most=220 ;;
        common/*) most=300 ;;
        *) continue ;;
        esac
        if [ "$lines" -gt "$most" ]; then
            echo "$file has $lines lines; at most $most are allowed"
            return 1
        fi
    done
}

# Functions have at most 40 lines; the loop of stages 1 and 2, whose length is
# the lesson, 90.
check_functions() {
    # shellcheck disable=SC2016 # awk's own
    git ls-files 'common/*.c' 'stages/*.c' | xargs awk '
        FNR == 1 { start = 0 }
        /^[a-z].*\(/ { name = $0 }
        /^{$/ { start = FNR }
        /^}/ && start {
            most = FILENAME ~ /stage[12]\/webserve.c$/ && name ~ /take_turns/ ? 90 : 40
            if (FNR - start - 1 > most) {
                print FILENAME ": " name " has " FNR - start - 1 " lines"
                long = 1
            }
            start = 0
        }
        END { exit long }'
}

# Includes go one way: from a stage to common/net, from there to common/http. A
# header of another folder is included with its folder, as "http/form.h". The
# modules in `alone` include neither each other nor main_thread, which joins them.
check_includes() {
    local alone='pool|deadlines|budget|log' status=0
    if c_sources | grep -E '^(common|stages)/' | xargs grep -HE '^ *# *include +"[^"]*/' |
        grep -vE '^(common/net/.*"http/|stages/.*"(http|net)/)[a-z_]+\.h"'; then
        echo 'Includes go one way: stages, common/net, common/http.'
        status=1
    fi
    if c_sources | grep -E "^common/net/($alone)\\." |
        xargs grep -HE "^ *# *include +\"($alone|main_thread)\\.h\"" |
        grep -vE '/([a-z]+)\.c:.*"\1\.h"'; then
        echo "These modules are independent: $alone"
        status=1
    fi
    return "$status"
}

# calls_of FILE...: what each file refers to and does not define, as FILE:NAME,
# on Linux and elsewhere.
calls_of() {
    local file flags
    for flags in '-D_GNU_SOURCE' '-D_POSIX_C_SOURCE=200809L -DPORTABLE'; do
        for file; do
            # shellcheck disable=SC2086 # the flags are several words
            ${CC:-cc} -std=c17 $flags -iquote common \
                -c "$file" -o "$log.o" || return 1
            nm -u "$log.o" | awk -v file="$file" '{ sub(/@.*/, "", $NF); print file ":" $NF }'
        done
    done
}

# The stages make the calls on sockets and threads; common/ makes a few of its
# own: to drain what is left of a request, to send a 100 Continue, and for the
# log.
check_calls() {
    local stage call status=0
    local calls='socket|setsockopt|bind|listen|accept|pthread_create|recv|send|close'
    local others='connect|accept4|recvfrom|recvmsg|read|readv|sendto|sendmsg|sendfile|write|writev'
    # shellcheck disable=SC2046 # a word each
    calls_of $(git ls-files 'common/*.c') >"$log.calls" || return 1
    if grep -E ":($calls|$others)\$" "$log.calls" | sort -u | grep -vxE \
        'common/net/(platform.c:setsockopt|log.c:(pthread_create|write)|exchange.c:send|exchange_answer.c:recv)'; then
        echo 'These calls belong in the stages.'
        status=1
    fi
    for stage in stages/stage*; do
        calls_of "$stage"/*.c >"$log.calls" || return 1
        for call in ${calls//|/ }; do
            if ! grep -q ":$call\$" "$log.calls"; then
                echo "$stage does not call $call"
                status=1
            fi
        done
    done
    return "$status"
}

# Each test has an id of its own, its tags and a hint; and the runner can fail.
check_suite() {
    tests/tools/list.py --check && tests/tools/suite/suite_test.py
}

parts=("$@")
[ $# -gt 0 ] || parts=(gcc clang musl headers format shell tidy analyzer
    cppcheck hardening sizes functions includes calls suite)
status=0
log=$(mktemp)
trap 'rm -f "$log" "$log".*' EXIT
for part in "${parts[@]}"; do
    started=$SECONDS
    if "check_$part" >"$log" 2>&1; then
        verdict='ok'
    else
        verdict=FAILED
        status=1
    fi
    printf '%-12s %-6s %4d s\n' "$part" "$verdict" $((SECONDS - started))
    [ "$verdict" = ok ] || head -n 40 "$log" | sed 's/^/    /'
done
exit $status
