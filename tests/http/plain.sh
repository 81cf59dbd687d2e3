#!/usr/bin/env bash
# tests/http/plain.sh < TAP - what Bats printed, without what is about the suite alone.
#
# A student wants to know of the server, not where in tests/http a function stands
# that found a fault. So this leaves out the frames of Bats, the line of the test
# (unless it is all that is said), its warning that a file's end counts as a test,
# and what Bash says of a server that was killed. The end of a file's server gets
# the title that tests/tools/list.sh has for it.
set -u
export LC_ALL=C

exec awk '
    function flush() {
        if (held != "") print held
        held = ""
    }
    /^(not )?ok [0-9]/ {
        flush()
        in_helper = 0
    }
    /^not ok [0-9]+ teardown_file failed/ {
        sub(/teardown_file failed/, "(the end of the server)")
    }
    /^#  ?\(?(from function|in test file) .* line [0-9]+[,)]$/ {
        in_helper = in_helper || /from function/
        next
    }
    /^#   `.*\047 failed( with status [0-9]+)?$/ {
        sub(/^#   /, "# ")
        held = in_helper ? "" : $0
        next
    }
    /^# -- .* --$/ {
        held = "" # what follows says more
        next
    }
    /^# expected: / { flush() }
    /^# bats warning: / || /^#( --)?$/ { next }
    /^# .*: line [0-9]+: +[0-9]+ (Killed|Terminated|Aborted|Segmentation) / { next }
    { print }
    END { flush() }'
