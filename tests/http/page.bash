# page.bash - what a page shows: the path after `hello, `, and the pairs. It is a part of
# helper.bash.
#
# Only what is on the page counts, not the markup around it. But & and < must be escaped,
# with any character references, and >, " and ' may be.

# shellcheck shell=bash disable=SC2119,SC2120,SC2154 # helper.bash has the variables

# same_references: prints standard input with each reference to a character that must be
# escaped, and to U+FFFD, in the form that the tests use.
same_references() {
    LC_ALL=C sed -E '
        s/&#0*34;|&#[xX]0*22;/\&quot;/g
        s/&#0*38;|&#[xX]0*26;/\&amp;/g
        s/&#[xX]0*27;|&#0+39;|&apos;/\&#39;/g
        s/&#0*60;|&#[xX]0*3[cC];/\&lt;/g
        s/&#0*62;|&#[xX]0*3[eE];/\&gt;/g
        s/&#0*65533;|&#[xX]0*[fF]{3}[dD];/\xef\xbf\xbd/g'
}

# assert_hello PATH: the answer is 200, and if the page says hello to a path, it is this
# one. (page.bats tests what the page has to show.) The path is given escaped.
assert_hello() {
    assert_answer 200
    [[ $content != *'hello, /'* ]] || assert_says_hello "$1"
}

# assert_says_hello PATH: the page says hello to it. There may be markup around the path;
# markup, a `;` or white space follows it.
assert_says_hello() {
    [[ $status == 200 ]] && says_hello "$1" "$content" && return
    [[ $status == 200 ]] && says_hello "$1" \
        "$(same_references <<<"$content" | bare_hellos)" && return
    fail "expected: 200, and a page that says: hello, $(show_step "$1")
the answer: ${head%%$'\r\n'*} $sentence"
}

# bare_hellos: prints standard input without the markup after each `hello, `.
bare_hellos() {
    LC_ALL=C sed -E "
        :again
        s/(^|>)([^<>]*)>/\1\2\&gt;/
        t again
        s/hello, (<[^<>]*>)+/hello, /g
        s/\"/\&quot;/g
        s/'/\&#39;/g"
}

# says_hello PATH PAGE: true if the page does.
says_hello() {
    local rest=${2#*"hello, $1"}

    [[ $rest != "$2" &&
        ($rest == '<'* || $rest == ';'* || $rest =~ ^[[:space:]]) ]]
}

# page_lines: prints what the page lists after its last `hello, `: a line per pair, as
# `key=KEY; value=VALUE; `, and `heading` where a heading begins. There may be markup
# between pairs and around their parts. An LF in a pair is shown as \x03, which is on no
# page itself.
page_lines() {
    LC_ALL=C sed -z 's/.*hello, //' "$came" | list_lines
}

# list_lines: does the same for all of standard input.
list_lines() {
    same_references | LC_ALL=C sed -z -E '
        s/\n/\x03/g
        s/<h[1-6][^>]*>/\x02/g
        s/<[^>]*>/\x01/g
        s/key=\x01+/key=/g
        s/\x01*;\x01* /; /g
        s/; \x03*\x01[ \x01\x03]*value=/; value=/g
        s/value=\x01+/value=/g
        s/>/\&gt;/g
        s/"/\&quot;/g
        s/'"'"'/\&#39;/g
        s/\x02/\nheading\x01\n/g
        s/key=/\n&/g' |
        LC_ALL=C sed -n -E '
            s/\x01.*//
            s/; \x03[ \x03]*$/; /
            /^(key=|heading)/p'
}

# pairs [FILE]: prints the pairs on the page or pages, one per line.
pairs() {
    local how=cat

    ! grep -aiq '^transfer-encoding: *chunked' "${1:-$came}" || how=unchunked
    "$how" <"${1:-$came}" | list_lines | grep -a ^key= || true
}

# assert_pairs PAIR...: the page has exactly these pairs, in this order. Each is given as
# key=KEY; value=VALUE
assert_pairs() {
    local expected=''

    is_plain_list "$@" && return
    (($# == 0)) || expected=$(printf '%s; \n' "$@")
    assert_lines "$expected" "$(pairs)"
}

# is_plain_list PAIR...: true if the page lists exactly these pairs, one per line, as our
# own pages do. It finds out without starting a process.
is_plain_list() {
    local list='' others=${content//key=/}

    (($# == 0)) || printf -v list '<li>%s; </li>\n' "$@"
    [[ $status == 200 && $content == *'hello, '*"$list"* &&
        $content != *"$list"*'hello, '* ]] &&
        (((${#content} - ${#others}) / 4 == $#))
}

# assert_lines EXPECTED PAIRS: the answer is 200, and the lists, with a line per pair, are
# equal.
assert_lines() {
    local wanted got differs i before

    [[ $status == 200 && $1 == "$2" ]] && return
    mapfile -t wanted < <(printf '%s' "$1")
    mapfile -t got < <(printf '%s' "$2")
    for ((i = 0; i < ${#wanted[@]} && i < ${#got[@]}; i++)); do
        [[ ${wanted[i]} == "${got[i]}" ]] || break
    done
    # Where in the answer the first difference is.
    before=$(printf '%s\n' "${got[@]:0:i}" | grep -c ^key=) || true # it may be 0
    differs=$(LC_ALL=C grep -abo 'key=' "$came" |
        sed -n "$((before + 1))p") || true
    [[ -n $differs ]] || unset differs
    fail "expected: 200, with $(some_pairs "${wanted[@]}")
the page has, with ${status:-no status}, $(some_pairs "${got[@]}")$(
        ((i >= ${#got[@]} && i >= ${#wanted[@]})) ||
            printf '\nthe first that differs is number %d: expected %s, not %s' \
                $((i + 1)) "$(legible "${wanted[i]-none}")" "$(legible "${got[i]-none}")"
    )"
}

# legible TEXT: prints it; if it is not UTF-8, and would look like U+FFFD, byte by byte.
legible() {
    if iconv -f UTF-8 -t UTF-8 <<<"$1" >/dev/null 2>&1; then
        printf '%s' "$1"
    else
        printf '%s' "$1" | visible lines
    fi
}

# some_pairs PAIR...: prints how many there are, and the first of them.
some_pairs() {
    (($# > 0)) || {
        echo 'no pair'
        return
    }
    printf '%d pair%s: ' $# "$( (($# == 1)) || echo s)"
    legible "$(printf '%s' "${@:1:8}" | cut -c 1-600)"
    (($# <= 8)) || printf '...'
}

