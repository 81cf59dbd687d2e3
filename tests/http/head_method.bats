# head_method.bats - HEAD gets the same answer as GET, without content.
# stages: 1 2 3 4 5 6
# hint: HEAD gets the same header fields as GET, even Content-Length. Where in your code
#   is the content left out?

# shellcheck disable=SC2154 # helper.bash sets them
load helper

# assert_as_get REQUEST: the request, without its method, gets the same for both.
assert_as_get() {
    local get

    ask "send GET $1"
    get=${head/Date: *GMT/}
    ask_head "send HEAD $1"
    assert_equal "${head/Date: *GMT/}" "$get"
}

# bats test_tags=http,answers,id:head-same-fields
@test "a HEAD gets the same header fields as a GET, and no content" {
    assert_as_get '/path?a=1&b HTTP/1.1\r\nHost: a\r\n\r\n'
    assert_equal "$status" 200
}

# bats test_tags=http,answers,id:head-http10
@test "an HTTP/1.0 HEAD gets the same header fields as a GET" {
    assert_as_get '/ HTTP/1.0\r\n\r\n'
    assert_equal "$status" 200
}

# bats test_tags=http,answers,id:head-fault-same-fields
@test "a faulty HEAD gets the same header fields as a faulty GET" {
    assert_as_get '/ HTTP/1.1\r\n\r\n'
    assert_equal "$status" 400
    assert_as_get '/ HTTP/2.0\r\n\r\n'
    assert_equal "$status" 505
}

# bats test_tags=http,answers,id:head-curl
@test "curl -I gets the header fields" {
    answer_to_head=1 fetch / -I
    assert_equal "$status" 200
}
