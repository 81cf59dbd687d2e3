# mistakes_page.bats - what many first pages get wrong.
# stages: 1 5 6
# hint: Ask with curl, and compare the page with what you sent.

# shellcheck disable=SC2154 # helper.bash sets them
load helper

# bats test_tags=assignment,get-data,id:long-names-shown
# hint: Is there an array of a fixed size on the way to the page?
@test "a path, a key and a value of 10,000 octets are shown whole" {
    local long

    long=$(printf '%010000d' 7)
    fetch "/$long?$long=a&b=$long"
    assert_says_hello "/$long"
    [[ $(pairs) == *"key=$long; "* ]] || fail 'the key is cut'
    [[ $(pairs) == *"value=$long; "* ]] || fail 'the value is cut'
}

# bats test_tags=assignment,get-data,id:title-escaped
# hint: In which places of the page does the path stand?
@test "the title of the page holds nothing that the client sent unescaped" {
    ask "send GET /</title><i> HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n"
    assert_equal "$status" 200
    [[ $content != *'<i>'* ]] || fail 'the path stands in the page unescaped'
}

# bats test_tags=assignment,get-data,id:pairs-in-order
@test "pairs that were sent from first to last are shown from first to last" {
    fetch '/?first=1&second=2&third=3'
    assert_pairs 'key=first; value=1' 'key=second; value=2' 'key=third; value=3'
}
