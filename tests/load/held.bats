# held.bats - what thousands of half-sent requests cost.
# stages: 1 2 3 4 5 6

load ../http/helper
load ../http/own_server
load held

setup() {
    start_server
}

# bats test_tags=id:load-4000-held
@test "4,000 half-sent requests take 16 KiB each, and give it back" {
    local count before held
    count=$(clients_at_most 4000)
    before=$(server_memory)
    hold half -c "$count" 'send GET /half HTTP/1.1\r\nHost: a\r\nX: y' hold
    wait_until 10 threads_are_at_least "$count"
    held=$(server_memory)
    (((held - before) <= count * 16)) ||
        fail "$(((held - before) / count)) KiB for each"
    finish half || true
    wait_until 10 threads_are_at_most 32
    # what stays is the stacks that the C library keeps for the next threads
    wait_until 5 memory_is_at_most $((before + 10240)) ||
        fail "$(server_memory) KiB are left of $held, after $before"
    (($(server_descriptors) < 10))
    stop_server
}

threads_are_at_least() {
    (($(server_threads) >= $1))
}

# bats test_tags=id:load-10000-held
@test "10,000 half-sent requests use less than 2 % of a core, and delay nobody" {
    local count start elapsed
    count=$(clients_at_most 10000)
    hold half -c "$count" 'send GET /half HTTP/1.1\r\nHost: a\r\nX: y' hold
    wait_until 20 threads_are_at_least "$count"
    start=$(server_time)
    in_ms raw_client 'pause 4000'
    ((($(server_time) - start) * 10 * 100 <= elapsed * 2)) ||
        fail "$((($(server_time) - start) * 10)) ms of $elapsed"
    in_ms ask 'send GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    assert_equal "$status" 200
    ((elapsed < 1000)) || fail "the answer took $elapsed ms"
    finish half || true
    wait_until 10 threads_are_at_most 32
    stop_server
}

# bats test_tags=id:load-after-9000-silent
@test "behind 9,000 silent and many half-sent clients, one is answered within 3 s" {
    local elapsed
    hold silent -c "$(clients_at_most 9000)" hold
    hold half -c "$(clients_at_most 9000)" \
        'send GET /half HTTP/1.1\r\nHost: a\r\nX: y' hold
    in_ms ask 'send GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    assert_equal "$status" 200
    ((elapsed < 3000)) || fail "the answer took $elapsed ms"
    finish half || true
    finish silent || true
    stop_server
}
