# early.bats - faults that are answered before the request is complete.
# stages: 1 2 3 4 5 6
# bats file_tags=ours
# hint: When can the server know that this is wrong? Must it wait for the rest?

# shellcheck disable=SC2154 # helper.bash sets elapsed
load helper

# assert_at_once CODE REQUEST: a request that goes no further gets its answer.
assert_at_once() {
    in_ms ask "send $2"
    assert_answer "$1"
    ((elapsed < 3000)) || fail "expected: an answer at once; it took $elapsed ms"
}

# bats test_tags=id:tls-hello
@test "the first bytes of TLS get 400 at once" {
    assert_at_once 400 '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'
    assert_at_once 400 '\r\n\x16'
}

# bats test_tags=id:https
@test "an https request fails at once" {
    in_ms run curl -sk -m 10 "https://127.0.0.1:$PORT/"
    ((status != 0 && elapsed < 3000)) || fail "it took $elapsed ms"
}

# bats test_tags=id:early-request-line
@test "a faulty request line gets its answer as soon as it ends" {
    assert_at_once 400 'GET /\r\n'
    assert_at_once 400 'GET / HTTP/1.1\n'
    assert_at_once 400 'GET  / HTTP/1.1\r\n'
    assert_at_once 505 'GET / HTTP/5.6\r\n'
}
