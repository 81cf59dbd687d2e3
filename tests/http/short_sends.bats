# short_sends.bats - an answer arrives even if each send takes only part of it. In
# SERVER_SHORT, send, sendmsg, write and writev take about half of what they are given,
# and at most 1,000 bytes (short_sends.c).
# stages: 1 2 3 4 5 6
# hint: send returns how many bytes it took, which may be fewer than all. Who sends the
#   rest?

# shellcheck disable=SC2154 # helper.bash sets them
load helper
load own_server
load calling

# bats test_tags=assignment,answers,id:short-sends
@test "the answer arrives whole, even if send takes only part each time" {
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
