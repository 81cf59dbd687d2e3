#!/usr/bin/env bash
# tests/tools/install.sh GROUP... - says what is missing, and installs it.
#
# Groups, by what needs them: test, grade, load, races, instructions, fuzz,
# coverage, docs, browser, bench, peers, trace, walk, site, check. Uses the
# system's package manager, with sudo where not root; asks first when a person is
# there to ask, never with CI=true. Exits with 1, and one sentence, if something
# stays missing.
set -u

# What each group needs: a command, or a file, and Debian's package with it.
needs() {
    case $1 in
    test)
        echo "command:python3 python3"
        echo "command:bats bats"
        echo "file:/usr/lib/bats/bats-support/load.bash bats-support"
        echo "file:/usr/lib/bats/bats-assert/load.bash bats-assert"
        echo "command:curl curl"
        echo "command:nc netcat-openbsd"
        echo "command:python3 python3"
        echo "header:cmocka.h libcmocka-dev"
        ;;
    grade)
        echo "command:prlimit util-linux"
        echo "command:bwrap bubblewrap"
        echo "command:nm binutils"
        ;;
    load)
        echo "command:slowhttptest slowhttptest"
        ;;
    races)
        echo "command:valgrind valgrind"
        ;;
    instructions)
        echo "command:valgrind valgrind"
        echo "header:http_parser.h libhttp-parser-dev"
        ;;
    fuzz)
        echo "command:clang clang"
        echo "fuzzer:clang libclang-rt-14-dev"
        ;;
    docs)
        echo "command:python3 python3"
        echo "command:nginx nginx-light"
        ;;
    coverage)
        echo "command:gcovr gcovr"
        ;;
    browser)
        echo "command:chromium chromium"
        echo "command:chromedriver chromium-driver"
        ;;
    bench)
        echo "command:python3 python3"
        echo "command:wrk wrk"
        echo "command:gnuplot gnuplot-nox"
        ;;
    peers)
        echo "command:nginx nginx-light"
        echo "command:lighttpd lighttpd"
        echo "command:haproxy haproxy"
        echo "header:microhttpd.h libmicrohttpd-dev"
        ;;
    trace)
        echo "command:python3 python3"
        ;;
    walk)
        echo "command:python3 python3"
        echo "command:curl curl"
        echo "command:nc netcat-openbsd"
        ;;
    site)
        echo "command:git git"
        echo "command:python3 python3"
        echo "command:node nodejs"
        echo "command:npm npm"
        ;;
    check)
        echo "command:clang clang"
        echo "command:clang-format clang-format"
        echo "command:clang-tidy clang-tidy"
        echo "command:cppcheck cppcheck"
        echo "command:shellcheck shellcheck"
        echo "command:pyflakes3 pyflakes3"
        echo "command:codespell codespell"
        echo "command:musl-gcc musl-tools"
        ;;
    *)
        echo "tests/tools/install.sh: there is no group '$1'" >&2
        exit 2
        ;;
    esac
}

is_there() {
    case $1 in
    command:*) command -v "${1#*:}" >/dev/null ;;
    file:*) [ -e "${1#*:}" ] ;;
    fuzzer:*)
        echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
            "${1#*:}" -fsanitize=fuzzer,address -x c - -o /dev/null 2>/dev/null
        ;;
    header:*)
        printf '#include <stdarg.h>\n#include <stddef.h>\n#include <setjmp.h>\n#include <stdint.h>\n#include <%s>\n' \
            "${1#*:}" | "${CC:-cc}" -E - >/dev/null 2>&1
        ;;
    esac
}

missing() {
    local group need package
    for group in "$@"; do
        needs "$group" | while read -r need package; do
            is_there "$need" || echo "$package"
        done
    done
}

may_install() {
    [ "${CI:-}" = true ] && return 0
    [ -t 0 ] || return 0
    local answer
    read -r -p "Install with $manager? [Y/n] " answer
    case $answer in
    [nN]*) return 1 ;;
    esac
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "tests/tools/install.sh: neither root nor sudo to run: $*" >&2
        return 1
    fi
}

mapfile -t packages < <(missing "$@")
[ "${#packages[@]}" -gt 0 ] || exit 0

echo "Missing: ${packages[*]}"
manager=apt-get
if ! command -v apt-get >/dev/null; then
    echo "This system has no apt-get; please install: ${packages[*]} (these are Debian's names)." >&2
    exit 1
fi
may_install || exit 1
export DEBIAN_FRONTEND=noninteractive
{
    as_root apt-get update -qq &&
        as_root apt-get install -y -qq --no-install-recommends "${packages[@]}"
} >/dev/null || exit 1

mapfile -t packages < <(missing "$@")
if [ "${#packages[@]}" -gt 0 ]; then
    echo "Still missing: ${packages[*]}" >&2
    exit 1
fi
