# answers.bats - a faulty request gets the answer for its first fault.
# stages: 1 2 3 4 5 6
# hint: Does your code check the whole head, in this order: request line, version, field
#   lines, Host, framing, method, Expect? Does it do so before it calls delegate?
#
# The requests are in tests/wire/corpus, and so are their answers.

load helper

# bats test_tags=http,errors,id:request-line-faults
@test "a malformed request line gets 400" {
    check_rows request-line absolute
}

# bats test_tags=http,errors,id:versions
@test "HTTP/2.0 gets 505; any HTTP/1 version gets an answer" {
    check_rows version
}

# bats test_tags=http,errors,id:field-line-faults
@test "a malformed field line gets 400" {
    check_rows field-line
}

# bats test_tags=http,errors,id:host-faults
@test "a Host that is missing, repeated or invalid gets 400" {
    check_rows host
}

# bats test_tags=http,errors,id:framing-faults
@test "a request whose end is in doubt gets 400" {
    check_rows framing
}

# bats test_tags=http,errors,id:unknown-method-or-coding
@test "an unknown method or transfer coding gets 501" {
    check_rows unknown
}

# bats test_tags=http,errors,id:unknown-expectation
@test "any Expect except 100-continue gets 417" {
    check_rows expectation
}

# bats test_tags=http,requests,id:get-with-content
# hint: Which methods have content that matters? With any other method, only its framing
#   can be wrong, and it stays unread.
@test "a GET or HEAD that has content gets the page" {
    check_rows get-content
}

# bats test_tags=http,errors,id:head-fault
# hint: How does the answer to HEAD differ from the answer to GET? Is an error page any
#   different?
@test "a faulty HEAD gets its status code, without content" {
    check_rows head
}

# bats test_tags=http,errors,id:two-faults
@test "a request with two faults gets the answer for the first one" {
    check_rows two-faults post-head-faults
}

# bats test_tags=ours,id:error-sentences
# hint: Look for the request in tests/wire/corpus. Which sentence does it ask for?
@test "each error page says in a sentence what is wrong with the request" {
    check_sentences request-line absolute forms version field-line host framing \
        disguised-host disguised-coding disguised-length unknown expectation \
        two-faults post-head-faults
}

# bats test_tags=ours,id:error-page
# hint: Do error pages go out in the same way as other pages?
@test "an error page is HTML, with the same header fields as any page" {
    ask 'send GET / HTTP/1.1\r\n\r\n'
    assert_answer 400 '<h1>400 Bad Request</h1>'
    assert_field Content-Type 'text/html; charset=utf-8'
    assert_field X-Content-Type-Options nosniff
    assert_field Content-Security-Policy "default-src 'none';..."
}
