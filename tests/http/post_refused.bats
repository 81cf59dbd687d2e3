# post_refused.bats - POST before stage 6.
# stages: 1 2 3 4 5
# hint: Before stage 6, the server does not know the method POST. Does it answer 501,
#   but only if the head has no other fault?
#
# The requests are in tests/wire/corpus.

load helper

# bats test_tags=http,errors,id:post-refused
@test "a POST gets 501" {
    check_rows post post-continue timeout/post-content
}

# bats test_tags=http,errors,id:post-refused-faults
@test "a POST gets 400 for a faulty head, and 501 for anything in its content" {
    check_rows post-head-faults post-limit post-type post-chunks post-two-faults
}

# bats test_tags=http,errors,id:post-refused-curl
@test "a POST from curl gets 501" {
    fetch /form -d name=value
    assert_answer 501
}

# bats test_tags=ours,id:post-refused-sentence
# hint: Look for the request in tests/wire/corpus. Which sentence does it ask for?
@test "the error page says that stage 6 accepts POST" {
    check_sentences post post-continue timeout/post-content post-head-faults \
        post-limit post-type post-chunks post-two-faults
    fetch /form -d name=value
    assert_answer 501 'stage 6'
}
