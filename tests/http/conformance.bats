# conformance.bats - what RFC 9110 and RFC 9112 ask of every server.
# stages: 1 2 3 4 5 6
# hint: Could another server read this request differently? If so, the answer is 400:
#   two servers in a row must never see different ends of one request.
#
# docs/http.md lists the requirements one by one. Here are those that no other file in
# this folder tests: above all, requests whose end two servers could see in different
# places (request smuggling). Many of the requests are in tests/wire/corpus.

# shellcheck disable=SC2154 # helper.bash sets them
load helper

get='GET / HTTP/1.1\r\nHost: a\r\n'
hidden='GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n'

# bats test_tags=http,errors,id:both-lengths
@test "Content-Length and Transfer-Encoding together get 400" {
    local coding rest="\\r\\nContent-Length: 4\\r\\n\\r\\n0\\r\\n\\r\\n$hidden"

    for coding in 'Transfer-Encoding: chunked' 'transfer-encoding:CHUNKED' \
        'Transfer-Encoding:\t chunked \t' 'Transfer-Encoding: , chunked' \
        'Transfer-Encoding: xchunked' 'Transfer-Encoding: identity' \
        'Transfer-Encoding:' 'Transfer-Encoding: chunked;a=b' \
        'Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked'; do
        assert_each 400 '' "\\r\\nHost: a\\r\\n$coding$rest" \
            'GET / HTTP/1.1' 'POST / HTTP/1.1' 'POST / HTTP/1.0'
    done
}

# bats test_tags=http,errors,id:transfer-encoding-disguised
@test "a malformed Transfer-Encoding gets 400" {
    check_rows disguised-coding
}

# bats test_tags=http,requests,id:chunked-spellings
# hint: Does your code compare field names and codings in any case? A list may also have
#   empty elements.
@test "chunked is recognized however it is written" {
    assert_each 200 "$get" '\r\n\r\n0\r\n\r\n' 'Transfer-Encoding: chunked' \
        'TRANSFER-encoding:ChUnKeD' 'Transfer-Encoding:\t chunked \t' \
        'Transfer-Encoding: , chunked ,,' \
        'Transfer-Encoding:\r\nTransfer-Encoding: chunked'
}

# bats test_tags=http,errors,id:content-length-disguised
@test "a malformed Content-Length gets 400" {
    check_rows disguised-length
}

# bats test_tags=http,requests,id:almost-a-length
# hint: Do you compare the whole name of the field, or only its beginning or end?
@test "a field with a similar name is not taken for one that counts" {
    check_rows look-alike
}

# bats test_tags=http,requests,id:field-name-token
# hint: Which characters may a token have? RFC 9110, section 5.6.2, lists them.
@test "a field name may have every character of a token" {
    assert_each 200 "$get" ': value\r\n\r\n' "!#\$%&'*+-.^_\`|~09azAZ"
}

# bats test_tags=http,errors,id:field-name-not-token
@test "a field name with any other character gets 400" {
    # shellcheck disable=SC1003 # a backslash, as raw_client takes it
    assert_each 400 "$get" 'me: value\r\n\r\n' 'na"' 'na(' 'na)' 'na,' 'na/' \
        'na;' 'na<' 'na=' 'na>' 'na?' 'na@' 'na[' 'na\\' 'na]' 'na{' 'na}' \
        'na ' 'na\t' 'na\x1f' 'na\x7f' 'na\x80' 'na\xff'
}

# bats test_tags=http,errors,id:target-of-another-method
@test "a target in a form that the method cannot have gets 400" {
    check_rows forms
}

# bats test_tags=http,errors,id:host-disguised
@test "a malformed Host line gets 400" {
    check_rows disguised-host
}

# bats test_tags=http,requests,id:absolute-form-host
# hint: Which of the two names the host: the target or Host? The other must be valid all
#   the same.
@test "in absolute-form, Host is checked but not used" {
    assert_each 400 'GET http://a/p HTTP/1.1\r\nHost: ' '\r\n\r\n' 'a b' u@a
    ask 'send GET http://a/p HTTP/1.1\r\nHost: b:81\r\n\r\n'
    assert_hello /p
    ask 'send GET http://a/p HTTP/1.1\r\nHost:\r\n\r\n'
    assert_hello /p
}

# bats test_tags=http,errors,id:long-method
@test "a very long unknown method gets 501" {
    ask 'repeat 60000 A' 'send  / HTTP/1.1\r\nHost: a\r\n\r\n'
    assert_answer 501
}

# bats test_tags=http,requests,id:more-requests
# hint: Does your code ever look for a second request, or take one for content?
@test "whatever follows a request on its connection is dropped" {
    check_rows more
}

# bats test_tags=http,errors,id:trace-method
# hint: Does the page for an unknown method repeat anything from the request?
@test "a TRACE gets 501, and nothing of what it sent" {
    ask 'send TRACE /secret HTTP/1.1\r\nHost: a\r\nCookie: secret\r\n\r\n'
    assert_answer 501
    [[ $content != *secret* ]]
}

# bats test_tags=http,errors,id:fault-one-answer
# hint: Do you send anything before you know that the request is good?
@test "a faulty request gets one answer: the error" {
    ask 'send GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n'
    assert_equal "$(grep -ao '^HTTP/1.[01] [0-9]*' "$came" | cut -d ' ' -f 2)" 400
}

check_page() {
    # shellcheck disable=SC2034 # ask_each has it
    [[ $status == 200 && $content == "$page" ]] ||
        wrong="expected the same page, not $status $sentence"
}

# bats test_tags=http,requests,id:ignored-fields
# hint: What does your code do with a field that it does not know?
@test "header fields that the server does not know change nothing" {
    local field page names requests=()

    ask "send $get\\r\\n"
    page=$content
    names=('Range: bytes=0-9' 'Range: bytes=9-0' 'Range: lines=1-2' \
        'Range: bytes=0-9\r\nIf-Range: "a"' 'If-Range: "a"' \
        'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c' \
        'Connection: Upgrade\r\nUpgrade: websocket' 'Upgrade: TLS/1.0' \
        'TE: gzip, trailers' 'Trailer: Host' 'Max-Forwards: 0' \
        'Content-Range: bytes 0-9/10' 'Content-Location: /b' 'X-New: new' \
        'Accept: image/png' 'Accept-Encoding: gzip' \
        'Accept-Encoding: identity;q=0' 'Accept-Language: tlh' \
        'Authorization: Basic YTpi' 'Cache-Control: only-if-cached' \
        'If-None-Match: "a"' 'If-Modified-Since: yesterday' \
        'If-None-Match: W/"a", "b"' \
        'If-Modified-Since: Fri, 31 Dec 2100 23:59:59 GMT' \
        'If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT')
    for field in "${names[@]}"; do
        requests+=("$get$field\\r\\n\\r\\n")
    done
    ask_each check_page "${requests[@]}"
}

# bats test_tags=ours,id:entity-tags
@test "If-Match and If-None-Match are ignored: a page has no entity tag" {
    local request="POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 3\\r\\n"
    local code=501

    [[ $STAGE != 6 ]] || code=200
    ask "send $get\\r\\n"
    [[ $head != *[Ee][Tt][Aa][Gg]:* && $head != *[Mm]odified:* ]]
    # shellcheck disable=SC2034 # check_page has it
    page=$content
    ask_each check_page \
        "$get"{'If-Match: "a"','If-Match: *','If-None-Match: *'}'\r\n\r\n'
    assert_each "$code" "$request" '\r\n\r\na=1' 'If-Match: "a"' \
        'If-Match: *' 'If-None-Match: *'
}
