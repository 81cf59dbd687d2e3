# sharing.bats - what threads share, and what they must not.
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
# hint: Which variable do two threads touch with no lock between them? Built with
#   SANITIZE=thread, the server shows the two places.
@test "100 clients at once: built with ThreadSanitizer, it finds no data race" {
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
# hint: Whose variable is the client's address in? Is the next client's written
#   into it while the first is still being handled?
@test "a slow client's line in the log has its own address, not a later one's" {
    hold slow 'send GET /slow HTTP/1.1\r\n' hold 'send Host: a\r\n\r\n' read
    fetch /quick --interface 127.0.0.2
    finish slow
    wait_until 5 logged 2 || true
    stop_server
    assert_equal "$(sed 's/ .*GET / /; s/ HTTP.*//' "$SERVER_LOG" | sort)" \
        "$(printf '127.0.0.1 /slow\n127.0.0.2 /quick')"
}

# bats test_tags=ours,id:sigterm-all-answered
# hint: What does the end of the program wait for? Does each client that was
#   handled count as gone?
@test "SIGTERM ends a server at once that has answered all its clients" {
    local elapsed

    raw_client -c 20 'send GET /p HTTP/1.1\r\nHost: a\r\n\r\n' read
    wait_until 5 logged 20
    in_ms stop_server
    ((elapsed < 800)) || fail "it took $elapsed ms"
}
