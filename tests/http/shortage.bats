# shortage.bats - no more threads, or no more descriptors.
# stages: 1 2 3 4 5 6

# shellcheck disable=SC2154 # helper.bash sets them
load helper
load own_server

setup() {
    start_server
}

needs_prlimit() {
    command -v prlimit >/dev/null || skip 'there is no prlimit'
    [[ -d /proc/self/fd ]] ||
        skip 'this system cannot limit a process that runs'
    ! grep -q 'lib[at]san' "/proc/$SERVER_PID/maps" ||
        skip 'sanitizers need memory and descriptors of their own'
}

# hold_clients COUNT: so many clients send half of a request, and the rest after
# `answer`. They wait long: a server may wait for each of them to close, and they close
# together.
hold_clients() {
    hold half -c "$1" -t 20 'send GET /p HTTP/1.1\r\n' hold \
        'send Host: a\r\n\r\n' read
    pause 0.2 # the server accepts those that it can
}

# answer COUNT: checks that all of them get their answers.
answer() {
    finish half || fail "expected: an answer for each of $1, but: $(<"$BATS_TEST_TMPDIR/half.said")
$(tail -n 3 "$SERVER_LOG")"
    assert_came "$1" '^HTTP/1.1 200 OK'
}

# bats test_tags=ours,id:no-thread-to-be-had
# hint: pthread_create returns EAGAIN when there can be no more threads. What happens to
#   that client then?
@test "clients are answered even when no more threads can be created" {
    local now

    needs_prlimit
    ask 'send GET /p HTTP/1.1\r\nHost: a\r\n\r\n'
    now=$(awk '/^VmSize:/ { print $2 * 1024 }' "/proc/$SERVER_PID/status")
    prlimit --pid "$SERVER_PID" --as=$((now + 160 * 1048576))
    hold_clients 40
    answer 40
    stop_server
}

# bats test_tags=ours,id:out-of-descriptors
# hint: accept fails with EMFILE when no descriptor is left. That passes. Does your
#   server treat it as the end?
@test "after running out of descriptors, the server goes on" {
    local now

    needs_prlimit
    ask 'send GET /p HTTP/1.1\r\nHost: a\r\n\r\n'
    now=$(find "/proc/$SERVER_PID/fd" -mindepth 1 | wc -l)
    prlimit --pid "$SERVER_PID" --nofile=$((now + 10))
    hold_clients 30
    answer 30
    stop_server
}

cpu_ms() {
    sed 's/.*) //' "/proc/$SERVER_PID/stat" |
        awk -v ticks="$(getconf CLK_TCK)" \
            '{ print int(($12 + $13) * 1000 / ticks) }'
}

# bats test_tags=ours,id:out-of-descriptors-idle
# hint: Which call fails at once while this lasts, and does the loop wait before it
#   tries again?
@test "while out of descriptors, the server uses no processor time" {
    local now before used

    needs_prlimit
    ask 'send GET /p HTTP/1.1\r\nHost: a\r\n\r\n'
    now=$(find "/proc/$SERVER_PID/fd" -mindepth 1 | wc -l)
    prlimit --pid "$SERVER_PID" --nofile=$((now + 5))
    hold_clients 15
    before=$(cpu_ms)
    pause 1
    used=$(($(cpu_ms) - before))
    ((used < 150)) || fail "expected: it waits; in a second it used the processor for $used ms"
    answer 15
    stop_server
}
