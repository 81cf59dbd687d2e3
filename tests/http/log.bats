# log.bats - the access log.
# stages: 1 2 3 4 5 6
# bats file_tags=ours
# hint: Look at the server's standard error while you ask it with curl. What is missing?

# shellcheck disable=SC2030,SC2031,SC2034,SC2154 # helper.bash sets them
load helper
load own_server

setup() {
    start_server
}

has_lines() {
    (($(wc -l <"$SERVER_LOG") >= $1))
}

# logged [COUNT]: waits for so many lines (a line comes after the client is done), stops
# the server, and sets log to what it wrote. The default is 1.
logged() {
    wait_until 5 has_lines "${1:-1}" || true
    stop_server
    log=$(<"$SERVER_LOG")
}

# assert_logged REQUEST_LINE CODE: the last line has both.
assert_logged() {
    local line=${log##*$'\n'} time='[0-3][0-9]/[A-Z][a-z][a-z]/20[0-9]{2}'

    time+=':[0-2][0-9]:[0-5][0-9]:[0-6][0-9] [+-][0-9]{4}'
    [[ $line =~ ^'127.0.0.1 - - ['$time'] "'(.*)'" '([0-9]+|-)' '([0-9]+|-)$ ]] ||
        fail "not in the Common Log Format: $line"
    assert_equal "${BASH_REMATCH[1]}" "$1"
    assert_equal "${BASH_REMATCH[2]}" "$2"
    logged_octets=${BASH_REMATCH[3]}
}

# bats test_tags=id:log-format
@test "a request is logged in the Common Log Format, with its number of bytes" {
    ask 'send GET /p?a=b HTTP/1.1\r\nHost: a\r\n\r\n'
    logged
    assert_logged 'GET /p?a=b HTTP/1.1' 200
    assert_equal "$logged_octets" "${#content}"
    assert_equal "$(wc -l <"$SERVER_LOG")" 1
}

# bats test_tags=id:log-error
@test "an error is logged with its status code" {
    ask 'send PUT / HTTP/1.1\r\nHost: a\r\n\r\n'
    logged
    assert_logged 'PUT / HTTP/1.1' 501
}

# bats test_tags=id:log-each-request
@test "each request gets a line in the log" {
    raw_client -c 50 'send GET /\# HTTP/1.1\r\nHost: a\r\n\r\n' read
    logged 50
    assert_equal "$(grep -o 'GET /[0-9]* HTTP/1.1" 200' <<<"$log" | sort -u |
        wc -l)" 50
    assert_equal "$(wc -l <"$SERVER_LOG")" 50
}

# bats test_tags=id:log-escapes
@test "quotes, backslashes, controls and non-ASCII bytes are escaped in the log" {
    ask 'send GET /"\\\x01\x7f\xc3\xbc\t\x1b[1m HTTP/1.1\r\nHost: a\r\n\r\n'
    logged
    log=${log^^} # \xHH in capitals or not
    [[ $log == *'"GET /\"\\\X01\X7F\XC3\XBC\X09\X1B[1M HTTP/1.1" 400 '* ]]
}

# bats test_tags=id:log-no-forged-line
@test "a request cannot add a line of its own to the log" {
    ask 'send GET /\r127.0.0.1 - - HTTP/1.1\r\nHost: a\r\n\r\n'
    logged
    assert_equal "$(wc -l <"$SERVER_LOG")" 1
    assert_equal "$(tr -d '[:print:]\n' <"$SERVER_LOG")" ''
}

# bats test_tags=id:log-long-line
@test "a long line is cut at 4,000 bytes, and ends in ..." {
    ask 'send GET /' 'repeat 10000 a' 'send  HTTP/1.1\r\nHost: a\r\n\r\n'
    logged
    ((${#log} < 4000 && ${#log} > 3900)) || fail "${#log} bytes"
    [[ $log == *'aaaa..." 200 '* ]]
}

# bats test_tags=id:log-long-escapes
@test "a long line of escapes is cut between two of them" {
    ask 'send GET /' 'repeat 10000 "' 'send  HTTP/1.1\r\nHost: a\r\n\r\n'
    logged
    ((${#log} < 4000 && ${#log} > 3900)) || fail "${#log} bytes"
    [[ $log =~ 'GET /'(\\\")+'..." 200 '[0-9]+$ ]]
}

# bats test_tags=id:log-client-left
@test "a client that leaves in the middle is logged" {
    raw_client 'send GET /half HTTP/1.1\r\n' end read
    logged
    assert_equal "$(wc -l <"$SERVER_LOG")" 1
    [[ $log == '127.0.0.1 - - ['*'GET /half'* ]]
}

# bats test_tags=id:log-reader-gone
@test "the server goes on when nobody reads its log" {
    start_with_pipe
    exec {reader}<&-
    for _ in 1 2 3; do
        ask 'send GET /p HTTP/1.1\r\nHost: a\r\n\r\n'
        assert_hello /p
    done
    stop_server
}

# start_with_pipe: starts the server with a pipe for its log, and a reader for the pipe.
start_with_pipe() {
    kill_server
    mkfifo "$BATS_TEST_TMPDIR/pipe"
    exec {reader}<>"$BATS_TEST_TMPDIR/pipe"
    log_to=$BATS_TEST_TMPDIR/pipe start_server
}

threads() {
    find "/proc/$SERVER_PID/task" -mindepth 1 -maxdepth 1 | wc -l
}

# bats test_tags=id:log-reader-stalls
# hint: If writing to the log blocks, who else waits?
@test "a log that nobody reads delays no client, no thread and no stop" {
    local elapsed

    [[ -d /proc/self/task ]] || skip 'there is no /proc'
    start_with_pipe
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        raw_client -c 400 'send GET / HTTP/1.1\r\nHost: a\r\n\r\n' read
        assert_came 400 '^HTTP/1.1 200'
    done
    (($(threads) < 20)) || fail "expected: few threads; there are $(threads)"
    in_ms stop_server
    ((elapsed < 1500)) || fail "expected: it stops at once; it took $elapsed ms"
    timeout 1 cat <&"$reader" >"$BATS_TEST_TMPDIR/read" || true
    exec {reader}<&-
    head -n 1 "$BATS_TEST_TMPDIR/read" | grep -q '"GET / HTTP/1.1" 200'
}
