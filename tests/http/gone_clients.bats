# gone_clients.bats - clients that are gone when their answer is sent.
# stages: 1 2 3 4 5 6

# shellcheck disable=SC2153,SC2154 # helper.bash sets them
load helper
load own_server

setup() {
    start_server
}

# bats test_tags=assignment,robustness,id:gone-before-answer
# The server is halted while the client comes, speaks, ends its side and breaks
# the connection off: so it finds a whole request, and nobody to answer. (Had
# the client not ended its side first, sending would fail without SIGPIPE.)
# hint: What does the system do to a process that writes to a connection whose
#   other end is gone, and how is that turned off?
@test "a client that has asked, and is gone when it is answered, harms nobody" {
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
