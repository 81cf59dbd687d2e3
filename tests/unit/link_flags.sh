#!/bin/sh
# tests/unit/link_flags.sh TEST - prints the flags that a test is linked with:
# those of its lines `/* link: ... */`, and of the support headers it includes.
# Calls have other names where times of 64 bits are a choice: see support_call_names.h.
awk '
    /^\/\* link: .* \*\/$/ { print substr($0, 10, length($0) - 12) }
    /^#include "(support|request_rows)/ {
        split($0, part, "\"")
        if (!seen[part[2]]++) {
            ARGV[ARGC++] = "tests/unit/" part[2]
        }
    }' "$1" |
    sed -E 's/--wrap=(clock_gettime|gettimeofday|time|ppoll|select|pselect|setsockopt)\b/&,--wrap=__\164/g'
