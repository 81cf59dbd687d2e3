# answers.bats - the first fault of a request is what it is answered with.
# stages: 1 2 3 4 5 6
# hint: Is all of the head checked, and in this order: request line, version,
#   field lines, Host, framing, method, Expect; and before delegate is called?
#
# The requests are in tests/wire/corpus, and so are their answers.

load helper

# bats test_tags=http,errors,id:request-line-faults
@test "a malformed request line gets 400" {
    check_rows request-line absolute
}

# bats test_tags=http,errors,id:versions
@test "another major version of HTTP gets 505, another minor one an answer" {
    check_rows version
}

# bats test_tags=http,errors,id:field-line-faults
@test "a malformed field line gets 400" {
    check_rows field-line
}

# bats test_tags=http,errors,id:host-faults
@test "a Host that is missing, there twice, or invalid gets 400" {
    check_rows host
}

# bats test_tags=http,errors,id:framing-faults
@test "lengths and codings that leave the end of the content in doubt get 400" {
    check_rows framing
}

# bats test_tags=http,errors,id:unknown-method-or-coding
@test "a method or a transfer coding that the server does not know gets 501" {
    check_rows unknown
}

# bats test_tags=http,errors,id:unknown-expectation
@test "an Expect other than 100-continue gets 417" {
    check_rows expectation
}

# bats test_tags=http,requests,id:get-with-content
# hint: Content belongs to POST alone: with any other method it is left
#   unread, and nothing about it is a fault but its framing.
@test "a GET or HEAD with content, of whatever kind, gets the page" {
    check_rows get-content
}

# bats test_tags=http,errors,id:head-fault
# hint: An error page is an answer like any other: to HEAD, its content is
#   left out.
@test "a HEAD with a fault gets the status without content" {
    check_rows head
}

# bats test_tags=http,errors,id:two-faults
@test "a request with two faults is answered with the one that comes first" {
    check_rows two-faults post-head-faults
}

# bats test_tags=ours,id:error-sentences
# hint: tests/wire/corpus has the sentence of each fault.
@test "our error pages say in a sentence what is wrong with the request" {
    check_sentences request-line absolute version field-line host framing unknown \
        expectation two-faults post-head-faults
}

# bats test_tags=ours,id:error-page
# hint: Do pages for errors go out the same way as other pages?
@test "an error page is HTML with the same fields as every page" {
    ask 'send GET / HTTP/1.1\r\n\r\n'
    assert_answer 400 '<h1>400 Bad Request</h1>'
    assert_field Content-Type 'text/html; charset=utf-8'
    assert_field X-Content-Type-Options nosniff
    assert_field Content-Security-Policy "default-src 'none';..."
}
