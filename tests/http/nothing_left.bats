# nothing_left.bats - clients that are gone leave nothing in the server.
# stages: 1 2 3 4 5 6

# shellcheck disable=SC2154 # helper.bash sets them
load helper

request='GET /p HTTP/1.1\r\nHost: a\r\n\r\n'

descriptors() {
    find "/proc/$SERVER_PID/fd" -mindepth 1 | wc -l
}

has_descriptors() {
    (($(descriptors) <= $1))
}

needs_proc() {
    [[ -d /proc/self/fd ]] || skip 'this system does not tell'
}

# leave_descriptors KIND STEP...: 20 clients take the steps; fails if the server has
# more descriptors open afterward than before.
leave_descriptors() {
    raw_client -c 20 "${@:2}" 2>/dev/null || true
    wait_until 4 has_descriptors "$before" || fail "20 clients $1 have left \
descriptors open: the server had $before, and now has $(descriptors)"
}

# bats test_tags=assignment,robustness,id:no-descriptor-left
# hint: Which descriptor does each client get, and where is it closed? Follow each way
#   out of the function, especially after a fault.
@test "clients that are gone leave no descriptor open" {
    local before

    needs_proc
    ask "send $request"
    pause 0.1
    before=$(descriptors)
    leave_descriptors 'that got their answer' "send $request" read
    leave_descriptors 'that got 400' 'send GET\r\n\r\n' read
    leave_descriptors 'that got 501' \
        'send PUT / HTTP/1.1\r\nHost: a\r\n\r\n' read
    leave_descriptors 'that left in the middle' 'send GET / HT' end read
    leave_descriptors 'that left without a word' end read
    leave_descriptors 'that reset the connection' 'send GET /' reset
    leave_descriptors 'that did not want their answer' "send $request" reset
}

mappings() {
    wc -l <"/proc/$SERVER_PID/maps"
}

# clients COUNT: so many clients get their answers, 50 at a time. All 50 wait for a
# moment with half of their request sent, so each has a thread then.
clients() {
    local n

    for ((n = 0; n < $1; n += 50)); do
        raw_client -c 50 -t 20 'send GET /p HTTP/1.1\r\n' 'pause 50' \
            'send Host: a\r\n\r\n' read
    done
}

# bats test_tags=assignment,robustness,id:no-stack-left
# hint: A thread that has ended keeps its stack until it is joined, unless it is
#   detached. Which of the two do you do?
@test "threads that have ended leave no stack behind" {
    local before after

    needs_proc
    clients 100
    before=$(mappings)
    clients 400
    after=$(mappings)
    ((after < before + 300)) || fail "for 400 clients more, there are \
$((after - before)) pieces of memory more: is it their threads' stacks?"
}

# assert_rests WHOM: a thread of the server hardly ever runs, or wants to: at most at 7
# of 10 looks. (How long it ran says little on a busy machine.)
assert_rests() {
    local looks running=0 stat line

    for ((looks = 0; looks < 10; looks++)); do
        pause 0.05
        for stat in "/proc/$SERVER_PID/task/"*/stat; do
            { read -r line <"$stat"; } 2>/dev/null || continue
            [[ $line != *') R '* ]] || break
        done
        [[ $line != *') R '* ]] || running=$((running + 1))
    done
    ((running < 8)) || fail "expected: the server waits; with $1 it was running \
at $running of 10 looks"
}

# bats test_tags=assignment,robustness,id:no-spinning
# hint: What does recv return when nothing has come yet, and what when the client has
#   ended its side? Which of your loops goes on at once in either case?
@test "a client that is silent, or gone, uses no processor time" {
    needs_proc
    hold silent 'send GET / HTTP/1.1\r\n' hold
    assert_rests 'a client that is silent'
    finish silent
    raw_client 'send GET / HTTP/1.1\r\n' end 'pause 50' || true
    assert_rests 'a client that has left'
}
