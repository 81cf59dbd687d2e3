# stopping.bats - SIGTERM while there is much to do, and while the server starts.
# stages: 1 2 3 4 5 6
# bats file_tags=ours
# hint: When SIGTERM comes, who is still in the kernel's queue, and who has been
#   accepted but not answered?

# shellcheck disable=SC2034,SC2153,SC2154 # helper.bash has them
load helper
load own_server

# stop_with_all_in_hand COUNT: so many clients have sent half of a request, and the
# threads are busy with them. Then the server is halted. Meanwhile, they send the rest,
# and 900 more clients send whole requests, which wait in the kernel's queue. Then the
# server gets SIGTERM. (With only 200 in the queue, even a server that stops at once
# might have answered them.)
stop_with_all_in_hand() {
    local pid=$SERVER_PID more=900 query queued

    hand="for n in \$(seq $1); do (printf 'GET /p HTTP/1.1\r\nHost: a\r\n'; sleep 1; printf '\r\n') | nc 127.0.0.1 8080 & done | grep -c '</html>' & sleep 0.5; kill \$(pidof webserve); wait"
    ! creates_threads_slowly || more=60
    query=$(printf 'a=%d&' {1..1000})
    hold in_hand -c "$1" 'send GET /p HTTP/1.1\r\nHost: a\r\n' hold 'send \r\n' read
    wait_until 20 queue_holds 0 0
    kill -s STOP "$pid"
    release in_hand
    ulimit -n hard
    raw_client -c "$more" -t 40 "send GET /q?$query HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n" \
        read &
    queued=$!
    wait_until 20 queue_holds $((more - 50)) "$more" || fail "not all got into the queue"
    kill -s TERM "$pid"
    kill -s CONT "$pid"
    wait "$queued" || fail "expected: an answer for each of those in the queue"
    assert_came "$more" '</html>$'
    finish in_hand || fail "expected: an answer for each of those in hand"
    assert_came "$1" '</html>$'
    wait_until 10 process_ended "$pid"
    assert_equal "$(end_status)" 0
    SERVER_PID=
}

# bats test_tags=id:stop-200-exchanges
@test "SIGTERM with 200 exchanges under way, and a full queue, loses none" {
    expect_mib 32
    start_server
    stop_with_all_in_hand 200
}

# bats test_tags=id:stop-all-threads-busy
@test "SIGTERM with all threads busy, and a full queue, loses none" {
    expect_mib 32
    start_server "$SERVER_SMALL"
    stop_with_all_in_hand 8
}

# queue_holds LEAST MOST: true if so many clients wait for the server to accept. (Some
# threads may have accepted one just before they were halted.)
queue_holds() {
    local waiting

    waiting=16#$(awk -v "port=$(printf ':%04X' "$PORT")" '
        $4 == "0A" && index($2, port) {
            split($5, queues, ":")
            print queues[2]
        }' /proc/net/tcp)
    ((waiting >= $1 && waiting <= $2))
}

# bats test_tags=id:stop-stalled-drain
@test "SIGTERM does not wait for clients that stall while they are drained" {
    start_server
    hand="(printf 'POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 9000000\r\n\r\na'; sleep 1; kill \$(pidof webserve); sleep 9) | nc 127.0.0.1 8080"
    hold stalled -c 20 'send POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 9000000\r\n\r\na' \
        hold read
    in_ms stop_server
    ((elapsed < 5500)) || fail "it took $elapsed ms"
    finish stalled || fail "expected: an answer for each of the 20"
    assert_came 20 '^HTTP/1.1 [45]'
}

# signal_after SECONDS COMMAND...: becomes the command, and sends it SIGTERM after that
# time. (A signal from here could come before Bats' child has become the command. The
# shell may drop it then.)
signal_after() {
    # shellcheck disable=SC2016 # the dollars are for that shell
    exec sh -c '{ [ "$0" = 0 ] || sleep "$0"; kill -s TERM $$; } & exec "$@"' "$@"
}

# bats test_tags=id:stop-while-starting
@test "a signal during startup stops the server" {
    local delay code

    for delay in 0 0.001 0.002 0.003 0.004 0.006 0.008 0.012 0.02; do
        for _ in 1 2 3; do
            signal_after "$delay" "$SERVER" 127.0.0.1 0 >/dev/null 2>&1 3>&- &
            SERVER_PID=$!
            wait_until 5 process_ended "$SERVER_PID" ||
                fail "it goes on after a signal $delay s after its start"
            code=0
            wait "$SERVER_PID" || code=$?
            ((code == 0 || code == 143)) || fail "it exited with $code"
            SERVER_PID=
        done
    done
}

# keep_coming N: one exchange after another, until connections are refused. Prints what
# is wrong: an answer that is not complete, or a connection that is reset although the
# next one is not refused. (A client that comes just as the listener closes sees a
# reset.)
keep_coming() {
    local code last=0 number=0 answer request='send GET /p HTTP/1.1\r\nHost: a\r\n\r\n'

    while read -r code; do
        ((last == 0 || code == 5)) || echo "client $1 saw $last, then $code"
        IFS= read -r -d '' answer <"$BATS_TEST_TMPDIR/$1.$number" || true
        [[ $code != 0 || $answer == *$'</html>\n' ]] ||
            echo "client $1 saw a part of an answer: $answer"
        ((code != 5)) || break
        last=$code
        ((++number))
    done < <(
        while printf '%s\nread\npause 5\n\n' "$request"; do :; done 2>/dev/null |
            "$TOOLS/raw_client" -b "$BATS_TEST_TMPDIR/$1." 127.0.0.1 "$PORT" 2>/dev/null
    )
}

# bats test_tags=id:stop-clients-keep-coming
@test "clients that come while the server stops get whole answers or none" {
    local n clients=() elapsed

    start_server
    hand="(sleep 1; kill \$(pidof webserve)) & while curl -sS http://127.0.0.1:8080/p | grep '</html>'; do :; done"
    for n in 1 2 3 4; do
        keep_coming "$n" >"$BATS_TEST_TMPDIR/wrong$n" 3>&- &
        clients+=("$!")
    done
    wait_until 5 test -s "$BATS_TEST_TMPDIR/4.0"
    in_ms stop_server
    ((elapsed < 2500)) || fail "expected: it ends soon; it took $elapsed ms"
    wait "${clients[@]}" # alone, it would wait for BATS_TEST_TIMEOUT as well
    assert_equal "$(cat "$BATS_TEST_TMPDIR"/wrong?)" ''
}
