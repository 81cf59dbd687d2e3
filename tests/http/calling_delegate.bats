# calling_delegate.bats - what delegate is called with, and what happens to its answer.
# SERVER_STAND_IN calls the delegate in stand_in_delegate.c instead of its own.
# stages: 2 3 4 5 6
# hint: Let the first line of delegate print its arguments to standard error. Is it
#   called, by its name, for each request?

# shellcheck disable=SC2154 # helper.bash sets them
export shared_server=$SERVER_STAND_IN
load helper
load calling

# bats test_tags=assignment,handle_connection,id:called-for-get
@test "a GET calls delegate with GET and the path" {
    call '/called/some/path?name=test'
    assert_called request_type=GET
    assert_called path=/called/some/path
}

# bats test_tags=assignment,handle_connection,id:called-with-query
# hint: The query is the part of the URL after the `?`. Is it parsed before delegate is
#   called, and are names and values decoded?
@test "delegate gets the pairs of the query, decoded and in order" {
    call '/called?name=test&name=two+words&blah=1%2B1'
    assert_called get_data=3 'get_data name=test' 'get_data name=two%20words' \
        'get_data blah=1+1'
}

# bats test_tags=assignment,handle_connection,id:called-without-data
# hint: What does delegate get if the URL has no `?`, or if the request is not a POST?
#   NULL means that there is no such data.
@test "without a query and POST data, delegate gets NULL for both" {
    call /called
    assert_called get_data=NULL
    assert_called post_data=NULL
}

# bats test_tags=ours,id:called-with-bare-question-mark
@test "for a bare ?, delegate gets an empty form" {
    call / --request-target '/called?' # curl 8.14 leaves a bare ? out of a URL
    assert_called get_data=0
}

# bats test_tags=assignment,handle_connection,id:called-with-fields
# hint: Where does the value of a field begin, and where does it end? Only the first
#   colon of a line ends the name; the value may have others.
@test "delegate gets all header fields, in order and whole" {
    call /called -H 'X-First: one' -H 'X-Second: a:b: c' -H 'X-Third: d, "e=f"; g'
    assert_called 'field x-first=one' 'field x-second=a:b:%20c' \
        'field x-third=d,%20"e%3Df";%20g'
}

# bats test_tags=assignment,handle_connection,id:delegate-code
# hint: Let your delegate answer with 404, and ask with curl -i. Is the status line made
#   from the code in the response?
@test "the client gets the status code that delegate set" {
    call /missing
    assert_equal "$status" 404
}

# bats test_tags=assignment,handle_connection,id:delegate-fields
# hint: Let your delegate add a field with headers_add, and ask with curl -i. Which
#   function writes the fields of the response?
@test "the client gets the header fields that delegate added" {
    local line

    call /missing
    for line in 'x-first: *a:b, c' 'x-second: *2'; do
        grep -aiEq "^$line *"$'\r?$' "$came.head" ||
            fail "expected: a field ${line/ \*/ }"
    done
}

# bats test_tags=assignment,handle_connection,id:delegate-content
# hint: What do strlen and %s do at a NUL? The content has a length of its own.
@test "the client gets the content from delegate, byte for byte" {
    call /missing
    printf 'one\0two\0\nthree' | cmp -s - "$came.content" ||
        fail 'expected: the content one\0two\0\nthree, with nothing before or after it'
}

# bats test_tags=assignment,handle_connection,id:delegate-large-content
# hint: Is all of the content sent, however large it is? Count what each send took.
@test "the client gets all 4 MiB of the content" {
    expect_mib 8
    call /large
    seq -f '%063.0f' 65536 | cmp -s - "$came.content" ||
        fail "expected: 4194304 bytes, 65536 lines with their numbers
what came: $(stat -c %s "$came.content") bytes"
}

# bats test_tags=assignment,handle_connection,id:delegate-fails
# hint: Let your delegate return -1 after half a page, and ask with curl -i. Does your
#   code look at the result, and does it throw the response away?
@test "if delegate fails, the client gets a 500, and nothing from delegate" {
    call /fails
    assert_equal "$status" 500
    ! grep -aq 'half an answer' "$came" || fail "expected: a 500 without half an answer"
}

# bats test_tags=assignment,handle_connection,id:after-delegate-failed
# hint: Does the failure end the thread, or the server, instead of the one exchange?
@test "after delegate has failed, the next clients are still served" {
    local i

    for ((i = 0; i < 3; i++)); do
        call /fails
    done
    call /called
    assert_called path=/called
}

# calls_so_far: calls delegate, and prints how often it has been called until then.
calls_so_far() {
    call /called
    sed -n 's/^calls=//p' "$came.content"
}

# bats test_tags=http,errors,id:not-called-for-a-fault
# hint: Look at the condition with the call of delegate. C evaluates && from left to
#   right: what has to be true before the call?
@test "a faulty request does not call delegate" {
    local before request requests=(
        'GET /called HTTP/1.1\r\n\r\n'
        'GET /called HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n'
        'BREW /called HTTP/1.1\r\nHost: a\r\n\r\n'
        'nonsense\r\n\r\n'
    )

    for request in "${requests[@]}"; do
        before=$(calls_so_far)
        ask "send $request"
        (($(calls_so_far) == before + 1)) || fail "expected: an answer, and no call of \
delegate, for
  $request"
    done
}
