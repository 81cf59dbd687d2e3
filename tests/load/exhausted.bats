# exhausted.bats - more clients than descriptors or threads.
# stages: 1 2 3 4 5 6
#
# SERVER_FOUR has 4 threads at the most.

load ../http/helper
load held

teardown() {
    kill_server
}

@test "with 64 descriptors and 200 half-sent requests, the server waits, does not spin, and recovers" {
    local start elapsed
    ulimit -n 64
    start_server
    start=$(server_time)
    hold_clients half 40 'send GET /half HTTP/1.1\r\n' hold
    for name in a b c d; do
        hold_clients "$name" 40 'send GET /half HTTP/1.1\r\n' hold
    done
    in_ms ask 'send GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    assert_equal "$status" 200
    ((elapsed < 10000)) || fail "the answer took $elapsed ms"
    (($(server_time) - start < 50)) ||
        fail "it took $((($(server_time) - start) * 10)) ms of processor time"
    (($(server_descriptors) <= 64))
    for name in half a b c d; do
        let_go "$name"
    done
    wait_until 5 threads_are_at_most 17
    ask 'send GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    assert_equal "$status" 200
    stop_server
}

@test "with 4 threads, a client behind 40 stalled ones is answered within 7 s" {
    local elapsed
    start_server "$SERVER_FOUR"
    hold_clients half 40 'send GET /half HTTP/1.1\r\n' hold
    in_ms ask 'send GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    assert_equal "$status" 200
    ((elapsed < 7000)) || fail "the answer took $elapsed ms"
    let_go half
    stop_server
}
