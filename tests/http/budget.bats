# budget.bats - content that comes too slowly, or is more than can be held.
# stages: 6
# bats file_tags=ours
# hint: What is held of a connection's content is counted, and given back on
#   every way out.
#
# SERVER_SMALL allows 600 ms and a second for each 500 octets, and holds
# 200,000 octets of all connections together.

load helper

setup_file() {
    start_server "$SERVER_SMALL"
}

teardown_file() {
    stop_server
}

post='POST / HTTP/1.1\r\nHost: a\r\n'

# bats test_tags=id:budget-timeout
@test "content that does not come gets 408" {
    local elapsed

    in_ms ask "send ${post}Content-Length: 3\\r\\n\\r\\na="
    assert_answer 408 'The request was not complete in time: nothing came for too long, or it came too slowly.'
    ((elapsed > 400 && elapsed < 3000)) || fail "it took $elapsed ms"
}

# bats test_tags=id:budget-content
@test "content for which there is no room gets 503, with Retry-After" {
    ask "send ${post}Content-Length: 300000\\r\\n\\r\\n" 'repeat 300000 a'
    assert_answer 503 'The server is using all the memory that it may'
    [[ $(field Retry-After) =~ ^[0-9]+$ ]]
}

# bats test_tags=id:budget-chunks
@test "chunks for which there is no room get 503" {
    ask "send ${post}Transfer-Encoding: chunked\\r\\n\\r\\n" \
        'send fffff\r\n' 'repeat 300000 a'
    assert_answer 503
}

# bats test_tags=id:budget-after-faults
@test "content of the wrong type or over the limit gets 415 or 413 first" {
    ask "send ${post}Content-Type: a/b\\r\\nContent-Length: 300000\\r\\n\\r\\n" \
        'repeat 300000 a'
    assert_answer 415
    ask "send ${post}Content-Length: 16777217\\r\\n\\r\\n"
    assert_answer 413
}

# bats test_tags=id:budget-given-back
@test "room is given back: 50 times a fifth of it, one after another" {
    for _ in {1..50}; do
        ask "send ${post}Content-Length: 40000\\r\\n\\r\\n" 'repeat 40000 &'
        assert_answer 200
    done
}

# bats test_tags=id:budget-page
@test "a form whose page would take more than there is room for gets 503" {
    ask "send ${post}Content-Length: 20000\\r\\n\\r\\n" 'repeat 10000 a&'
    assert_answer 503
}

# bats test_tags=id:budget-field-lines
# hint: What do the fields take once they are parsed? A field line of four octets
#   makes a struct of forty.
@test "field lines count with what they take, before content is waited for" {
    ask "send ${post}Content-Length: 3\\r\\n" 'repeat 10000 a:\r\n' 'send \r\n'
    assert_answer 503
}

# bats test_tags=id:budget-quotes
# hint: A quote takes six octets on the page.
@test "a page counts with what it takes when everything is escaped" {
    ask "send ${post}Content-Length: 20000\\r\\n\\r\\n" 'repeat 20000 a'
    assert_answer 200
    ask "send ${post}Content-Length: 20000\\r\\n\\r\\n" 'repeat 20000 "'
    assert_answer 503
}
