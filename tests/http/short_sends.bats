# short_sends.bats - answers, although each call that sends takes only a part.
# In SERVER_SHORT, send, sendmsg, write and writev take about half of what they are
# given, and at most 1,000 bytes (short_sends.c).
# stages: 1 2 3 4 5 6
# hint: send returns how much it took, which may be less than all. What becomes of the
#   rest? Send again from there, until nothing is left.

# shellcheck disable=SC2154 # helper.bash sets them
load helper
load own_server
load calling

# bats test_tags=assignment,answers,id:short-sends
@test "the answer comes whole, although send takes only a part each time" {
    start_server
    call '/p?name=value'
    mv "$came.content" "$came.wanted"
    stop_server
    start_server "$SERVER_SHORT"
    call '/p?name=value'
    cmp -s "$came.content" "$came.wanted" ||
        fail "expected: the same content as without this, $(stat -c %s "$came.wanted") bytes
what came: $(stat -c %s "$came.content") bytes, $(cmp "$came.content" "$came.wanted" |
            sed 's/.* differ: /the first that differs is /')"
    stop_server
}
