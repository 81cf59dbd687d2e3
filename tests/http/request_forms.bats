# request_forms.bats - one request, in the many ways to write it.
# stages: 1 2 3 4 5 6
# hint: Which line of this request is read differently from what was meant?
#   Compare with a plain GET.

load helper

setup_file() {
    start_server
}

teardown_file() {
    stop_server
}

tail='Host: a\r\n\r\n'

# bats test_tags=contract,requests,id:absolute-form
@test "a target in absolute-form gets the page of its path" {
    local target

    for target in http://a/p HTTP://a:80/p 'http://[::1]:80/p?a=b' \
        http://other/p http://a:/p; do
        ask "send GET $target HTTP/1.1\\r\\n$tail"
        assert_hello /p
    done
}

# bats test_tags=contract,requests,id:absolute-form-no-path
@test "an absolute-form without a path gets the page of /" {
    ask "send GET http://a HTTP/1.1\\r\\n$tail"
    assert_hello /
    ask "send GET http://a?b=c HTTP/1.1\\r\\n$tail"
    assert_hello /
}

# bats test_tags=contract,requests,id:http10
@test "a request of HTTP/1.0 gets the page, with Host or without" {
    ask 'send GET /p HTTP/1.0\r\n\r\n'
    assert_hello /p
    ask "send GET /p HTTP/1.0\\r\\n$tail"
    assert_hello /p
}

# bats test_tags=contract,requests,id:host-valid-shapes
@test "a Host of any valid shape gets the page" {
    local host

    for host in '' a a.b:8080 127.0.0.1 127.0.0.1:80 '[::1]' '[::1]:80' \
        '[v1.a:b]' a: :80 '%41' 'a_b~!$' xn--mnchen-3ya; do
        ask "send GET /p HTTP/1.1\\r\\nHost: $host\\r\\n\\r\\n"
        assert_hello /p
    done
}

# bats test_tags=contract,requests,id:empty-lines
@test "empty lines before the request are skipped" {
    ask "send \\r\\nGET /p HTTP/1.1\\r\\n$tail"
    assert_hello /p
    ask "octets \\r\\n\\r\\n\\r\\nGET /p HTTP/1.1\\r\\n$tail"
    assert_hello /p
}

# bats test_tags=contract,requests,id:field-spellings
@test "field names are known in any case, values with any space around them" {
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

# bats test_tags=contract,requests,id:byte-by-byte
# hint: One recv is not one request: go on until the empty line has come.
@test "a request that comes octet by octet gets the page" {
    ask "octets GET /p?a=b HTTP/1.1\\r\\nA: b\\r\\n$tail"
    assert_hello /p
}

# bats test_tags=contract,requests,id:two-pieces
# hint: One recv is not one request; and the empty line itself may be cut in
#   the middle.
@test "a request that comes in two pieces gets the page, wherever it is cut" {
    ask 'send GET /p HTTP/1.1\r\nHost: a\r\n\r' 'pause 20' 'send \n'
    assert_hello /p
    ask 'send GET /p HTTP/1.1\r' 'pause 20' 'send \nHost: a\r\n\r\n'
    assert_hello /p
    ask 'send G' 'pause 20' "send ET /p HTTP/1.1\\r\\n$tail"
    assert_hello /p
}

# bats test_tags=contract,requests,id:no-answer-before-empty-line
# hint: What makes the loop stop? Only CR LF CR LF ends the head.
@test "nothing is answered before the empty line has come" {
    raw_client 'send GET / HTTP/1.1\r\nHost: a\r\n' 'silence 50' \
        'send \r\n' 'until </html>'
}

# bats test_tags=contract,requests,id:two-requests
@test "of two requests in one piece the first is answered" {
    ask "send GET /p HTTP/1.1\\r\\n${tail}GET /q HTTP/1.1\\r\\n$tail"
    assert_hello /p
}

# bats test_tags=contract,requests,id:two-requests-two-pieces
@test "of two requests in two pieces the first is answered" {
    # The second may find the connection closed: what counts is the answer.
    raw_client "send GET /p HTTP/1.1\\r\\n$tail" \
        "send GET /q HTTP/1.1\\r\\nConnection: keep-alive\\r\\n$tail" \
        'until </html>\n'
    take_answer
    assert_hello /p
}

# bats test_tags=contract,answers,id:keep-alive
# hint: Each connection is for one exchange, and the answer says so.
@test "Connection: keep-alive is answered with Connection: close" {
    ask "send GET /p HTTP/1.1\\r\\nConnection: keep-alive\\r\\n$tail"
    assert_hello /p
    ask "send GET /p HTTP/1.0\\r\\nConnection: keep-alive\\r\\n\\r\\n"
    assert_hello /p
}

# bats test_tags=contract,answers,id:date
# hint: Date is in GMT, in the form of RFC 9110, section 5.6.7.
@test "the Date is that of now" {
    local before after date

    before=$(date +%s)
    fetch /
    after=$(date +%s)
    date=$(date -d "$(field Date)" +%s)
    ((before <= date && date <= after)) ||
        fail "expected: a Date of now, not $(field Date)"
    assert_equal "$(LC_ALL=C date -u -d "@$date" '+%a, %d %b %Y %T GMT')" \
        "$(field Date)"
}

# bats test_tags=contract,answers,id:error-page
# hint: Do pages for errors go out the same way as other pages?
@test "an error page is HTML with the same fields as every page" {
    ask 'send GET / HTTP/1.1\r\n\r\n'
    assert_answer 400 '<h1>400 Bad Request</h1>'
    assert_field Content-Type 'text/html; charset=utf-8'
    assert_field X-Content-Type-Options nosniff
    assert_field Content-Security-Policy "default-src 'none';..."
}
