# mistakes_program.bats - what many first programs get wrong: the command line, and what
# leaves a server hanging.
# stages: 1 2 3 4 5 6
# hint: Start the program by hand, as the title says. What does it print?
#
# Each test is about one mistake, names it, and waits for about 3 seconds at most.

# shellcheck disable=SC2154 # helper.bash sets them
load helper
load own_server

# start_soon INTERFACE PORT: does the same as start_server, within 2 seconds.
start_soon() {
    most_seconds=2 start_server "$SERVER" "$1" "$2"
}

end_soon() {
    local pid=$SERVER_PID

    kill -s TERM "$pid" || fail 'the server has ended by itself'
    wait_until 2 process_ended "$pid" ||
        fail 'the server is still there 2 s after SIGTERM'
    SERVER_PID=
}

# reaches HOST: somebody answers there, on the server's port.
reaches() {
    local line

    raw_client -t 3 -h "$1" 'send GET / HTTP/1.1\r\nHost: a\r\n\r\n' answer \
        2>/dev/null && read -r line <"$came" && [[ $line == 'HTTP/1.'?' 200'* ]]
}

# bats test_tags=assignment,program,id:says-where-it-listens
# hint: Try `build/stage1/webserve 127.0.0.1 0 | cat`: when does the line come?
@test "the server says where it listens as soon as it does" {
    start_soon 127.0.0.1 0
    reaches 127.0.0.1 || fail "nobody answers at $URL"
}

# bats test_tags=assignment,program,id:given-port
# hint: Look at `ss -tln`: on which port does it listen? In which order do the bytes of
#   a number go over the network?
@test "the server listens on the port that it is given" {
    local port

    start_soon 127.0.0.1 0
    port=$PORT
    end_soon
    start_soon 127.0.0.1 "$port"
    PORT=$port
    reaches 127.0.0.1 || fail "it was given port $port, and listens at $URL"
}

# bats test_tags=assignment,program,id:given-interface-only
# hint: Look at `ss -tln`: to which address is the socket bound?
@test "the server listens only on the interface that it is given" {
    start_soon 127.0.0.2 0
    reaches 127.0.0.2 || fail 'it does not listen on 127.0.0.2'
    ! reaches 127.0.0.1 || fail 'it was given 127.0.0.2, and also listens on 127.0.0.1'
}

# bats test_tags=ours,id:restart-same-port
# hint: Which socket option is for this? It must be set before bind.
@test "a server can be restarted on the same port at once" {
    local port

    start_soon 127.0.0.1 0
    port=$PORT
    reaches 127.0.0.1
    end_soon
    start_soon 127.0.0.1 "$port"
}

# bats test_tags=ours,id:no-false-listening
# hint: After which call can a client connect? Only then may the line be printed.
@test "a server that cannot listen does not say that it does" {
    # shellcheck disable=SC2034 # those of run_server
    local arguments most_seconds=2 code said

    for arguments in '127.0.0.1 65536' '192.0.2.77 0'; do
        # shellcheck disable=SC2086 # two arguments
        run_server $arguments
        ((code != 124)) || fail "with $arguments, it does not exit"
        ! grep -q 'listening on' "$BATS_TEST_TMPDIR/printed" ||
            fail "it cannot listen with $arguments, but says that it does"
    done
}

# bats test_tags=assignment,program,id:exits-with-1
# hint: Which number does main return? An exit status has eight bits: -1 becomes 255.
@test "a server that cannot have its port exits with status 1" {
    # shellcheck disable=SC2034 # that of run_server
    local most_seconds=2 code port said

    start_soon 127.0.0.1 0
    for port in 65536 "$PORT"; do
        run_server 127.0.0.1 "$port"
        ((code == 1)) || fail 'expected: exit status 1'
    done
}

# bats test_tags=ours,id:sigterm-in-2-seconds
# hint: Which thread waits for the signal?
@test "SIGTERM stops the server within 2 seconds" {
    start_soon 127.0.0.1 0
    reaches 127.0.0.1
    end_soon
}

# bats test_tags=assignment,robustness,id:half-request-let-go
# hint: What does recv return when the client has ended its side, and what does the loop
#   do then?
@test "half a request, and then the end, is closed within 2 seconds" {
    local code=0

    start_soon 127.0.0.1 0
    raw_client -t 2 'send GET / HTTP/1.1\r\nHost: a\r\n' end read ||
        code=$?
    ((code != 3)) || fail "2 s after the client has ended its side, the server \
has neither closed the connection nor answered"
    ! grep -aq '^HTTP/1.[01] 200' "$came" ||
        fail 'expected: the connection is closed, or an error'
}

# bats test_tags=assignment,robustness,id:others-after-one-left
# hint: What ends when one client is lost: the exchange, the thread, or the whole
#   program?
@test "after one client leaves in the middle, others are answered" {
    local way

    start_soon 127.0.0.1 0
    for way in end reset; do
        raw_client -t 1 'send GET / HTTP/1.1\r\n' "$way" 2>/dev/null || true
        reaches 127.0.0.1 || fail "after a client that left in the middle \
($way), nobody is answered"
        pause 0.05
        reaches 127.0.0.1 || fail "after a client that left in the middle \
($way), nobody is answered"
    done
}
