# exhausted.bats - more clients than descriptors or threads.
# stages: 1 2 3 4 5 6
#
# SERVER_FOUR has at most 4 threads.

load ../http/helper
load ../http/own_server
load held

# bats test_tags=id:load-64-descriptors
@test "with 64 descriptors and 200 half-sent requests, the server waits and recovers" {
    local start elapsed
    ulimit -n 64
    start_server
    start=$(server_time)
    hold half -c 40 'send GET /half HTTP/1.1\r\n' hold
    for name in a b c d; do
        hold "$name" -c 40 'send GET /half HTTP/1.1\r\n' hold
    done
    in_ms ask 'send GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    assert_equal "$status" 200
    ((elapsed < 10000)) || fail "the answer took $elapsed ms"
    (($(server_time) - start < 50)) ||
        fail "it took $((($(server_time) - start) * 10)) ms of processor time"
    (($(server_descriptors) <= 64))
    for name in half a b c d; do
        finish "$name" || true
    done
    wait_until 5 threads_are_at_most 17
    ask 'send GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    assert_equal "$status" 200
    stop_server
}

# bats test_tags=id:load-after-40-stalled
@test "with 4 threads, a client behind 40 stalled ones is answered within 7 s" {
    local elapsed
    start_server "$SERVER_FOUR"
    hold half -c 40 'send GET /half HTTP/1.1\r\n' hold
    in_ms ask 'send GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    assert_equal "$status" 200
    ((elapsed < 7000)) || fail "the answer took $elapsed ms"
    finish half || true
    stop_server
}

# trickle COUNT STEP...: so many clients take the steps, and then send a byte every 20
# ms for 10 s, whatever the answer is. Each is a process of its own, so that the others
# go on when one is closed. What they get is in the files $BATS_TEST_TMPDIR/trickle-N.
tricklers=()

trickle() {
    local - count=$1 steps

    set +T # or Bats would follow each line, which is slow
    shift
    mapfile -t steps < <(yes $'send a\npause 20' | head -n 1000)
    while ((count-- > 0)); do
        # shellcheck disable=SC2153 # helper.bash sets PORT
        "$TOOLS/raw_client" -t 60 127.0.0.1 "$PORT" "$@" "${steps[@]}" \
            >"$BATS_TEST_TMPDIR/trickle-${#tricklers[@]}" 2>/dev/null 3>&- &
        tricklers+=("$!")
    done
}

end_trickles() {
    local - client

    set +T
    for client in "${tricklers[@]}"; do
        kill "$client" 2>/dev/null || true
        wait "$client" || true
    done
}

# bats test_tags=id:load-after-40-draining
@test "with 4 threads, a client behind 40 slow drains is answered within 7 s" {
    local elapsed
    start_server "$SERVER_FOUR"
    # 501; 413 in stage 6, and 501 before it; 408
    trickle 14 'send PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n'
    trickle 13 \
        'send POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n'
    trickle 13 'send GET /half HTTP/1.1\r\nX: '
    wait_until 5 clients_have_come 40
    in_ms ask 'send GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    assert_equal "$status" 200
    ((elapsed < 7000)) || fail "the answer took $elapsed ms"
    end_trickles
    stop_server
}

# clients_have_come COUNT: so many clients are connected or in the log.
clients_have_come() {
    local port connected

    printf -v port '0100007F:%04X' "$PORT"
    connected=$(awk -v port="$port" '$3 == port && $4 ~ /^0[18]$/' /proc/net/tcp | wc -l)
    ((connected + $(wc -l <"$SERVER_LOG") >= $1))
}

# bats test_tags=id:load-drain-memory
@test "40 heads of 1 MiB take no memory while they are drained, or later" {
    local before
    start_server
    ask 'send GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    before=$(server_memory)
    trickle 40 'send GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n' \
        'repeat 262000 a:\r\n' 'send \r\n' 'until </html>'
    wait_until 40 all_are_answered
    wait_until 3 memory_is_at_most $((before + 40 * 256)) ||
        fail "$(server_memory) KiB while they drain, after $before"
    (($(server_threads) > 20)) ||
        skip 'the machine is too slow: the first drained before the last came'
    end_trickles
    wait_until 10 threads_are_at_most 18
    wait_until 5 memory_is_at_most $((before + 4096)) ||
        fail "$(server_memory) KiB are left, after $before"
    stop_server
}

all_are_answered() {
    (($(grep -la '</html>' "$BATS_TEST_TMPDIR"/trickle-* | wc -l) == 40))
}
