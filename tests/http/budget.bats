# budget.bats - content that comes too slowly, or does not fit in memory.
# stages: 6
# bats file_tags=ours
# hint: Where is the memory for a connection's content counted, and is it given back on
#   every way out?
#
# SERVER_SMALL allows 600 ms, and a second for each 500 bytes. All its connections
# together may hold 200,000 bytes.

export shared_server=$SERVER_SMALL
load helper

post='POST / HTTP/1.1\r\nHost: a\r\n'

# bats test_tags=id:budget-timeout
@test "content that never comes gets 408" {
    local elapsed

    in_ms ask "send ${post}Content-Length: 3\\r\\n\\r\\na="
    assert_answer 408 'The request was not complete in time: nothing came for too long, or it came too slowly.'
    ((elapsed > 400 && elapsed < 3000)) || fail "it took $elapsed ms"
}

# bats test_tags=id:budget-content
@test "content that does not fit in memory gets 503, with Retry-After" {
    ask "send ${post}Content-Length: 300000\\r\\n\\r\\n" 'repeat 300000 a'
    assert_answer 503 'The server is using all the memory that it may'
    [[ $(field Retry-After) =~ ^[0-9]+$ ]]
}

# bats test_tags=id:budget-chunks
@test "chunks that do not fit in memory get 503" {
    ask "send ${post}Transfer-Encoding: chunked\\r\\n\\r\\n" \
        'send fffff\r\n' 'repeat 300000 a'
    assert_answer 503
}

# bats test_tags=id:budget-after-faults
@test "content of the wrong type gets 415, and too much gets 413, before 503" {
    ask "send ${post}Content-Type: a/b\\r\\nContent-Length: 300000\\r\\n\\r\\n" \
        'repeat 300000 a'
    assert_answer 415
    ask "send ${post}Content-Length: 16777217\\r\\n\\r\\n"
    assert_answer 413
}

# bats test_tags=id:budget-given-back
@test "memory is given back: 50 forms in turn, each a fifth of it" {
    for _ in {1..50}; do
        ask "send ${post}Content-Length: 40000\\r\\n\\r\\n" 'repeat 40000 &'
        assert_answer 200
    done
}

# bats test_tags=id:budget-page
@test "a form whose page does not fit in memory gets 503" {
    ask "send ${post}Content-Length: 20000\\r\\n\\r\\n" 'repeat 10000 a&'
    assert_answer 503
}

# bats test_tags=id:budget-field-lines
# hint: How much memory do the fields take once they are parsed? A field line of four
#   bytes becomes a struct of forty.
@test "header fields count before the server waits for content" {
    ask "send ${post}Content-Length: 3\\r\\n" 'repeat 10000 a:\r\n' 'send \r\n'
    assert_answer 503
}

# bats test_tags=id:budget-quotes
# hint: How many bytes does a quote take on the page?
@test "a page counts with the size that it has after escaping" {
    ask "send ${post}Content-Length: 20000\\r\\n\\r\\n" 'repeat 20000 a'
    assert_answer 200
    ask "send ${post}Content-Length: 20000\\r\\n\\r\\n" 'repeat 20000 "'
    assert_answer 503
}
