# post_pieces.bats - content, however it is cut into pieces and chunks.
# stages: 6
# hint: Content comes in as many pieces as the network likes. After each recv, how much
#   was there, how much has come, and how much is missing?

load helper

post='POST / HTTP/1.1\r\nHost: a\r\n'
length="${post}Content-Length"
chunked="${post}Transfer-Encoding: chunked\\r\\n\\r\\n"

# bats test_tags=assignment,post-data,id:content-with-head
# hint: What else did the recv bring that brought the end of the head? Do you keep it?
@test "content that comes with the head is read" {
    ask "send $length: 7\\r\\n\\r\\na=1&b=2"
    assert_pairs 'key=a; value=1' 'key=b; value=2'
}

# bats test_tags=assignment,post-data,id:content-after-head
@test "content that comes after the head is read" {
    ask "send $length: 7\\r\\n\\r\\n" 'pause 30' 'send a=1&b=2'
    assert_pairs 'key=a; value=1' 'key=b; value=2'
}

# bats test_tags=assignment,post-data,id:content-partly-with-head
@test "content that comes partly with the head is read whole" {
    ask "send $length: 7\\r\\n\\r\\na=1" 'pause 30' 'send &b=' 'pause 30' \
        'send 2'
    assert_pairs 'key=a; value=1' 'key=b; value=2'
}

# bats test_tags=assignment,post-data,id:post-byte-by-byte
@test "a POST that comes byte by byte is read" {
    ask "octets $length: 7\\r\\n\\r\\na=1&b=2"
    assert_pairs 'key=a; value=1' 'key=b; value=2'
}

# bats test_tags=http,post-data,id:chunks-byte-by-byte
@test "chunks that come byte by byte are read" {
    ask "octets ${chunked}2;x=y\\r\\na=\\r\\n1\\r\\n1\\r\\n0\\r\\nT: t\\r\\n\\r\\n"
    assert_pairs 'key=a; value=1'
}

# bats test_tags=assignment,post-data,id:excess-after-content
# hint: Many bytes may have come. Which of them are content? Content-Length says how
#   many.
@test "bytes after the content do not belong to it" {
    ask "send $length: 3\\r\\n\\r\\na=12&b=3"
    assert_pairs 'key=a; value=1'
}

# bats test_tags=http,post-data,id:excess-after-chunks
@test "bytes after the last chunk do not belong to the content" {
    ask "send ${chunked}3\\r\\na=1\\r\\n0\\r\\n\\r\\nGET / HTTP/1.1\\r\\n\\r\\n"
    assert_pairs 'key=a; value=1'
}

# bats test_tags=assignment,post-data,id:no-waiting-after-content
# hint: After the last byte of the content, there is nothing more to read. Does your
#   loop call recv once more?
@test "the answer comes without any bytes after the content" {
    raw_client "send $length: 3\\r\\n\\r\\na=1" 'until HTTP/1.'
}

# bats test_tags=assignment,post-data,id:no-answer-before-content
# hint: Do you send the answer before your loop has read everything?
@test "no answer comes before the content is complete" {
    raw_client "send $length: 3\\r\\n\\r\\na=" 'silence 50' 'send 1' \
        'until HTTP/1.'
}

# bats test_tags=http,post-data,id:no-answer-before-last-chunk
@test "no answer comes before the last chunk is complete" {
    raw_client "send ${chunked}3\\r\\na=1\\r\\n0\\r\\n" 'silence 50' 'send \r\n' \
        'until HTTP/1.'
}

# bats test_tags=http,post-data,id:chunks-joined
@test "chunks are joined; a size may have zeros and either case" {
    ask "send ${chunked}2\\r\\na=\\r\\n00003\\r\\n123\\r\\nA\\r\\n4567890123" \
        'send \r\n000a\r\n4567890123\r\n00\r\n\r\n'
    assert_pairs 'key=a; value=12345678901234567890123'
}

# bats test_tags=http,post-data,id:chunk-extensions
@test "chunk extensions are ignored" {
    ask "send ${chunked}3;a\\r\\na=1\\r\\n2 ; b = \"c;d\"\\r\\n23\\r\\n" \
        'send 0;last;e=f\r\n\r\n'
    assert_pairs 'key=a; value=123'
}

# bats test_tags=http,post-data,id:trailer-dropped
@test "the trailer section is read and dropped" {
    ask "send ${chunked}3\\r\\na=1\\r\\n0\\r\\nContent-Length: 9\\r\\n" \
        'send Content-Type: text/plain\r\nA:\r\n\r\n'
    assert_pairs 'key=a; value=1'
}

# bats test_tags=http,post-data,id:chunk-looks-like-chunk
@test "a chunk that contains CR LF, or looks like chunks, stays whole" {
    ask "send ${chunked}b\\r\\na=\\r\\n0\\r\\n\\r\\nb=\\r\\n0\\r\\n\\r\\n"
    assert_pairs $'key=a; value=\r\x030\r\x03\r\x03b=' # \x03 is an LF there
}

# bats test_tags=http,post-data,id:post-curl-chunked
@test "a chunked POST of 1 MB from curl is read" {
    fetch / -H 'Transfer-Encoding: chunked' -H 'Content-Type:' \
        -T <(printf 'a=%0999998d' 7; printf '&b=c') -X POST
    assert_equal "$status" 200
    assert_equal "$(pairs | wc -c)" 1000031
    assert_equal "$(pairs | tail -n 1)" 'key=b; value=c; '
}

# bats test_tags=assignment,post-data,id:10-mib-small-pieces
@test "10 MiB in small pieces are read" {
    local piece

    expect_mib 16
    piece=$(printf '%01021d' 0)
    ask "send $length: 10485760\\r\\n\\r\\n" "pieces 10240 a=$piece&"
    assert_equal "$status" 200
    assert_equal "$(pairs | grep -c "^key=a; value=$piece; \$")" 10240
}

# bats test_tags=http,post-data,id:10-mib-small-chunks
@test "10 MiB in small chunks are read" {
    local piece

    expect_mib 16
    piece=$(printf '%01021d' 0)
    ask "send $chunked" "pieces 10240 400\\r\\na=$piece&\\r\\n" \
        'send 0\r\n\r\n'
    assert_equal "$status" 200
    assert_equal "$(pairs | grep -c "^key=a; value=$piece; \$")" 10240
}
