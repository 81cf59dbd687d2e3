# mistakes_post.bats - what many servers get wrong with their first POST.
# stages: 6
# hint: Send the request with nc, in the same pieces, and print what your loop has after
#   each turn. Where does it differ from what you expect?
#
# Each test is about one mistake, names it, and waits for at most 3 seconds.

# shellcheck disable=SC2154 # helper.bash sets them
load helper

# soon STEP...: does the same as ask, within 3 seconds.
soon() {
    local code=0

    raw_client -t 3 "$@" answer || code=$?
    ((code != 3)) || fail "after 3 s, the server is still waiting for something"
    ((code == 0)) || fail 'no whole answer came'
    take_answer
}

# bats test_tags=assignment,post-data,id:content-length-small-letters
# hint: Field names mean the same in any case. What compares them in your code?
@test "a POST is read however content-length is capitalized" {
    local name

    for name in Content-Length content-length CONTENT-LENGTH; do
        soon "send POST / HTTP/1.1\\r\\nHost: a\\r\\n$name: 3\\r\\n\\r\\na=1"
        assert_pairs 'key=a; value=1'
    done
}

# bats test_tags=assignment,post-data,id:post-three-pieces
@test "a POST in three pieces is answered as soon as the last has come" {
    soon 'send POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\na=1' \
        'pause 50' 'send &b' 'pause 50' 'send =2'
    assert_pairs 'key=a; value=1' 'key=b; value=2'
}

# look_at_code: if anything came, it is not a page.
look_at_code() {
    [[ -s $came ]] || return 0
    take_answer
    [[ $status == [45]* ]] || fail 'expected: the connection is closed, or an error'
}

# bats test_tags=assignment,robustness,id:content-then-end
# hint: What does the loop do when recv returns 0 or -1?
@test "half of the content, and then the end, gets a close or an error" {
    local code=0

    raw_client -t 3 'send POST / HTTP/1.1\r\n' 'send Host: a\r\nContent-Length: 7\r\n\r\na=1' end read || code=$?
    ((code != 3)) || fail "3 s after the client has ended its side, the server \
has neither closed the connection nor answered"
    look_at_code
}

# bats test_tags=assignment,post-data,id:post-nothing-awaited
@test "a POST without content is answered at once" {
    soon 'send POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n'
    assert_equal "$status" 200
    soon 'send POST / HTTP/1.1\r\nHost: a\r\n\r\n' # 411 is right as well
}
