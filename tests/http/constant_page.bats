# constant_page.bats - the page that is the same for everyone.
# stages: 2 3 4
# hint: Which function makes the page? It is given a lot, and uses nothing of it.

# shellcheck disable=SC2154 # helper.bash sets them
load helper

# assert_content CONTENT: the answer has this content; if not, shows where it differs.
assert_content() {
    local i=0 differs

    [[ $content != "$1" ]] || return 0
    while [[ ${content:0:i+1} == "${1:0:i+1}" ]]; do
        i=$((i + 1))
    done
    # shellcheck disable=SC2034 # show_answer looks for it
    differs=$((${#head} + 2 + (i < 40 ? 0 : i - 40)))
    fail "expected: the same page as for / ($(printf '%s' "${1:i:100}" | visible)...)"
}

# bats test_tags=assignment,answers,id:constant-for-any-target
@test "every path and query gets the same page" {
    local first path

    fetch /
    assert_answer 200
    first=$content
    for path in /some/path '/?' '/?name=value&a+b' '/%41/%20?%20'; do
        fetch "$path"
        assert_equal "$status" 200
        assert_content "$first"
    done
}

# bats test_tags=assignment,answers,id:constant-for-any-fields
@test "the page is the same whatever header fields come" {
    local first

    fetch /
    first=$content
    fetch / -A browser -H 'Accept-Language: de' -H 'Cookie: a=b'
    assert_content "$first"
}

# bats test_tags=ours,id:constant-page-html
@test "the page is HTML5 in UTF-8, with a title, a style and security fields" {
    fetch /
    assert_field Content-Type 'text/html; charset=utf-8'
    assert_field X-Content-Type-Options nosniff
    assert_field Content-Security-Policy "default-src 'none';..."
    [[ $content == '<!DOCTYPE html>'* ]] || fail 'expected: <!DOCTYPE html> first'
    [[ $content =~ '<title>'[^\<]+'</title>' ]] || fail 'expected: a title'
    [[ $content == *'<meta charset="utf-8">'*'<style>'*'</style>'* ]] ||
        fail 'expected: <meta charset="utf-8">, and then a style'
}

# bats test_tags=ours,id:constant-page-hello
@test "the page of this project says hello to the world" {
    fetch /some/path
    assert_answer 200 '<h1>hello, world</h1>'
}
