# constant_page.bats - the page that is the same for all.
# stages: 2 3 4
# bats file_tags=contract,answers
# hint: Which function makes the page, and is it given everything and uses
#   nothing of it?

# shellcheck disable=SC2154 # helper.bash sets them
load helper

setup_file() {
    start_server
}

teardown_file() {
    stop_server
}

@test "any path and any query get the same page" {
    local first path

    fetch /
    assert_answer 200 '<h1>hello, world</h1>'
    first=$content
    for path in /some/path '/?' '/?name=value&a+b' '/%00/%ff?%zz'; do
        fetch "$path"
        assert_equal "$status" 200
        assert_equal "$content" "$first"
    done
}

@test "whatever fields come, the page is the same" {
    local first

    fetch /
    first=$content
    fetch / -A browser -H 'Accept-Language: de' -H 'Cookie: a=b'
    assert_equal "$content" "$first"
}

@test "the page is HTML5 in UTF-8, with title, style, and security fields" {
    fetch /
    assert_equal "$(field Content-Type)" 'text/html; charset=utf-8'
    assert_equal "$(field X-Content-Type-Options)" nosniff
    [[ $(field Content-Security-Policy) == "default-src 'none';"* ]]
    [[ $content == '<!DOCTYPE html>'* ]]
    [[ $content =~ '<title>'[^\<]+'</title>' ]]
    [[ $content == *'<meta charset="utf-8">'*'<style>'*'</style>'* ]]
}
