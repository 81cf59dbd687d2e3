#!/usr/bin/env bash
# tests/tools/install.sh GROUP... - says what these groups need, and installs it.
#
# It uses the system's package manager, with sudo if you are not root. It asks first if
# there is a person to ask, and never with CI=true. If it cannot install something, it
# prints the line that an administrator has to run, and exits with 1.
set -u

# What it looks for, the Debian package that has it, and the groups that need it; all
# groups need what has `any`.
packages='
command:python3        python3             any python
command:bats           bats                test
file:/usr/lib/bats/bats-support/load.bash  bats-support  test
file:/usr/lib/bats/bats-assert/load.bash   bats-assert   test
command:curl           curl                test walk
command:nc             netcat-openbsd      test walk
command:strace         strace              docs walk
command:gdb            gdb                 docs walk
command:ss             iproute2            docs walk
header:cmocka.h        libcmocka-dev       test
command:inotifywait    inotify-tools       watch
command:ccache         ccache              watch
command:setpriv        util-linux          grade live
command:bwrap          bubblewrap          grade
command:parallel       parallel            grade
command:nm             binutils            grade check
command:unifdef        unifdef             handout
command:slowhttptest   slowhttptest        load
command:valgrind       valgrind            races instructions
header:http_parser.h   libhttp-parser-dev  instructions
command:gcovr          gcovr               coverage
command:clang          clang               fuzz check site
fuzzer:clang           libclang-rt-dev     fuzz
command:clang-format   clang-format        check
command:clang-tidy     clang-tidy          check
command:cppcheck       cppcheck            check
command:shellcheck     shellcheck          check
command:pyflakes3      pyflakes3           check
command:codespell      codespell           check
command:musl-gcc       musl-tools          check
command:wrk            wrk                 bench
command:gnuplot        gnuplot-nox         bench
command:nginx          nginx-light         peers docs
command:lighttpd       lighttpd            peers
command:haproxy        haproxy             peers
header:microhttpd.h    libmicrohttpd-dev   peers
command:git            git                 site
file:/usr/lib/python3/dist-packages/markdown_it  python3-markdown-it  slides site
file:/usr/lib/python3/dist-packages/pygments     python3-pygments     slides site
file:/usr/share/fonts/truetype/inconsolata       fonts-inconsolata    slides site
command:node           nodejs              site
command:npm            npm                 site
command:chromium       chromium            site browser
command:wasm-ld        lld                 site
file:/usr/include/wasm32-wasi/stdio.h      wasi-libc     site
wasm:clang             libclang-rt-dev-wasm32  site
command:pdfinfo        poppler-utils       site
command:i686-linux-gnu-gcc                gcc-i686-linux-gnu    32-bit
file:/usr/i686-linux-gnu/include/stdio.h  libc6-dev-i386-cross  32-bit
command:chromedriver   chromium-driver     browser
'

is_there() {
    local compiler
    case $1 in
    command:*) command -v "${1#*:}" >/dev/null ;;
    file:*) [ -e "${1#*:}" ] ;;
    fuzzer:*)
        echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
            "${1#*:}" -fsanitize=fuzzer,address -x c - -o /dev/null 2>/dev/null
        ;;
    wasm:*)
        echo 'int main(void) { return 0; }' |
            "${1#*:}" --target=wasm32-wasi -x c - -o /dev/null 2>/dev/null
        ;;
    header:*)
        read -ra compiler <<<"${CC:-cc}"
        printf '#include <stdarg.h>\n#include <stddef.h>\n#include <setjmp.h>\n#include <stdint.h>\n#include <%s>\n' \
            "${1#*:}" | "${compiler[@]}" -E - >/dev/null 2>&1
        ;;
    esac
}

# missing GROUP...: the packages.
missing() {
    local need package groups group
    while read -r need package groups; do
        for group; do
            if [[ " $groups " == *" $group "* || $groups == any* ]] && ! is_there "$need"; then
                echo "$package"
            fi
        done
    done <<<"$packages"
}

may_install() {
    [ "${CI:-}" = true ] && return 0
    [ -t 0 ] || return 0
    local answer
    read -r -p "Install with apt-get? [Y/n] " answer
    case $answer in
    [nN]*) return 1 ;;
    esac
}

# give_up REASON: says what an administrator has to run.
give_up() {
    echo "$1 An administrator can install what is missing with this line:
    apt-get update && apt-get install --no-install-recommends ${lacking[*]}" >&2
    exit 1
}

for group; do
    if ! grep -qE " $group( |\$)" <<<"$packages"; then
        echo "tests/tools/install.sh: there is no group '$group'" >&2
        exit 2
    fi
done
mapfile -t lacking < <(missing "$@" | sort -u)
[ "${#lacking[@]}" -gt 0 ] || exit 0

echo "Missing: ${lacking[*]}"
if ! command -v apt-get >/dev/null; then
    echo "This system has no apt-get; please install: ${lacking[*]} (these are Debian's names)." >&2
    exit 1
fi
as_root=()
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || give_up 'You are not root, and there is no sudo.'
    as_root=(sudo)
fi
may_install || give_up 'Nothing was installed.'
export DEBIAN_FRONTEND=noninteractive
{
    "${as_root[@]}" apt-get update -qq &&
        "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${lacking[@]}"
} >/dev/null || give_up 'The packages could not be installed.'

mapfile -t lacking < <(missing "$@" | sort -u)
if [ "${#lacking[@]}" -gt 0 ]; then
    echo "Still missing: ${lacking[*]}" >&2
    exit 1
fi
