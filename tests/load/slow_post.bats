# slow_post.bats - slow clients of a server that reads content.
# stages: 6
#
# SERVER_HASTY allows 600 ms, and at most 1.5 s.

# shellcheck disable=SC2154 # helper.bash sets came
export shared_server=$SERVER_HASTY
load ../http/helper
load held

# bats test_tags=id:load-dripping-content
@test "content that drips in gets 408 in time" {
    local elapsed
    mapfile -t steps < <(drip a)
    in_ms ask 'send POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999\r\n\r\n' \
        "${steps[@]}"
    assert_answer 408
    ((elapsed < 2500)) || fail "it took $elapsed ms"
}

# bats test_tags=id:load-endless-chunks
@test "endless chunks get 413, and chunks that drip in get 408" {
    local chunk
    printf -v chunk '10000\\r\\n%065536d\\r\\n' 0
    ask 'send POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n' \
        "repeat 300 $chunk"
    assert_answer 413
    mapfile -t steps < <(drip '1\r\na\r\n')
    ask 'send POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n' \
        "${steps[@]}"
    assert_answer 408
}

# bats test_tags=id:load-12-mb-never-read
@test "a client that never reads its 12 MB is cut off; others are served meanwhile" {
    local before
    before=$(server_descriptors)
    # This is more than the kernel holds for it, and not much more: 1.5 s are short
    # where memory is slow to get.
    hold deaf -c 1 \
        'send POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 12000000\r\n\r\n' \
        'repeat 12000000 a' hold
    ask 'send GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    assert_equal "$status" 200
    wait_until 10 threads_are_at_most 18
    wait_until 10 descriptors_are_at_most "$before" ||
        fail "$(server_descriptors) descriptors are open"
    finish deaf || true
}

# bats test_tags=id:load-8-mb-slow-reader
@test "an answer of 8 MB reaches a slow reader" {
    raw_client 'send POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n' \
        'repeat 8000000 a' 'take 100' 'pause 300' 'take 1000000' 'pause 300' \
        read
    assert_equal "$(tail -c 8 "$came")" '</html>'
    (($(wc -c <"$came") > 8000000))
}

# bats test_tags=id:load-huge-length
@test "announcing 1 GiB, or 2^64 bytes, gets 413 at once" {
    local length elapsed
    for length in 1073741824 18446744073709551616; do
        in_ms ask "send POST / HTTP/1.1\r\nHost: a\r\nContent-Length: $length\r\n\r\n"
        assert_answer 413
        ((elapsed < 3000)) || fail "it took $elapsed ms"
    done
}
