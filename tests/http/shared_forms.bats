# shared_forms.bats - forms that are sent at the same moment.
# stages: 6

# shellcheck disable=SC2154 # helper.bash sets them
load helper

# bats test_tags=assignment,threads,id:10-forms-at-once
# hint: Whose values are on the page? Do two threads decode their forms into the same
#   place?
@test "10 forms sent at once are each shown to their sender" {
    local type

    type='Content-Type: application/x-www-form-urlencoded'
    for _ in 1 2 3; do
        raw_client -c 10 \
            "send POST / HTTP/1.1\r\nHost: a\r\n$type\r\n" \
            'send Content-Length: 4000\r\n\r\n' 'repeat 1000 n=\#&' answer ||
            fail 'expected: a whole answer for each of the 10'
        assert_came 10 'HTTP/1.[01] 200'
        assert_equal "$(pairs | uniq -c | tr -s ' ')" \
            "$(printf ' 1000 key=n; value=%d; \n' {0..9})"
    done
}
