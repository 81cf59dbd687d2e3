# request_forms.bats - one request, written in many ways.
# stages: 1 2 3 4 5 6
# hint: Compare the request with a plain GET. Which of its lines does your server read
#   differently?

load helper

tail='Host: a\r\n\r\n'

# bats test_tags=http,requests,id:absolute-form
@test "a target in absolute-form gets the page for its path" {
    local target

    for target in http://a/p HTTP://a:80/p 'http://[::1]:80/p?a=b' \
        http://other/p http://a:/p; do
        ask "send GET $target HTTP/1.1\\r\\n$tail"
        assert_hello /p
    done
}

# bats test_tags=http,requests,id:absolute-form-no-path
@test "absolute-form without a path gets the page for /" {
    ask "send GET http://a HTTP/1.1\\r\\n$tail"
    assert_hello /
    ask "send GET http://a?b=c HTTP/1.1\\r\\n$tail"
    assert_hello /
}

# bats test_tags=http,requests,id:http10
@test "an HTTP/1.0 request gets the page, with or without Host" {
    ask 'send GET /p HTTP/1.0\r\n\r\n'
    assert_hello /p
    ask "send GET /p HTTP/1.0\\r\\n$tail"
    assert_hello /p
}

# bats test_tags=http,requests,id:host-valid-shapes
@test "every valid Host gets the page" {
    local host

    for host in '' a a.b:8080 127.0.0.1 127.0.0.1:80 '[::1]' '[::1]:80' \
        '[v1.a:b]' a: :80 '%41' 'a_b~!$' xn--mnchen-3ya; do
        ask "send GET /p HTTP/1.1\\r\\nHost: $host\\r\\n\\r\\n"
        assert_hello /p
    done
}

# bats test_tags=http,requests,id:empty-lines
@test "empty lines before the request are skipped" {
    ask "send \\r\\nGET /p HTTP/1.1\\r\\n$tail"
    assert_hello /p
    ask "octets \\r\\n\\r\\n\\r\\nGET /p HTTP/1.1\\r\\n$tail"
    assert_hello /p
}

# bats test_tags=http,requests,id:field-spellings
@test "a field may have any case, and any white space around its value" {
    local field

    for field in hOsT:a 'HOST: a' 'host:\t a \t'; do
        ask "send GET /p HTTP/1.1\\r\\n$field\\r\\n\\r\\n"
        assert_hello /p
    done
    ask "send GET / HTTP/1.1\\r\\nCONTENT-length: x\\r\\n$tail"
    assert_answer 400
    ask "send GET / HTTP/1.1\\r\\neXpect: x\\r\\n$tail"
    assert_answer 417
}

# bats test_tags=assignment,requests,id:answer-at-once
# hint: The empty line has come. What is your server still waiting for?
@test "the answer comes as soon as the request is complete" {
    raw_client -t 3 'send GET / HTTP/1.1\r\nHost: a\r\n\r\n' 'until HTTP/1.' ||
        fail 'expected: an answer within 3 s'
    raw_client -t 3 'send GET / HT' 'pause 50' 'send TP/1.1\r\nHost: a\r\n' \
        'pause 50' 'send \r\n' 'until HTTP/1.' || fail 'expected: an answer within 3 s'
}

# bats test_tags=assignment,requests,id:byte-by-byte
# hint: One recv is not one request. Does your loop go on until the empty line has come?
@test "a request that comes byte by byte gets the page" {
    ask "octets GET /p?a=b HTTP/1.1\\r\\nA: b\\r\\n$tail"
    assert_hello /p
}

# bats test_tags=assignment,requests,id:two-pieces
# hint: One recv is not one request. Does your loop also find the empty line if it is
#   cut in the middle?
@test "a request in two pieces gets the page, wherever it is cut" {
    ask 'send GET /p HTTP/1.1\r\nHost: a\r\n\r' 'pause 20' 'send \n'
    assert_hello /p
    ask 'send GET /p HTTP/1.1\r' 'pause 20' 'send \nHost: a\r\n\r\n'
    assert_hello /p
    ask 'send G' 'pause 20' "send ET /p HTTP/1.1\\r\\n$tail"
    assert_hello /p
}

# bats test_tags=assignment,requests,id:no-answer-before-empty-line
# hint: What stops your loop? Only CR LF CR LF ends the head.
@test "no answer comes before the empty line" {
    raw_client 'send GET / HTTP/1.1\r\nHost: a\r\n' 'silence 50' \
        'send \r\n' 'until HTTP/1.'
}

# bats test_tags=assignment,requests,id:two-requests
@test "of two requests in one piece, the first is answered" {
    ask "send GET /p HTTP/1.1\\r\\n${tail}GET /q HTTP/1.1\\r\\n$tail"
    assert_hello /p
}

# bats test_tags=http,requests,id:two-requests-two-pieces
@test "of two requests in two pieces, the first is answered" {
    # The second may find the connection closed; only the answer matters.
    raw_client "send GET /p HTTP/1.1\\r\\n$tail" \
        "send GET /q HTTP/1.1\\r\\nConnection: keep-alive\\r\\n$tail" \
        'until </html>'
    take_answer
    assert_hello /p
}
