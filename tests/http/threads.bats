# threads.bats - many clients at once.
# stages: 1 2 3 4 5 6
# hint: While one client is slow, who accepts the next one? And does each thread have
#   its own variables?

# shellcheck disable=SC2034,SC2154 # helper.bash reads hand, and sets came
load helper

ASK_BY_HAND='curl -i --max-time 3 http://127.0.0.1:8080/'

# bats test_tags=assignment,threads,id:100-half-sent
# hint: While one client is slow, who accepts the next one? Do you wait for a thread
#   (join it) right after you have started it?
@test "100 half-sent requests do not delay another client" {
    local best=9999 elapsed
    hand="(printf 'GET / HTTP/1.1\\r\\n'; sleep 9) | nc 127.0.0.1 8080 & sleep 1; $ASK_BY_HAND"

    hold half -c 100 -t 20 'send GET /half HTTP/1.1\r\n' hold \
        'send Host: a\r\n\r\n' answer
    for _ in 1 2 3; do
        in_ms ask 'send GET /p HTTP/1.1\r\nHost: a\r\n\r\n'
        assert_hello /p
        ((elapsed > best)) || best=$elapsed
    done
    finish half
    ((best < 500)) ||
        fail "expected: an answer within 0.5 s; the fastest of 3 took $best ms"
    assert_came 100 'HTTP/1.[01] 200'
}

# bats test_tags=assignment,threads,id:silent-client
# hint: Who waits in recv for a silent client, and who accepts meanwhile?
@test "a silent client does not delay another client" {
    hand="sleep 9 | nc 127.0.0.1 8080 & sleep 2; $ASK_BY_HAND"

    hold silent hold
    raw_client -t 3 'send GET /p HTTP/1.1\r\nHost: a\r\n\r\n' answer ||
        fail 'expected: an answer within 3 s, although another client is silent'
    take_answer
    assert_hello /p
    finish silent
}

# bats test_tags=assignment,threads,id:1000-connections
# hint: Do two threads use the same variable: a static buffer, or a variable of the loop
#   whose address they got?
@test "1,000 connections at once each get their own answer" {
    ulimit -n hard
    raw_client -c 1000 -t 20 'send GET /number/\# HTTP' \
        'send /1.1\r\nHost: a\r\n\r\n' answer
    assert_came 1000 'HTTP/1.[01] 200'
    if grep -aq 'hello, .*/number/' "$came"; then # what a page has to show: page.bats
        assert_equal "$(bare_hellos <"$came" |
            grep -ao 'hello, /number/[0-9]*' | uniq)" \
            "$(printf 'hello, /number/%d\n' {0..999})"
    fi
}

# bats test_tags=assignment,threads,id:20-curls
@test "20 curls at once get their answers" {
    note "$BATS_TEST_TMPDIR/codes" curl --parallel 'http://127.0.0.1:8080/[1-20]'
    curl -q -sS --noproxy '*' --parallel --parallel-max 20 --max-time 10 \
        -w '%{http_code}\n' "$URL/[1-20]" -o "$BATS_TEST_TMPDIR/page#1" \
        >"$BATS_TEST_TMPDIR/codes" 2>"$BATS_TEST_TMPDIR/progress" 3>&-
    assert_equal "$(sort "$BATS_TEST_TMPDIR/codes" | uniq -c | tr -s ' ')" \
        ' 20 200'
}
