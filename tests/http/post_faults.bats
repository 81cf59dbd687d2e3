# post_faults.bats - POST with content that is refused.
# stages: 6
# hint: Do you check the length first, then the type, then each chunk before you read
#   on? Each fault has its own status code.

load helper

# bats test_tags=http,errors,id:post-over-limit
@test "content over 16 MiB gets 413 as soon as that is known" {
    check_rows post-limit
}

# bats test_tags=http,errors,id:post-wrong-type
@test "content of another type or encoding gets 415" {
    check_rows post-type post-continue/type
}

# bats test_tags=http,errors,id:post-broken-chunk
# hint: What follows the size of a chunk, and what follows its data? If two servers
#   could read it differently, the answer is 400.
@test "a broken chunk or trailer gets 400" {
    check_rows post-chunks
}

# bats test_tags=http,errors,id:post-two-faults
@test "a POST with two faults gets the answer for the first one" {
    check_rows post-two-faults
}

# bats test_tags=http,errors,id:chunks-over-limit
@test "chunks that add up to more than 16 MiB get 413" {
    ask 'send POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n' \
        'send fffffe\r\n' 'repeat 16777214 a' 'send \r\n3\r\n'
    assert_answer 413
}

# bats test_tags=http,post-data,id:post-16-mib
# hint: Do you compare with <= or with <? And do you use a buffer of a fixed size?
@test "content of exactly 16 MiB is accepted" {
    ask 'send POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 16777216\r\n\r\n' \
        'send k=v' 'repeat 16777213 &'
    assert_pairs 'key=k; value=v'
}

# bats test_tags=http,errors,id:chunk-extras-limits
@test "chunk extensions over 64 KiB get 400, and a trailer over 1 MiB 431" {
    local start='send POST / HTTP/1.1\r\nHost: a\r\n'
    start+='Transfer-Encoding: chunked\r\n\r\n'

    ask "$start" 'send 3;' 'repeat 65536 a'
    assert_answer 400
    ask "$start" 'send 0\r\na: ' 'repeat 1048576 a'
    assert_answer 431
}

# bats test_tags=ours,id:post-error-sentences
# hint: Look for the request in tests/wire/corpus. Which sentence does it ask for?
@test "each error page says in a sentence what is wrong with the content" {
    check_sentences post-limit post-type post-continue/type post-chunks post-two-faults
    ask 'send POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;' \
        'repeat 65536 a'
    assert_answer 400 'more than 65536 bytes'
    ask 'send POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\na: ' \
        'repeat 1048576 a'
    assert_answer 431 'longer than 1048576 bytes'
}
