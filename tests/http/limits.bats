# limits.bats - large heads, and heads that are too large.
# stages: 1 2 3 4 5 6
# hint: Do you check the size while the head comes, or only once it is complete? The
#   limits are in common/http/limits.h.

load helper

tail='send  HTTP/1.1\r\nHost: a\r\n\r\n'

# bats test_tags=http,errors,id:request-line-limit
@test "a request line of 64 KiB gets the page; one byte more gets 414" {
    ask 'send GET /' 'repeat 65522 a' "$tail"
    assert_answer 200
    ask 'send GET /' 'repeat 65523 a' "$tail"
    assert_answer 414
}

# bats test_tags=http,errors,id:request-line-endless
@test "a request line that never ends gets 414" {
    ask 'send GET /' 'repeat 65532 a'
    assert_answer 414
    ask 'send \r\n\r\nPOST /' 'repeat 80000 a'
    assert_answer 414
    ask_head 'send HEAD /' 'repeat 80000 a'
    assert_answer 414
    ask 'repeat 65537 A'
    assert_answer 414
}

# bats test_tags=assignment,requests,id:header-section-300-kb
# hint: Do you use a buffer of a fixed size? The assignment makes no assumption about
#   the size.
@test "a header section of 300 kB gets the page, also in many pieces" {
    ask 'send GET / HTTP/1.1\r\nHost: a\r\nX: ' 'repeat 300000 a' \
        'send \r\n\r\n'
    assert_answer 200
    ask 'send GET / HTTP/1.1\r\nHost: a\r\n' \
        'pieces 6000 name: a line of fifty octets, of which there are many\r\n' \
        'send \r\n'
    assert_answer 200
}

# bats test_tags=http,errors,id:header-section-limit
@test "a header section of 1 MiB gets the page; one byte more gets 431" {
    local start='send GET / HTTP/1.1\r\nHost: a\r\nX: '

    ask "$start" 'repeat 1048562 a' 'send \r\n\r\n'
    assert_answer 200
    ask "$start" 'repeat 1048563 a' 'send \r\n\r\n'
    assert_answer 431
}

# bats test_tags=http,errors,id:header-section-endless
@test "a header section that never ends gets 431" {
    ask 'send GET / HTTP/1.1\r\nX: ' 'repeat 1048576 a'
    assert_answer 431
    ask 'send GET / HTTP/1.1\r\n' 'repeat 209716 a: b\r\n'
    assert_answer 431
}

# bats test_tags=http,errors,id:empty-lines-endless
@test "endless empty lines before a request get 414" {
    ask 'repeat 32769 \r\n'
    assert_answer 414
    ask 'repeat 32750 \r\n' 'send GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    assert_answer 200
}

# bats test_tags=http,errors,id:request-line-limit-first
@test "a request line that is too long gets 414, whatever else is wrong" {
    ask 'send GET /' 'repeat 65536 a' 'send  b HTTP/2.0\r\nnothing\r\n\r\n'
    assert_answer 414
    ask 'send GET /' 'repeat 65536 a' 'send  HTTP/1.1\r\nX: ' \
        'repeat 1048576 a'
    assert_answer 414
}

# bats test_tags=http,errors,id:header-section-limit-first
@test "a header section that is too long gets 431, whatever else is wrong in it" {
    ask 'send PUT / HTTP/1.1\r\nnothing\r\nX: ' 'repeat 1048576 a'
    assert_answer 431
    ask 'send GET /a b HTTP/1.1\r\nnothing\r\nX: ' 'repeat 1048576 a'
    assert_answer 400
    ask 'send GET / HTTP/2.0\r\nnothing\r\nX: ' 'repeat 1048576 a'
    assert_answer 505
}

# bats test_tags=ours,id:limit-sentences
@test "the error page says which limit was exceeded" {
    ask 'send GET /' 'repeat 65523 a' "$tail"
    assert_answer 414 'The request line is longer than 65536 bytes.'
    ask 'send GET / HTTP/1.1\r\nHost: a\r\nX: ' 'repeat 1048563 a' 'send \r\n\r\n'
    assert_answer 431 'The header section is longer than 1048576 bytes.'
}
