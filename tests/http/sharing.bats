# sharing.bats - what threads share, and what they must not share.
# stages: 1 2 3 4 5 6

# shellcheck disable=SC2030,SC2031,SC2154 # helper.bash sets them
load helper
load own_server

setup() {
    start_server
}

# logged COUNT: true once so many exchanges are in the log.
logged() {
    (($(grep -c 'HTTP/1.1" 200' "$SERVER_LOG") >= $1))
}

# bats test_tags=ours,id:no-data-race
# hint: Which variable do two threads use with no lock between them? Build with
#   SANITIZE=thread: the server shows both places.
@test "ThreadSanitizer finds no data race with 100 clients at once" {
    for _ in 1 2 3 4 5; do # a race is seen only where the threads meet
        raw_client -c 100 -t 20 \
            'send GET /\#?a=\# HTTP/1.1\r\nHost: a\r\n' 'send \r\n' read
        assert_came 100 '^HTTP/1.1 200 OK'
    done
    ! grep -q 'WARNING: ThreadSanitizer' "$SERVER_LOG" ||
        fail "expected: no data race, but ThreadSanitizer says:
$(grep -aA 30 -m 1 'WARNING: ThreadSanitizer' "$SERVER_LOG")"
    stop_server
}

# bats test_tags=ours,id:log-own-address
# hint: Which variable has the client's address, and who owns it? Is the next client's
#   address written into it while the first client is still being handled?
@test "a slow client is logged with its own address" {
    hold slow 'send GET /slow HTTP/1.1\r\n' hold 'send Host: a\r\n\r\n' read
    fetch /quick --interface 127.0.0.2
    finish slow
    wait_until 5 logged 2 || true
    stop_server
    assert_equal "$(sed 's/ .*GET / /; s/ HTTP.*//' "$SERVER_LOG" | sort)" \
        "$(printf '127.0.0.1 /slow\n127.0.0.2 /quick')"
}

# bats test_tags=ours,id:sigterm-all-answered
# hint: What does the program wait for before it ends? Do you count each client that was
#   handled as gone?
@test "SIGTERM stops a server at once if all its clients are answered" {
    local elapsed

    raw_client -c 20 'send GET /p HTTP/1.1\r\nHost: a\r\n\r\n' read
    wait_until 5 logged 20
    in_ms stop_server
    ((elapsed < 800)) || fail "it took $elapsed ms"
}
