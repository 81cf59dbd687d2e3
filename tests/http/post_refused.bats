# post_refused.bats - POST before stage 6.
# stages: 1 2 3 4 5
# hint: Until stage 6 a POST is a method that the server does not know: 501,
#   after the other faults of the head.
#
# The requests are in tests/wire/corpus.

load helper

setup_file() {
    start_server
}

teardown_file() {
    stop_server
}

# bats test_tags=http,errors,id:post-refused
@test "a POST gets 501" {
    check_rows post post-continue timeout/post-content
}

# bats test_tags=http,errors,id:post-refused-faults
@test "a POST with a fault in its head gets 400, with one in its content 501" {
    check_rows post-head-faults post-limit post-type post-chunks post-two-faults
}

# bats test_tags=http,errors,id:post-refused-curl
@test "curl's POST gets 501" {
    fetch /form -d name=value
    assert_answer 501
}

# bats test_tags=ours,id:post-refused-sentence
# hint: tests/wire/corpus has the sentence.
@test "our page for a POST says that stage 6 accepts it" {
    check_sentences post post-continue timeout/post-content post-head-faults \
        post-limit post-type post-chunks post-two-faults
    fetch /form -d name=value
    assert_answer 501 'stage 6'
}
