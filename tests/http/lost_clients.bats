# lost_clients.bats - answers that must arrive, and clients that leave.
# stages: 1 2 3 4 5 6
# hint: What is still unread when the socket is closed? The kernel then
#   resets the connection, and the answer is lost.

# shellcheck disable=SC2154 # helper.bash sets came
load helper

request='GET /p HTTP/1.1\r\nHost: a\r\n\r\n'

assert_server_answers() {
    ask "send $request"
    assert_hello /p
}

# bats test_tags=ours,id:answer-despite-excess
@test "an answer arrives although 16 MiB more are still being sent" {
    ask 'send PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 16777216\r\n\r\n' \
        'repeat 16777216 a'
    assert_answer 501
    ask 'send POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 16777217\r\n' \
        'send Content-Type: text/plain\r\n\r\n' 'repeat 16777217 a'
    [[ $status == 413 || $status == 501 ]]
    ask 'send POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 16777216\r\n' \
        'send Content-Type: text/plain\r\n\r\n' 'repeat 16777216 a'
    [[ $status == 415 || $status == 501 ]]
    ask 'send GET /p HTTP/1.1\r\nHost: a\r\nContent-Length: 16777216\r\n\r\n' \
        'repeat 16777216 a'
    assert_hello /p
    ask 'send GET /' 'repeat 16777216 a'
    assert_answer 414
}

# bats test_tags=ours,id:curl-large-post
@test "curl's POST of 16 MiB and more gets its answer" {
    expect_mib 20
    head -c 17000000 /dev/zero >"$BATS_TEST_TMPDIR/zeros"
    fetch / --data-binary "@$BATS_TEST_TMPDIR/zeros"
    [[ $status == 413 || $status == 501 ]]
}

# bats test_tags=ours,id:answer-despite-little-excess
@test "an answer arrives although a little was sent after the request" {
    ask "send $request" 'pause 20' 'send more'
    assert_hello /p
    ask "send ${request}more"
    assert_hello /p
}

# bats test_tags=assignment,robustness,id:half-closed-client
# hint: A client may end its sending side and still wait: recv returning 0
#   after a whole request is no failure.
@test "a client that has ended its side gets its answer" {
    ask "send $request" end
    assert_hello /p
}

# bats test_tags=assignment,robustness,id:half-request-then-end
# hint: recv returns 0 when the client has ended. What does the loop that
#   reads do then?
@test "a client that ends its side in the middle gets a close, or an error" {
    local part

    for part in 'GET' 'GET / HTTP/1.1\r\nHost: a\r\n' '\r\n'; do
        raw_client "send $part" end read
        ! grep -aq '^HTTP/1.[01] 200' "$came" ||
            fail 'expected: the connection is closed, or an error'
    done
}

# bats test_tags=ours,id:half-request-no-answer
@test "nothing is sent to a client that ends its side in the middle" {
    raw_client 'send GET / HTTP/1.1\r\nHost: a\r\n' end read
    [[ ! -s $came ]]
    raw_client end read
    [[ ! -s $came ]]
}

# bats test_tags=assignment,robustness,id:silent-then-end
# hint: recv returns 0 when the client has ended. What does the loop that
#   reads do then?
@test "a client that ends its side without a word gets a close, or an error" {
    raw_client end read
    ! grep -aq '^HTTP/1.[01] 200' "$came" ||
        fail 'expected: the connection is closed, or an error'
}

# bats test_tags=assignment,robustness,id:reset-clients
# hint: recv and send fail, and SIGPIPE may come: does any of it end the
#   program, or leave the socket open?
@test "clients that reset the connection, at any time, harm nobody" {
    raw_client reset
    raw_client 'send GET' reset
    raw_client "send $request" reset
    raw_client "send $request" 'until HTTP/1.' reset
    raw_client 'send POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na=1' \
        reset
    raw_client -c 100 "send $request" 'take 1' reset
    assert_server_answers
}

# The page of a long query is 800 KB long, in the stages that show it: more than
# fits the buffers of these clients, so that the server has to wait.
# bats test_tags=assignment,threads,id:answer-never-read
# hint: send may wait for ever; and while it does, who else is answered?
@test "a client that never reads its answer harms nobody" {
    hold deaf -c 20 -s 'send GET /?' 'repeat 32700 a&' \
        'send  HTTP/1.1\r\nHost: a\r\n\r\n' hold
    assert_server_answers
    finish deaf
    assert_server_answers
}
