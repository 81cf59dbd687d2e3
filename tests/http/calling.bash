# calling.bash - asks a server that calls the delegate in stand_in_delegate.c, which says
# what each path does. A file that tests such a server loads this after helper.bash.

# shellcheck shell=bash disable=SC2034,SC2154 # helper.bash has the variables

hand=none # the server's own delegate would show nothing

# call PATH [OPTION...]: asks as curl does, and takes any answer that curl can read.
# Sets status; the files $came.head and $came.content have the two parts.
call() {
    local path=$1 code=0

    shift
    came=$BATS_TEST_TMPDIR/came
    note "$came" curl "$@" "http://127.0.0.1:8080$path"
    : >"$came.head"
    : >"$came.content"
    status=$(curl -q -sS -g --noproxy '*' --path-as-is --max-time "$patience" \
        -w '%{http_code}' -D "$came.head" -o "$came.content" "$@" --url "$URL$path" 3>&-) ||
        code=$?
    cat "$came.head" "$came.content" >"$came"
    was_late "$((code == 28 ? 3 : 0))"
    ((code == 0)) || fail "expected: curl gets a whole answer within $patience s"
}

# assert_called LINE...: all lines that begin like the first one, up to its `=`, are these,
# in this order. The names of fields are in lowercase here.
assert_called() {
    local name=${1%%[ =]*} got wanted

    wanted=$(printf '%s\n' "$@")
    got=$(sed -E 's/^field [^=]*/\L&/; /^field x-/!s/^field .*//' "$came.content" |
        grep -a "^${name}[ =]") || true
    [[ $got != "$wanted" ]] || return 0
    [[ -n $got || $name == field ]] || got='nothing: what came is not from delegate'
    fail "expected: delegate is called with
$wanted
it was called with
$got"
}
