# envelope.bats - what every answer has around its content.
# stages: 1 2 3 4 5 6
# hint: Send the request with nc, and look at each line of what comes back.
#
# All other tests accept any answer that a client would understand, so a mistake in here
# turns no other test red. Each test waits for at most 3 seconds.

# shellcheck disable=SC2154 # helper.bash sets them
load helper

get='GET / HTTP/1.1\r\nHost: a\r\n'

# soon STEP...: takes the steps, and says so if that takes more than 3 seconds.
soon() {
    local code=0

    raw_client -t 3 "$@" || code=$?
    ((code != 3)) || fail "after 3 s, the server is still waiting for something"
    return "$code"
}

# assert_status_line LINE: it is the first line of the answer.
assert_status_line() {
    local line

    IFS= read -r line <"$came" || fail 'there is no answer'
    assert_equal "${line%$'\r'}" "$1"
}

# bats test_tags=assignment,answers,id:status-line
# hint: Compare the first line of `curl -i` with RFC 9112, section 4, one
#   character at a time.
@test "an answer begins with HTTP/1.1 or HTTP/1.0, and 200" {
    local line

    soon "send $get\\r\\n" answer
    IFS= read -r line <"$came" || fail 'there is no answer'
    line=${line%$'\r'}
    [[ $line =~ ^HTTP/1\.[01]\ 200\ [[:print:]]*$ ]] ||
        fail "expected: HTTP/1.1 200 OK, not '$line'"
}

# bats test_tags=assignment,answers,id:answer-line-ends
# hint: Look at the head with `curl -si URL | od -c`: what comes before each
#   \n, and what after the last field?
@test "each line of the answer's head ends in CR LF, and an empty line ends it" {
    local line number=0

    soon "send $get\\r\\n" answer
    while IFS= read -r line && [[ $line != $'\r' ]]; do
        number=$((number + 1))
        [[ $line == *$'\r' ]] || fail "line $number of the answer ends in LF \
alone, or the head has no empty line at its end: '$line'"
    done <"$came"
    ((number > 0)) || fail 'the answer has no status line'
    [[ $line == $'\r' ]] || fail 'no empty line ends the head'
}

# bats test_tags=assignment,answers,id:content-length-exact
# hint: Where does the number come from, and does it change with the page?
@test "Content-Length, if there is one, counts the bytes after the head" {
    local path octets value

    for path in / /a/longer/path '/\xc3\xbc' '/<b>' '/?a=1&b=2'; do
        soon "send GET $path HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n" answer ||
            fail 'no whole answer'
        read_answer <"$came"
        find_field Content-Length || continue
        octets=$(sed '1,/^\r*$/d' "$came" | wc -c)
        # They are compared as text: (( )) would run a command that is in the answer.
        [[ $value == "$octets" ]] || fail "Content-Length says $value for $path, \
but $octets bytes came"
    done
}

# bats test_tags=assignment,answers,id:answer-then-close
# hint: Which call closes the socket, and does every way out of the function reach it?
@test "the server closes the connection after its answer" {
    soon "send $get\\r\\n" answer || fail 'there is no answer'
    soon "send $get\\r\\n" read || fail 'the connection stays open after the answer'
}

# bats test_tags=assignment,answers,id:keep-alive
# hint: How many requests do you read from one connection? Each is for exactly one
#   exchange, whatever the client would like.
@test "keep-alive is ignored: the server closes after one answer" {
    soon "send ${get}Connection: keep-alive\\r\\n\\r\\n" read ||
        fail 'the connection stays open after the answer'
    soon 'send GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n' read ||
        fail 'the connection stays open after the answer'
}

# bats test_tags=assignment,answers,id:content-type-html
# hint: How does a browser know that the answer is a page? See Content-Type.
@test "the page has the Content-Type text/html" {
    local value

    soon "send $get\\r\\n" answer
    read_answer <"$came"
    find_field Content-Type || fail 'expected: a field Content-Type'
    [[ ${value,,} =~ ^text/html([\ \;]|$) ]] || fail "expected: text/html, not $value"
}

# bats test_tags=http,answers,id:content-length-or-chunks
# hint: How does a client know that nothing is missing?
@test "an answer to HTTP/1.1 says how long it is" {
    local value

    fetch /
    find_field Content-Length || find_field Transfer-Encoding ||
        fail 'expected: a field Content-Length'
}

# bats test_tags=http,answers,id:connection-close
# hint: How does the client learn that you are going to close? See RFC 9112, section
#   9.6.
@test "an answer says Connection: close" {
    local fields

    for fields in '' 'Connection: keep-alive\r\n'; do
        ask "send $get$fields\\r\\n"
        assert_field Connection close
    done
    ask 'send GET /p HTTP/1.0\r\nConnection: keep-alive\r\n\r\n'
    assert_field Connection close
}

# bats test_tags=http,answers,id:status-phrases
@test "the status line has HTTP/1.1 and the standard phrase for its code" {
    soon "send $get\\r\\n" answer
    assert_status_line 'HTTP/1.1 200 OK'
    soon 'send GET / HTTP/1.1\r\n\r\n' answer
    assert_status_line 'HTTP/1.1 400 Bad Request'
    soon 'send PUT / HTTP/1.1\r\nHost: a\r\n\r\n' answer
    assert_status_line 'HTTP/1.1 501 Not Implemented'
}

# bats test_tags=http,answers,id:date
# hint: Is the Date in GMT, and in the form of RFC 9110, section 5.6.7?
@test "the Date is the current time" {
    local before after date

    before=$(date +%s)
    fetch /
    after=$(date +%s)
    date=$(date -d "$(field Date)" +%s)
    ((before <= date && date <= after)) ||
        fail "expected: a Date of now, not $(field Date)"
    assert_equal "$(LC_ALL=C date -u -d "@$date" '+%a, %d %b %Y %T GMT')" \
        "$(field Date)"
}

# assert_good_head: each line of the answer's head is a field line, no field comes
# twice, and none is Transfer-Encoding. A 5xx may have no Date (RFC 9110, section
# 6.6.1).
assert_good_head() {
    local line name seen='|transfer-encoding|' value

    while IFS= read -r line; do
        [[ $line =~ ^([A-Za-z0-9-]+):\ ([!-~]|[!-~][ -~]*[!-~])$'\r'$ ]] ||
            fail "not a field line: '$line'"
        name=${BASH_REMATCH[1],,}
        [[ $seen != *"|$name|"* ]] || fail "not here, or not twice: $line"
        seen+="$name|"
    done < <(printf '%s' "${head#*$'\n'}")
    [[ $seen == *'|date|'* || $status == 5* ]] || fail 'expected: a Date'
    find_field Content-Length
    assert_equal "${#content}" "$value"
}

# bats test_tags=http,answers,id:answer-fields
# hint: Look at the raw head with curl -i. Does each line end in CR LF, and does any
#   field come twice?
@test "every answer has well-formed header fields, none of them twice" {
    local request

    for request in "$get\\r\\n" 'GET / HTTP/1.0\r\n\r\n' \
        "${get}TE: chunked\\r\\n\\r\\n" 'GET / HTTP/1.1\r\n\r\n' \
        'GET / HTTP/3.0\r\n\r\n' 'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n' \
        "${get}Expect: a-pony\\r\\n\\r\\n" \
        'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\na=1'; do
        ask "send $request"
        assert_good_head
    done
}

# bats test_tags=http,answers,id:escaped-line-end
# hint: Do you put anything that was decoded into a header field? CR and LF must never
#   get there.
@test "an escaped CR LF in a URL adds no header field to the answer" {
    fetch '/%0d%0aX-Split:%20a?b=%0d%0aX-Split:%20a&%0d%0a%0d%0aX-Split:=c'
    assert_equal "$status" 200
    assert_good_head
    [[ $head != *X-Split* ]]
}
