# slow.bats - clients that send or read so slowly that they never finish.
# stages: 1 2 3 4 5 6
#
# SERVER_HASTY allows 600 ms, and at most 1.5 s. It drains for at most 10 s, until
# nothing comes for 300 ms. What only stage 6 reads is in slow_post.bats.

# shellcheck disable=SC2154 # helper.bash sets content
export shared_server=$SERVER_HASTY
load ../http/helper
load held

# The query has only empty values, and is nearly as long as a request line may be. In
# the stages that show it, the page is 12 times as long. The others have one page.
large_get=('send GET /large?' 'repeat 32700 a&'
    'send  HTTP/1.1\r\nHost: a\r\n\r\n')

shows_queries() {
    [[ $STAGE == [156] ]]
}

# bats test_tags=id:load-dripping-head
@test "a head that drips in gets 408 in time" {
    local elapsed
    mapfile -t steps < <(drip a)
    in_ms ask 'send GET /' "${steps[@]}"
    assert_answer 408
    ((elapsed < 2500)) || fail "it took $elapsed ms"
    mapfile -t steps < <(drip 'a: b\r\n')
    in_ms ask 'send GET / HTTP/1.1\r\nHost: a\r\n' "${steps[@]}"
    assert_answer 408
    ((elapsed < 2500)) || fail "it took $elapsed ms"
}

# bats test_tags=id:load-answer-despite-drip
@test "an answer arrives although content is still dripping in" {
    local request
    mapfile -t steps < <(drip a)
    for request in 'PUT /' 'GET /'; do
        ask "send $request HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 999\\r\\n\\r\\n" \
            "${steps[@]}"
        [[ $request == PUT* ]] || assert_answer 200
        [[ $request == GET* ]] || assert_answer 501
    done
}

# bats test_tags=id:load-never-read
@test "clients that never read are cut off, and others are served meanwhile" {
    local before
    ask "${large_get[@]}"
    assert_answer 200
    ! shows_queries || ((${#content} > 800000))
    before=$(server_descriptors)
    hold deaf -c 20 -s "${large_get[@]}" hold
    ask 'send GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    assert_equal "$status" 200
    wait_until 10 threads_are_at_most 18
    wait_until 10 descriptors_are_at_most "$before" ||
        fail "$(server_descriptors) descriptors are open"
    finish deaf || true
    # the last 20 of them; a smaller page fits the smallest buffer
    ! shows_queries || wait_until 5 were_cut_off 20 ||
        fail "$(tail -n 3 "$SERVER_LOG")"
}

# were_cut_off COUNT: so many large answers were not sent whole.
were_cut_off() {
    (($(grep -a 'GET /large' "$SERVER_LOG" | awk '$NF < 800000' | wc -l) == $1))
}

# bats test_tags=id:load-slow-reader
@test "a large answer reaches a slow reader" {
    raw_client -s "${large_get[@]}" 'take 100' 'pause 100' 'take 1000' \
        'pause 100' read
    take_answer
    assert_answer 200 '</html>'
    ! shows_queries || ((${#content} > 800000))
}

# bats test_tags=id:load-slowhttptest
@test "slowhttptest does not keep other clients out" {
    local kind pid said
    command -v slowhttptest >/dev/null || skip 'slowhttptest is not installed'
    for kind in -H -B; do
        said=$BATS_TEST_TMPDIR/slow$kind
        slowhttptest "$kind" -c 500 -r 500 -i 1 -l 4 -u "$URL/" \
            >"$said" 2>&1 3>&- &
        pid=$!
        for _ in {1..10}; do
            ask 'send GET / HTTP/1.1\r\nHost: a\r\n\r\n' 'pause 200'
            assert_equal "$status" 200
        done
        wait "$pid" || true
        grep -aq 'service available: *.*YES' "$said" ||
            fail "it never found the server: $(tail "$said")"
        ! grep -aq 'service available: *.*NO' "$said" ||
            fail "it did not find the server: $(grep -a available "$said")"
    done
}
