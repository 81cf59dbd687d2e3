# signals.bats - how the server stops.
# stages: 1 2 3 4 5 6
# bats file_tags=ours
# hint: Which thread waits for the signal, and do you block signals before the first
#   thread exists?

# shellcheck disable=SC2016,SC2034,SC2153,SC2154 # helper.bash has them; `hand` is typed
load helper
load own_server

setup() {
    start_server
}

# by_hand_when BYTES SECONDS [BYTES]: the line to try, in which the server gets SIGTERM
# between two pieces of a request.
by_hand_when() {
    hand="(printf '$1'; sleep 1; kill \$(pidof webserve); sleep $2${3:+; printf '$3'}) | nc 127.0.0.1 8080"
}

# begin STEP STEP...: a client takes the steps in the background; returns when the first
# has been taken.
begin() {
    hold client "$1" hold "${@:2}"
    release client
}

# bats test_tags=id:sigterm-idle
@test "SIGTERM stops an idle server at once, with exit status 0" {
    in_ms stop_server_well TERM
    ((elapsed < 800)) || fail "it took $elapsed ms"
}

# bats test_tags=id:sigint-idle
# A shell without job control ignores SIGINT in everything that it starts with &; a
# terminal never does.
@test "SIGINT stops an idle server at once, with exit status 0" {
    kill_server
    set -m
    start_server
    set +m
    in_ms stop_server_well INT
    ((elapsed < 800)) || fail "it took $elapsed ms"
}

# bats test_tags=id:sigterm-nobody-let-in
@test "after SIGTERM, the server accepts no more clients" {
    local port=$PORT

    stop_server
    run "$TOOLS/raw_client" 127.0.0.1 "$port" read
    assert_equal "$status" 5
}

# bats test_tags=id:sigterm-completed-after
@test "a request that is completed just after SIGTERM is answered" {
    by_hand_when 'GET /p HTTP/1.1\r\n' 0.3 'Host: a\r\n\r\n'
    begin 'send GET /p HTTP/1.1\r\n' 'pause 300' \
        'send Host: a\r\n\r\n' read
    stop_server
    finish client
    take_answer
    assert_hello /p
}

# bats test_tags=id:sigterm-half-sent
@test "a half-sent request gets about a second after SIGTERM" {
    by_hand_when 'GET /p HTTP/1.1\r\n' 5
    begin 'send GET /p HTTP/1.1\r\n' read
    in_ms stop_server
    ((elapsed > 700 && elapsed < 3000)) || fail "it took $elapsed ms"
    finish client
}

# bats test_tags=id:second-signal
@test "a second signal stops the server at once" {
    local pid=$SERVER_PID

    by_hand_when 'GET /p HTTP/1.1\r\n' '0.1; kill $(pidof webserve)'
    begin 'send GET /p HTTP/1.1\r\n' read
    kill -s TERM "$pid"
    pause 0.2 # two at once are one
    kill -s TERM "$pid" 2>/dev/null || true # the first may have ended it
    SERVER_PID=
    in_ms wait_until 5 process_ended "$pid"
    ((elapsed < 700)) || fail "it took $elapsed ms"
    (($(end_status) != 0))
    finish client || true
}

# bats test_tags=id:sigterm-answers-all
@test "all requests that came before SIGTERM are answered" {
    local count=200

    ! creates_threads_slowly || count=40
    hand='for n in $(seq 200); do curl -sS http://127.0.0.1:8080/p & done | grep -c "</html>" & sleep 0.1; kill $(pidof webserve); wait'
    raw_client -c "$count" 'send GET /p HTTP/1.1\r\nHost: a\r\n\r\n' \
        'take 1' read &
    client=$!
    wait_until 5 test -s "$came"
    stop_server
    wait "$client"
    assert_came "$count" '</html>$'
}

# bats test_tags=id:sigint-ignored
# hint: Who starts a program with SIGINT ignored? They want it to go on after Ctrl-C.
@test "SIGINT does not stop a server that was started with SIGINT ignored" {
    kill -s INT "$SERVER_PID"
    pause 0.3
    fetch /
    assert_equal "$status" 200
}
