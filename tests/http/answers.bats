# answers.bats - the first fault of a request is what it is answered with.
# stages: 1 2 3 4 5 6
#
# The requests stand in answers.tsv. Each answer names the fault.

load helper

setup_file() {
    start_server
}

teardown_file() {
    stop_server
}

@test "a malformed request line gets 400" {
    check_rows answers.tsv 'request line'
}

@test "another major version of HTTP gets 505, another minor one an answer" {
    check_rows answers.tsv version
}

@test "a malformed field line gets 400" {
    check_rows answers.tsv 'field line'
}

@test "a Host that is missing, there twice, or invalid gets 400" {
    check_rows answers.tsv host
}

@test "lengths and codings that leave the end of the content in doubt get 400" {
    check_rows answers.tsv framing
}

@test "a method or a transfer coding that the server does not know gets 501" {
    check_rows answers.tsv 'method or coding'
}

@test "an Expect other than 100-continue gets 417" {
    check_rows answers.tsv expectation
}

@test "a GET or HEAD with content, of whatever kind, gets the page" {
    check_rows answers.tsv 'content of a GET'
}

@test "a HEAD with a fault gets the status without content" {
    check_rows answers.tsv HEAD
}

@test "a request with two faults is answered with the one that comes first" {
    check_rows answers.tsv 'two faults'
}
