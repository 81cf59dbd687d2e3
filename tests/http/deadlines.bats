# deadlines.bats - clients that take too long, and more clients than threads.
# stages: 1 2 3 4 5 6
# hint: How much time does each client get when many are slow? A crowd gets less.
#
# SERVER_SMALL allows 600 ms, and a second for each 500 bytes. It has 8 threads.

# shellcheck disable=SC2154 # helper.bash sets came
export shared_server=$SERVER_SMALL
load helper

# bats test_tags=ours,id:half-sent-or-silent
# hint: What does the loop that receives do when nothing comes? Does it use
#   ALLOWANCE_MS, which the tests set to 600 when they build the server?
@test "half a request gets 408 in time; silence gets a close" {
    local elapsed

    hold silent hold read
    release silent
    in_ms ask 'send GET / HTTP/1.1\r\n'
    assert_answer 408 'The request was not complete in time: nothing came for too long, or it came too slowly.'
    ((elapsed > 400 && elapsed < 3000)) ||
        fail "expected: an answer within 3 s, but it took $elapsed ms"
    finish silent
    [[ ! -s $came ]]
}

# bats test_tags=ours,id:dripping-request
# hint: Is ALLOWANCE_MS for the whole request, or does it begin again with each recv?
@test "a request that comes too slowly, byte by byte, gets 408" {
    local elapsed

    in_ms ask 'send GET /' 'pause 180' 'send a' 'pause 180' 'send b' \
        'pause 180' 'send c'
    assert_answer 408
    # if each byte had another 600 ms, this would take longer
    ((elapsed < 1100)) ||
        fail "expected: 408 within 1.1 s, but it took $elapsed ms"
}

# bats test_tags=ours,id:long-request-in-time
@test "a long request gets more time" {
    ask 'send GET / HTTP/1.1\r\nHost: a\r\nX: ' 'repeat 2000 a' 'pause 450' \
        'send a' 'pause 450' 'send a' 'pause 450' 'send \r\n\r\n'
    assert_equal "$status" 200
}

# bats test_tags=ours,id:no-time-in-advance
# hint: How long has the client been silent? What it sent before does not matter.
@test "sending a lot at once buys no time for silence afterward" {
    local elapsed

    in_ms ask 'send GET / HTTP/1.1\r\nHost: a\r\nX: ' 'repeat 3000 a'
    assert_answer 408
    ((elapsed > 400 && elapsed < 4000)) ||
        fail "expected: 408 within 4 s, but it took $elapsed ms"
}

# bats test_tags=ours,id:more-clients-than-threads
@test "8 threads answer 40 clients that come at once" {
    raw_client -c 40 'send GET /\# HTTP/1.1\r\nHost: a\r\n\r\n' read
    assert_came 40 '^HTTP/1.1 200'
}

# bats test_tags=ours,id:after-40-half-sent
@test "behind 40 half-sent requests, a client is answered within 3 s" {
    local elapsed

    hold half -c 40 'send GET / HTTP/1.1\r\n' hold read
    release half
    in_ms ask 'send GET /p HTTP/1.1\r\nHost: a\r\n\r\n'
    assert_hello /p
    ((elapsed < 3000)) || fail "expected: an answer within 3 s, but it took $elapsed ms"
    finish half
    assert_came 40 '^HTTP/1.1 408'
}
