# deadlines_post.bats - how much time content has, with a 100 Continue.
# stages: 6
# bats file_tags=ours
# hint: What decides how much time content has? It is what has come, not the 100.
#
# SERVER_SMALL allows 600 ms, and a second for each 500 bytes.

export shared_server=$SERVER_SMALL
load helper

post='POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n'

# bats test_tags=id:continue-takes-no-time
@test "a 100 does not shorten the time for content" {
    raw_client "send ${post}Expect: 100-continue\\r\\nX: " 'repeat 1000 a' \
        'send \r\n\r\n' 'until \r\n\r\n' 'pause 450' 'send a' 'pause 450' \
        'send =' 'pause 450' 'send 1' read
    assert_came 1 '^HTTP/1.1 200 OK'
}

# bats test_tags=id:continue-gives-no-time
@test "a 100 does not lengthen the time for content" {
    local elapsed

    in_ms raw_client "send ${post}Expect: 100-continue\\r\\n" 'pause 450' \
        'send \r\n' read
    assert_came 1 '^HTTP/1.1 408'
    # the head's 80 bytes or so have earned nothing; 450 ms more would show
    ((elapsed < 950)) || fail "it took $elapsed ms"
}
