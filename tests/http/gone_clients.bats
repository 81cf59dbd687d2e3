# gone_clients.bats - clients that are gone when their answer is sent.
# stages: 1 2 3 4 5 6

# shellcheck disable=SC2153,SC2154 # helper.bash sets them
load helper
load own_server

setup() {
    start_server
}

# bats test_tags=assignment,robustness,id:gone-before-answer
# While the server is halted, the client connects, asks, ends its side and resets the
# connection. So the server finds a whole request, and nobody to answer. (If the client
# had not ended its side first, send would fail without SIGPIPE.)
# hint: What does the system do to a process that writes to a connection whose other end
#   is gone, and how do you turn that off?
@test "a client that is gone before its answer does no harm" {
    local request='GET /p HTTP/1.1\r\nHost: a\r\n\r\n'

    kill -s STOP "$SERVER_PID"
    for _ in 1 2 3; do
        raw_client "send $request" end 'pause 20' reset
    done
    kill -s CONT "$SERVER_PID"
    pause 0.1
    ! process_ended "$SERVER_PID" ||
        fail "the server has ended $(how_it_ended)"
    ask "send $request"
    assert_hello /p
    stop_server
}
