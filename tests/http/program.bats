# program.bats - the command line, and where the server listens.
# stages: 1 2 3 4 5 6
# hint: Start the program by hand with these arguments. What does it print, on which of
#   its two outputs, and what is $? afterward?

# shellcheck disable=SC2154 # run_server sets code and said
load helper
load own_server

# assert_one_sentence CODE FRAGMENT...: the server exited with this status, wrote one
# sentence to standard error that has one of the fragments, and printed nothing.
assert_one_sentence() {
    local fragment found=

    for fragment in "${@:2}"; do
        [[ $said != *"$fragment"* ]] || found=1
    done
    [[ $code == "$1" && -n $found && -n $said && $said != *$'\n'* &&
        ! -s $BATS_TEST_TMPDIR/printed ]] ||
        fail "expected: exit status $1, nothing on standard output, and on \
standard error one line, which says what is wrong; in it: $(
            printf "%s" "'$2'"
            printf " or '%s'" "${@:3}"
        )"
}

# bats test_tags=ours,id:help
@test "--help prints the usage and exits with 0" {
    run_server --help
    assert_equal "$code" 0
    assert_equal "$said" ''
    grep -q 'INTERFACE.*PORT' "$BATS_TEST_TMPDIR/printed" ||
        fail 'expected: INTERFACE and PORT in what it prints'
}

# bats test_tags=ours,id:wrong-usage
@test "a wrong command line prints the usage as an error and exits with 2" {
    local arguments

    for arguments in '127.0.0.1 0 more' '--nonsense' '-x'; do
        # shellcheck disable=SC2086 # several arguments
        run_server $arguments
        assert_equal "$code" 2
        [[ $said == *INTERFACE*PORT* ]] ||
            fail 'expected: INTERFACE and PORT in what it says on standard error'
    done
}

# bats test_tags=ours,id:bad-port
@test "a bad port is reported in one sentence, with exit status 1" {
    local port

    for port in http 65536 '' 80x ' 80' 4294967376; do
        run_server 127.0.0.1 "$port"
        assert_one_sentence 1 "${port:-port}" port Port service Servname
    done
}

# bats test_tags=ours,id:bad-interface
@test "a bad interface is reported in one sentence, with exit status 1" {
    run_server 256.1.1.1 0
    assert_one_sentence 1 256.1.1.1 known
    run_server 192.0.2.77 0
    assert_one_sentence 1 192.0.2.77 'assign requested address'
    run_server no.such.host.invalid 0
    assert_one_sentence 1 no.such.host.invalid known resol
}

# bats test_tags=ours,id:interface-empty
# hint: An unset shell variable makes an empty argument. Would you want to listen on
#   every interface then?
@test "an empty interface, or *, is an error that suggests 0.0.0.0 and ::" {
    local interface

    for interface in '' '*'; do
        run_server "$interface" 0
        assert_one_sentence 1 '0.0.0.0 (IPv4) or :: (IPv6)'
    done
}

# bats test_tags=ours,id:port-in-use
@test "a port in use is reported in one sentence, with exit status 1" {
    start_server
    # shellcheck disable=SC2153 # start_server sets PORT
    run_server 127.0.0.1 "$PORT"
    assert_one_sentence 1 "$PORT" 'in use'
    stop_server
}

# bats test_tags=assignment,program,id:port-0
# hint: Which function tells you which port you got? Is the line flushed?
@test "port 0 takes a free port, and the line that is printed names it" {
    start_server
    note "$SERVER_OUT" run "$SERVER" 127.0.0.1 0
    [[ $(<"$SERVER_OUT") == *"listening on http://127.0.0.1:$PORT/" &&
        $(wc -l <"$SERVER_OUT") == 1 ]] ||
        fail "expected: one line, NAME: listening on http://127.0.0.1:$PORT/"
    ((PORT > 0 && PORT < 65536)) || fail "expected: a port, not $PORT"
    fetch /
    assert_equal "$status" 200
    stop_server
}

# bats test_tags=ours,id:port-reused
# hint: A port stays taken for a while after its server has ended. Which socket option
#   lets you have it anyway?
@test "a server takes its port right after another server has ended" {
    start_server
    fetch /
    stop_server
    start_server "$SERVER" 127.0.0.1 "$PORT"
    fetch /
    assert_equal "$status" 200
    stop_server
}

# bats test_tags=ours,id:interface-name
@test "the interface may be a name" {
    start_server "$SERVER" localhost
    fetch /
    assert_equal "$status" 200
    stop_server
}

# bats test_tags=ours,id:ipv6
@test "on ::1, the server answers by IPv6 (skipped without IPv6)" {
    if ! grep -qs '^00000000000000000000000000000001 ' /proc/net/if_inet6; then
        echo '# left out: this machine has no ::1' >&3
        return
    fi
    start_server "$SERVER" ::1
    [[ $URL == 'http://[::1]:'* ]] ||
        fail "expected: listening on http://[::1]:PORT/, not $URL"
    fetch /
    assert_equal "$status" 200
    stop_server
}

# bats test_tags=ours,id:log-ipv6
# hint: Which function writes the client's address for the log? inet_ntop knows both
#   families.
@test "a client from ::1 is logged as ::1 (skipped without IPv6)" {
    if ! grep -qs '^00000000000000000000000000000001 ' /proc/net/if_inet6; then
        echo '# left out: this machine has no ::1' >&3
        return
    fi
    start_server "$SERVER" ::1
    fetch /
    wait_until 5 test -s "$SERVER_LOG" || true
    stop_server
    [[ $(<"$SERVER_LOG") == '::1 - - ['* ]]
}

# bats test_tags=ours,id:streams-closed
# hint: accept returns the lowest free descriptor. Which one is that if 2 is closed?
@test "with standard error closed, the log goes into no answer" {
    cat >"$BATS_TEST_TMPDIR/start" <<END
#!/bin/sh
exec '$SERVER' "\$@" 0<&- 2>&-
END
    chmod +x "$BATS_TEST_TMPDIR/start"
    start_server "$BATS_TEST_TMPDIR/start"
    hold slow 'send GET / HTTP/1.1\r\n' hold 'send Host: a\r\n\r\n' read
    for _ in 1 2 3 4; do
        ask 'send GET /b HTTP/1.1\r\nHost: a\r\n\r\n'
    done
    finish slow
    assert_equal "$(head -n 1 "$came")" $'HTTP/1.1 200 OK\r'
    stop_server
}

# bats test_tags=ours,id:own-messages
# hint: What does the message begin with? It is the way the server was started or, in a
#   portable build, its name.
@test "messages begin with the program's name, and name both arguments" {
    start_server
    [[ $(<"$SERVER_OUT") =~ ^("$SERVER"|webserve)": listening on "[^\ ]*/$ ]] ||
        fail "expected: $SERVER: listening on $URL/, not $(<"$SERVER_OUT")"
    run_server 127.0.0.1 "$PORT"
    [[ $said =~ ^("$SERVER"|webserve)": cannot listen on interface '127.0.0.1', port '$PORT': " ]] ||
        fail "expected: cannot listen on interface '127.0.0.1', port '$PORT'"
}

# run_limited LIMIT VALUE: does the same as run_server, with a limit set by ulimit.
run_limited() {
    code=0
    # shellcheck disable=SC2016 # for the inner shell
    timeout -k 1 5 bash -c 'ulimit "$1" "$2"; exec "$3" 127.0.0.1 0' _ "$@" "$SERVER" \
        >"$BATS_TEST_TMPDIR/printed" 2>"$BATS_TEST_TMPDIR/said" 3>&- || code=$?
    said=$(<"$BATS_TEST_TMPDIR/said")
}

# bats test_tags=ours,id:no-descriptor-at-start
# hint: The listening socket takes a descriptor. Is there one left for a client?
@test "without a descriptor for a client, it says so and exits with 1" {
    run_limited -n 4
    assert_one_sentence 1 'cannot accept even one client: Too many open files'
}

# bats test_tags=ours,id:no-thread-at-start
# hint: pthread_create returns its error. Which call does your message name?
@test "without memory for a thread, it says so and exits with 1" {
    ! grep -aq '__asan_\|__tsan_' "$SERVER" || skip 'sanitizers need more memory'
    run_limited -v 9000
    assert_one_sentence 1 'cannot create a thread'
}

# bats test_tags=ours,id:inherited-descriptors
# hint: How many descriptors are already open when the server starts? Clients cannot
#   have those.
@test "with 40 of 64 descriptors inherited, half-sent requests block nobody" {
    local elapsed

    cat >"$BATS_TEST_TMPDIR/start" <<END
#!/usr/bin/env bash
for _ in {1..40}; do
    exec {inherited}</dev/null
done
ulimit -n 64
exec '$SERVER' "\$@"
END
    chmod +x "$BATS_TEST_TMPDIR/start"
    start_server "$BATS_TEST_TMPDIR/start"
    hold half -c 60 'send GET /p HTTP/1.1\r\n' hold
    in_ms ask 'send GET /p HTTP/1.1\r\nHost: a\r\n\r\n'
    assert_equal "$status" 200
    ((elapsed < 6000)) || fail "expected: an answer soon; it took $elapsed ms"
    stop_server
}
