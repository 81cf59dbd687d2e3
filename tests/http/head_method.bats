# head_method.bats - HEAD is answered as GET, without content.
# stages: 1 2 3 4 5 6
# hint: HEAD is answered as GET is, Content-Length and all, but without the
#   content: where is the content left out?

# shellcheck disable=SC2154 # helper.bash sets them
load helper

# assert_as_get REQUEST: given without its method.
assert_as_get() {
    local get

    ask "send GET $1"
    get=${head/Date: *GMT/}
    ask_head "send HEAD $1"
    assert_equal "${head/Date: *GMT/}" "$get"
}

# bats test_tags=http,answers,id:head-same-fields
@test "a HEAD gets the fields of GET, Content-Length too, and no content" {
    assert_as_get '/path?a=1&b HTTP/1.1\r\nHost: a\r\n\r\n'
    assert_equal "$status" 200
}

# bats test_tags=http,answers,id:head-http10
@test "a HEAD of HTTP/1.0 gets the same as GET" {
    assert_as_get '/ HTTP/1.0\r\n\r\n'
    assert_equal "$status" 200
}

# bats test_tags=http,answers,id:head-fault-same-fields
@test "a HEAD with a fault gets the fields that GET gets" {
    assert_as_get '/ HTTP/1.1\r\n\r\n'
    assert_equal "$status" 400
    assert_as_get '/ HTTP/2.0\r\n\r\n'
    assert_equal "$status" 505
}

# bats test_tags=http,answers,id:head-curl
@test "curl -I gets the fields" {
    answer_to_head=1 fetch / -I
    assert_equal "$status" 200
}
