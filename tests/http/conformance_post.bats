# conformance_post.bats - what RFC 9110 and RFC 9112 ask of a server that reads
# content.
# stages: 6
# hint: Which of the bytes that come are content, and which only say where the content
#   ends?
#
# docs/http.md lists the requirements one by one. Here are those that neither
# conformance.bats nor the files about POST test.

# shellcheck disable=SC2154 # helper.bash sets them
load helper

post='POST / HTTP/1.1\r\nHost: a\r\n'
# shellcheck disable=SC2034 # assert_each looks for it
listed='key=a; value=1; '
chunked="${post}Transfer-Encoding: chunked\\r\\n\\r\\n"

# bats test_tags=http,post-data,id:post-chunked-spellings
# hint: Does your code compare field names and codings in any case? A list may also have
#   empty elements.
@test "chunked content is read however chunked is written" {
    assert_each 200 "$post" '\r\n\r\n3\r\na=1\r\n0\r\n\r\n' \
        'Transfer-Encoding:chunked' 'TRANSFER-encoding: ChUnKeD' \
        'Transfer-Encoding:\t chunked \t' 'Transfer-Encoding: , chunked ,,' \
        'Transfer-Encoding:\r\nTransfer-Encoding: chunked'
}

# bats test_tags=http,post-data,id:equal-lengths
# hint: How many bytes do you read as content: as many as Content-Length says, or as
#   many as have come?
@test "a repeated Content-Length counts if all its values agree" {
    assert_each 200 "$post" '\r\n\r\na=1&b=2' 'Content-Length: 3' \
        'Content-Length: 3\r\nContent-Length: 3' \
        'Content-Length: 3\r\nX: y\r\ncontent-length:\t003 '
}

# bats test_tags=http,post-data,id:almost-transfer-encoding
# hint: Do you compare the whole name of the field, or only its beginning or end?
@test "a field with a similar name is not taken for Transfer-Encoding" {
    assert_each 200 "${post}Content-Length: 3\\r\\n" '\r\n\r\na=1\r\n0\r\n' \
        'Transfer_Encoding: chunked' 'X-Transfer-Encoding: chunked' \
        'Transfer-Encodings: chunked'
}

# bats test_tags=http,errors,id:length-overflow
# hint: Which type has the length, and what happens to a number that does not fit?
@test "a length that overflows 32 or 64 bits gets 413" {
    assert_each 413 "${post}Content-Length: " '\r\n\r\na=1' 4294967299 \
        18446744073709551619 340282366920938463463374607431768211459
    assert_each 413 "$chunked" '\r\na=1\r\n0\r\n\r\n' 100000003 \
        10000000000000003 100000000000000000000000000000003
}

# bats test_tags=http,post-data,id:trailer-is-not-header
# hint: Where do the fields of the trailer section go? They are read and dropped.
@test "a trailer field is never used as a header field" {
    assert_each 200 "${chunked}3\\r\\na=1\\r\\n0\\r\\n" '\r\n\r\n' 'Host: b c' \
        'Transfer-Encoding: gzip' 'Content-Length: 4' 'Expect: a-pony' \
        'Content-Type: text/plain' 'Content-Encoding: gzip'
}

# bats test_tags=http,robustness,id:content-ends-early
# hint: recv returns 0 when the client has ended its side. What does the loop that reads
#   the content do then?
@test "content that ends too early gets a close and no answer" {
    local part

    for part in "${post}Content-Length: 3\\r\\n\\r\\na=" \
        "${chunked}3\\r\\na=1" "${chunked}3\\r\\na=1\\r\\n0\\r\\n"; do
        raw_client "send $part" end read
        [[ ! -s $came ]]
    done
}

# bats test_tags=http,errors,id:continue-broken-chunk
# hint: What follows a 100? The final answer, whatever it is.
@test "broken chunks after a 100 get 400" {
    ask_after_100 "send ${post}Expect: 100-continue\\r\\n\
Transfer-Encoding: chunked\\r\\n\\r\\n" 'send x\r\n'
    assert_answer 400
}

# bats test_tags=ours,id:chunk-extension-malformed
@test "malformed chunk extensions are ignored" {
    ask "send ${chunked}3;=\\r\\na=1\\r\\n0;;\\x80=\\r\\n\\r\\n"
    assert_equal "$(pairs)" 'key=a; value=1; '
}
