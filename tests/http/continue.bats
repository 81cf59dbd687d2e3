# continue.bats - Expect: 100-continue.
# stages: 6
# hint: When do you send the 100? It belongs after the head is checked and before the
#   content is read, and only if the client asked and has sent none of it yet.

# shellcheck disable=SC2154 # helper.bash sets them
load helper

post='POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n'

# bats test_tags=http,post-data,id:continue-then-answer
@test "a client that waits for a 100 gets one, and then its answer" {
    ask_after_100 "send ${post}Content-Length: 3\\r\\n\\r\\n" 'send a=1'
    assert_pairs 'key=a; value=1'
}

# bats test_tags=http,post-data,id:continue-chunks
@test "a client that will send chunks gets its 100" {
    ask_after_100 "send ${post}Transfer-Encoding: chunked\\r\\n\\r\\n" \
        'send 3\r\na=1\r\n0\r\n\r\n'
    assert_pairs 'key=a; value=1'
}

# bats test_tags=http,post-data,id:continue-spellings
@test "100-continue is recognized in any case, in a list, and twice" {
    local fields

    for fields in 'EXPECT: 100-Continue' 'Expect: , 100-continue,' \
        'Expect: 100-continue, 100-continue' \
        'Expect: 100-continue\r\nExpect: 100-continue'; do
        ask_after_100 "send POST / HTTP/1.1\\r\\nHost: a\\r\\n$fields\\r\\n\
Content-Length: 3\\r\\n\\r\\n" 'send a=1'
        assert_pairs 'key=a; value=1'
    done
}

# bats test_tags=http,post-data,id:continue-not-asked
@test "a client that did not ask for a 100 gets none" {
    raw_client 'send POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n' \
        'silence 50' 'send a=1' 'until HTTP/1.1 200'
}

# bats test_tags=http,post-data,id:continue-content-came
@test "a client that has already sent content gets no 100" {
    ask "send ${post}Content-Length: 3\\r\\n\\r\\na" 'silence 50' 'send =1'
    assert_pairs 'key=a; value=1'
}

# bats test_tags=http,post-data,id:continue-no-content
@test "a client without content gets no 100" {
    ask "send ${post}Content-Length: 0\\r\\n\\r\\n"
    assert_answer 200
    ask "send ${post}\\r\\n"
    assert_answer 200
}

# bats test_tags=http,post-data,id:continue-http10
@test "an HTTP/1.0 client gets no 100" {
    ask 'send POST / HTTP/1.0\r\nExpect: 100-continue\r\n' \
        'send Content-Length: 3\r\n\r\n' 'silence 50' 'send a=1'
    assert_pairs 'key=a; value=1'
}

# bats test_tags=http,post-data,id:continue-refused
@test "a client whose content is refused gets the refusal instead of a 100" {
    ask "send ${post}Content-Length: 16777217\\r\\n\\r\\n"
    assert_answer 413
    ask "send ${post}Content-Type: text/plain\\r\\nContent-Length: 3\\r\\n\\r\\n"
    assert_answer 415
}

# bats test_tags=http,requests,id:continue-get
# hint: Does your server wait for content that it will not read? Only POST has content.
@test "a GET or HEAD with content gets no 100" {
    ask 'send GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n' \
        'send Content-Length: 3\r\n\r\n'
    assert_answer 200
    ask_head 'send HEAD / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n' \
        'send Content-Length: 3\r\n\r\n'
    assert_answer 200
}

# bats test_tags=http,post-data,id:continue-curl
@test "curl waits for its 100 and gets its answer" {
    local data

    data=$(printf 'a=%01100000d' 7)
    came=$BATS_TEST_TMPDIR/answer
    note "$came" curl -v -H 'Expect: 100-continue' \
        -d "a=$(printf '%0999d' 7)" http://127.0.0.1:8080/
    curl -q -sS -v --noproxy '*' -o "$came" \
        --max-time "$patience" --expect100-timeout 15 -H 'Expect: 100-continue' -d @- "$URL/" \
        <<<"$data" 2>"$BATS_TEST_TMPDIR/notes" 3>&-
    grep -q '< HTTP/1.1 100 Continue' "$BATS_TEST_TMPDIR/notes" ||
        fail "expected: HTTP/1.1 100 Continue first, but curl says:
$(grep '^< HTTP' "$BATS_TEST_TMPDIR/notes" || echo 'no answer')"
    status=200 assert_lines "key=a; value=${data#a=}; " "$(pairs)"
}
