# calling_delegate.bats - what delegate is called with, and what becomes of its answer.
# SERVER_STAND_IN calls the delegate of stand_in_delegate.c in place of its own.
# stages: 2 3 4 5 6
# hint: Print what delegate is called with to standard error, at its first line. Is it
#   called for each request, by its name?

# shellcheck disable=SC2154 # helper.bash sets them
export shared_server=$SERVER_STAND_IN
load helper
load calling

# bats test_tags=assignment,handle_connection,id:called-for-get
@test "a GET calls delegate, as a GET and with the path" {
    call '/called/some/path?name=test'
    assert_called request_type=GET
    assert_called path=/called/some/path
}

# bats test_tags=assignment,handle_connection,id:called-with-query
# hint: The part of the URL after the `?` is the query. Is it parsed before delegate is
#   called, and are names and values decoded?
@test "delegate is given the pairs of the query, decoded and in order" {
    call '/called?name=test&name=two+words&blah=1%2B1'
    assert_called get_data=3 'get_data name=test' 'get_data name=two%20words' \
        'get_data blah=1+1'
}

# bats test_tags=assignment,handle_connection,id:called-without-data
# hint: What does delegate get where the URL has no `?`, and where the request is
#   not a POST? NULL says that there is no such data.
@test "without a query, and without POST data, delegate is given NULL" {
    call /called
    assert_called get_data=NULL
    assert_called post_data=NULL
}

# bats test_tags=ours,id:called-with-bare-question-mark
@test "a bare ? gives delegate an empty form" {
    call '/called?'
    assert_called get_data=0
}

# bats test_tags=assignment,handle_connection,id:called-with-fields
# hint: A field's name ends at the first colon of its line; all that follows is its
#   value, further colons too, without the blanks around it.
@test "delegate is given the header fields in order, each with its whole value" {
    call /called -H 'X-First: one' -H 'X-Second: a:b: c' -H 'X-Third: d, "e=f"; g'
    assert_called 'field x-first=one' 'field x-second=a:b:%20c' \
        'field x-third=d,%20"e%3Df";%20g'
}

# bats test_tags=assignment,handle_connection,id:delegate-code
# hint: Have your delegate answer with 404, and ask with curl -i. Is the status line
#   made from the code that it leaves in the response?
@test "the client gets the status code that delegate gives" {
    call /missing
    assert_equal "$status" 404
}

# bats test_tags=assignment,handle_connection,id:delegate-fields
# hint: Have your delegate add a field with headers_add, and ask with curl -i. Which
#   function writes the fields of the response?
@test "the client gets the header fields that delegate gives" {
    local line

    call /missing
    for line in 'x-first: *a:b, c' 'x-second: *2'; do
        grep -aiEq "^$line *"$'\r?$' "$came.head" ||
            fail "expected: a field ${line/ \*/ }"
    done
}

# bats test_tags=assignment,handle_connection,id:delegate-content
# hint: The content is bytes with a length: NUL does not end it, so strlen and %s
#   do not do.
@test "the client gets the content that delegate gives, byte for byte" {
    call /missing
    printf 'one\0two\0\nthree' | cmp -s - "$came.content" ||
        fail 'expected: the content one\0two\0\nthree, with nothing before or after it'
}

# bats test_tags=assignment,handle_connection,id:delegate-large-content
# hint: Is all of the content sent, however large it is? Count what each send took.
@test "the client gets 4 MiB of content whole" {
    expect_mib 8
    call /large
    seq -f '%063.0f' 65536 | cmp -s - "$came.content" ||
        fail "expected: 4194304 bytes, 65536 lines with their numbers
what came: $(stat -c %s "$came.content") bytes"
}

# bats test_tags=assignment,handle_connection,id:delegate-fails
# hint: Have your delegate return -1 after it has filled in half of a page, and ask
#   with curl -i. Is its result looked at, and is the response thrown away then?
@test "if delegate fails, the client gets a 500, and nothing of what it had made" {
    call /fails
    assert_equal "$status" 500
    ! grep -aq 'half an answer' "$came" || fail "expected: a 500 without half an answer"
}

# bats test_tags=assignment,handle_connection,id:after-delegate-failed
# hint: Does the failure end the thread, or the server, instead of the one exchange?
@test "after delegate has failed, the next clients are served" {
    local i

    for ((i = 0; i < 3; i++)); do
        call /fails
    done
    call /called
    assert_called path=/called
}
