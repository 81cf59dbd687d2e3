# mistakes_page.bats - what is wrong in many first pages.
# stages: 1 5 6
# hint: Ask with curl, and compare the page with what you sent.

# shellcheck disable=SC2154 # helper.bash sets them
load helper

# bats test_tags=assignment,get-data,id:long-names-shown
# hint: Is there an array of a fixed size between the request and the page?
@test "a path, key and value of 10,000 bytes are shown whole" {
    local long

    long=$(printf '%010000d' 7)
    fetch "/$long?$long=a&b=$long"
    assert_says_hello "/$long"
    [[ $(pairs) == *"key=$long; "* ]] || fail 'the key is cut'
    [[ $(pairs) == *"value=$long; "* ]] || fail 'the value is cut'
}

# bats test_tags=assignment,get-data,id:title-escaped
# hint: In which places on the page is the path?
@test "what the client sent is escaped in the title, too" {
    ask "send GET /</title><i> HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"
    assert_equal "$status" 200
    [[ $content != *'<i>'* ]] || fail 'the path is on the page unescaped'
}

# bats test_tags=assignment,get-data,id:pairs-in-order
@test "the pairs are shown in the order in which they were sent" {
    fetch '/?first=1&second=2&third=3'
    assert_pairs 'key=first; value=1' 'key=second; value=2' 'key=third; value=3'
}
