# signals.bats - how the server ends.
# stages: 1 2 3 4 5 6
# bats file_tags=ours
# hint: Who waits for the signal, and are signals blocked before the first
#   thread exists?

# shellcheck disable=SC2153,SC2154 # helper.bash sets them
load helper

setup() {
    start_server
}

teardown() {
    kill_server
}

# begin_exchange STEP STEP...: takes the steps in the background, and returns
# once the first is taken. Sets client.
begin_exchange() {
    local answers=$BATS_TEST_TMPDIR/answers

    exchange "$1" hold "${@:2}" >"$answers" </dev/null &
    client=$!
    wait_until 5 grep -q holding "$answers"
}

# end_exchange: waits until all its steps are taken; sets what came.
end_exchange() {
    wait "$client"
    sed 1d "$BATS_TEST_TMPDIR/answers" >"$BATS_TEST_TMPDIR/answer"
}

@test "SIGTERM ends a server that nobody talks to, at once, with 0" {
    in_ms stop_server_well TERM
    ((elapsed < 800)) || fail "it took $elapsed ms"
}

@test "SIGINT ends a server that nobody talks to, at once, with 0" {
    in_ms stop_server_well INT
    ((elapsed < 800)) || fail "it took $elapsed ms"
}

@test "after SIGTERM nobody is let in any more" {
    local port=$PORT

    stop_server
    run "$TOOLS/exchange" 127.0.0.1 "$port" read
    assert_equal "$status" 5
}

@test "a request that is completed just after SIGTERM is answered" {
    begin_exchange 'send GET /p HTTP/1.1\r\n' 'pause 300' \
        'send Host: a\r\n\r\n' read
    stop_server
    end_exchange
    take_answer
    assert_hello /p
}

@test "a request that stays half-sent gets about a second after SIGTERM" {
    begin_exchange 'send GET /p HTTP/1.1\r\n' read
    in_ms stop_server
    ((elapsed > 700 && elapsed < 3000)) || fail "it took $elapsed ms"
    wait "$client"
}

@test "a second signal ends the server at once, whoever is waiting" {
    local pid=$SERVER_PID code=0

    begin_exchange 'send GET /p HTTP/1.1\r\n' read
    kill -s TERM "$pid"
    kill -s INT "$pid"
    SERVER_PID=
    in_ms wait_until 5 process_ended "$pid"
    ((elapsed < 700)) || fail "it took $elapsed ms"
    wait "$pid" || code=$?
    ((code != 0))
    wait "$client" || true
}

@test "requests that have come before SIGTERM are all answered" {
    local count=200

    ! creates_threads_slowly || count=40
    "$TOOLS/exchange" -c "$count" 127.0.0.1 "$PORT" \
        'send GET /p HTTP/1.1\r\nHost: a\r\n\r\n' 'take 1' read \
        >"$BATS_TEST_TMPDIR/answers" 3>&- &
    client=$!
    wait_until 5 test -s "$BATS_TEST_TMPDIR/answers"
    stop_server
    wait "$client"
    assert_equal "$(grep -ac '</html>$' "$BATS_TEST_TMPDIR/answers")" "$count"
}
