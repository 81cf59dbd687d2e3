# memory.bats - what a crowd took comes back.
# stages: 6

load helper

setup_file() {
    start_server
}

teardown_file() {
    stop_server
}

server_memory() {
    awk '/^Pss:/ { print $2 }' "/proc/$SERVER_PID/smaps_rollup"
}

memory_is_at_most() {
    (($(server_memory) <= $1))
}

memory_is_more_than() {
    (($(server_memory) > $1))
}

@test "the memory of 1,000 held requests of 8 kB comes back when they have gone" {
    local gate before held answers=$BATS_TEST_TMPDIR/answers pid

    ulimit -n "$(ulimit -Hn)"
    before=$(server_memory)
    mkfifo "$BATS_TEST_TMPDIR/gate"
    "$TOOLS/exchange" -c 1000 127.0.0.1 "$PORT" \
        'send GET / HTTP/1.1\r\nHost: a\r\nX: ' 'repeat 8000 a' hold \
        <"$BATS_TEST_TMPDIR/gate" >"$answers" 3>&- &
    pid=$!
    exec {gate}>"$BATS_TEST_TMPDIR/gate"
    wait_until 10 grep -q holding "$answers"
    wait_until 10 memory_is_more_than $((before + 16000)) ||
        fail "$(server_memory) KiB while they are held"
    held=$(server_memory)
    exec {gate}>&-
    wait "$pid"
    # the C library keeps some stacks for the next threads
    wait_until 6 memory_is_at_most $((before + 11000)) ||
        fail "$(server_memory) KiB, of $held, are left"
}
