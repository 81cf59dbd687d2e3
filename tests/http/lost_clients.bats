# lost_clients.bats - answers that must arrive, and clients that leave.
# stages: 1 2 3 4 5 6
# hint: What is still unread when you close the socket? If there is anything, the kernel
#   resets the connection, and the answer is lost.

# shellcheck disable=SC2154 # helper.bash sets came
load helper

request='GET /p HTTP/1.1\r\nHost: a\r\n\r\n'

assert_server_answers() {
    ask "send $request"
    assert_hello /p
}

# bats test_tags=ours,id:answer-despite-excess
@test "an answer arrives while 16 MiB are still being sent" {
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
@test "curl gets an answer to a POST of more than 16 MiB" {
    expect_mib 20
    head -c 17000000 /dev/zero >"$BATS_TEST_TMPDIR/zeros"
    fetch / --data-binary "@$BATS_TEST_TMPDIR/zeros"
    [[ $status == 413 || $status == 501 ]]
}

# bats test_tags=ours,id:answer-despite-little-excess
@test "an answer arrives although more bytes follow the request" {
    ask "send $request" 'pause 20' 'send more'
    assert_hello /p
    ask "send ${request}more"
    assert_hello /p
}

# bats test_tags=assignment,robustness,id:half-closed-client
# hint: A client may end its sending side and still wait for the answer. What does your
#   code do when recv returns 0 after a whole request?
@test "a client that has ended its side still gets its answer" {
    ask "send $request" end
    assert_hello /p
}

# bats test_tags=assignment,robustness,id:half-request-then-end
# hint: recv returns 0 when the client has ended its side. What does the loop that reads
#   do then?
@test "half a request, and then the end, gets a close or an error" {
    local part

    for part in 'GET' 'GET / HTTP/1.1\r\nHost: a\r\n' '\r\n'; do
        raw_client "send $part" end read
        ! grep -aq '^HTTP/1.[01] 200' "$came" ||
            fail 'expected: the connection is closed, or an error'
    done
}

# bats test_tags=ours,id:half-request-no-answer
@test "half a request, and then the end, gets no answer" {
    raw_client 'send GET / HTTP/1.1\r\nHost: a\r\n' end read
    [[ ! -s $came ]]
    raw_client end read
    [[ ! -s $came ]]
}

# bats test_tags=assignment,robustness,id:silent-then-end
# hint: recv returns 0 when the client has ended its side. What does the loop that reads
#   do then?
@test "a client that ends its side at once gets a close or an error" {
    raw_client end read
    ! grep -aq '^HTTP/1.[01] 200' "$came" ||
        fail 'expected: the connection is closed, or an error'
}

# bats test_tags=assignment,robustness,id:reset-clients
# hint: recv and send may fail, and SIGPIPE may come. Does any of this end the program,
#   or leave the socket open?
@test "clients that reset the connection do no harm" {
    raw_client reset
    raw_client 'send GET' reset
    raw_client "send $request" reset
    raw_client "send $request" 'until HTTP/1.' reset
    raw_client 'send POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\na=1' \
        reset
    raw_client -c 100 "send $request" 'take 1' reset
    assert_server_answers
}

# In the stages that show the query, the page of a long one has 800 KB. That is more
# than these clients' buffers hold, so the server has to wait.
# bats test_tags=assignment,threads,id:answer-never-read
# hint: send may wait forever. While it does, who answers the others?
@test "clients that never read their answers do no harm" {
    hold deaf -c 20 -s 'send GET /?' 'repeat 32700 a&' \
        'send  HTTP/1.1\r\nHost: a\r\n\r\n' hold
    assert_server_answers
    finish deaf
    assert_server_answers
}
