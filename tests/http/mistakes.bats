# mistakes.bats - what many first servers get wrong, each by itself.
# stages: 1 2 3 4 5 6
# hint: The title says what should be so. Send the request with nc, and look at
#   each line of what comes back.
#
# Other files hold most of this too, as a part of something larger. Here each
# test is about one mistake, says it, and waits for no more than 3 seconds.

# shellcheck disable=SC2154 # helper.bash sets them
load helper

setup_file() {
    start_server
}

teardown_file() {
    stop_server
}

get='GET / HTTP/1.1\r\nHost: a\r\n\r\n'

# soon STEP...: takes the steps, and says so if that takes more than 3 seconds.
soon() {
    local code=0

    raw_client -t 3 "$@" || code=$?
    ((code != 3)) || fail "after 3 s, the server is still waiting for something"
    return "$code"
}

# bats test_tags=contract,requests,id:answer-at-once
# hint: What is the server waiting for, when the empty line has come?
@test "an answer comes as soon as the request is whole" {
    soon "send $get" 'until \r\n\r\n'
    soon 'send GET / HT' 'pause 50' 'send TP/1.1\r\nHost: a\r\n' 'pause 50' \
        'send \r\n' 'until \r\n\r\n'
}

# bats test_tags=contract,answers,id:answer-then-close
# hint: Which call closes the socket, and does every way through the code
#   reach it?
@test "the connection is closed behind the answer" {
    soon "send $get" 'until \r\n\r\n' || fail 'there is no answer'
    soon "send $get" read || fail 'the connection stays open behind the answer'
}

# bats test_tags=contract,answers,id:answer-line-ends
# hint: Look at the head with `curl -si URL | od -c`: what stands before each
#   \n, and what behind the last field?
@test "each line of an answer's head ends in CR LF, and an empty line ends it" {
    local line number=0

    soon "send $get" read
    while IFS= read -r line && [[ $line != $'\r' ]]; do
        number=$((number + 1))
        [[ $line == *$'\r' ]] || fail "line $number of the answer ends in LF \
alone, or the head has no empty line at its end: '$line'"
    done <"$came"
    ((number > 0)) || fail 'the answer has no status line'
    [[ $line == $'\r' ]] || fail 'no empty line ends the head'
}

# assert_status_line LINE: of the answer.
assert_status_line() {
    local line

    IFS= read -r line <"$came" || fail 'there is no answer'
    assert_equal "${line%$'\r'}" "$1"
}

# bats test_tags=contract,answers,id:status-line
# hint: Compare the first line of `curl -i` with RFC 9112, section 4, one
#   character at a time.
@test "the status line says HTTP/1.1, the code, and the phrase of that code" {
    soon "send $get" read
    assert_status_line 'HTTP/1.1 200 OK'
    soon 'send GET / HTTP/1.1\r\n\r\n' read
    assert_status_line 'HTTP/1.1 400 Bad Request'
    soon 'send PUT / HTTP/1.1\r\nHost: a\r\n\r\n' read
    assert_status_line 'HTTP/1.1 501 Not Implemented'
}

# bats test_tags=contract,answers,id:content-length-exact
# hint: Where does the number come from, and does it change with the page?
@test "Content-Length is the number of octets behind the head" {
    local path octets length

    for path in / /a/longer/path '/\xc3\xbc' '/<b>' '/?a=1&b=2'; do
        soon "send GET $path HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n" read ||
            fail 'no whole answer'
        read_answer <"$came"
        length=$(field Content-Length) || fail 'there is no Content-Length'
        octets=${#content}
        # As texts: (( )) would run a command that stands in the answer.
        [[ $length == "$octets" ]] || fail "Content-Length says $length for $path, \
but $octets octets came"
    done
}

# bats test_tags=contract,errors,id:fault-one-answer
# hint: Is something sent before it is known that the request is good?
@test "a request with a fault gets one answer, that of the fault, and no 200" {
    soon 'send GET / HTTP/1.1\r\nno colon\r\n\r\n' read
    assert_equal "$(grep -ao '^HTTP/1.1 [0-9]*' "$came")" 'HTTP/1.1 400'
}
