#!/usr/bin/env bash
# tests/tools/instructions/count.sh BUILD - counts the instructions of the parsers.
#
# Builds the subjects here with common/http at -O2, has valgrind's callgrind
# count the instructions of each, and compares them with budgets.tsv. Where
# libhttp-parser is installed, it parses the same head, to be seen beside.
# Exits with 1 if a subject takes more than its budget and the margin, or has
# no budget, or if a budget has no subject; says which could be lowered. make
# bench reads a row as SUBJECT, INSTRUCTIONS, ..., `an` and the unit.
set -u

build=${1:?"usage: tests/tools/instructions/count.sh BUILD"}/instructions
here=tests/tools/instructions
mkdir -p "$build"

peer=()
if echo '#include <http_parser.h>' | "${CC:-cc}" -E - >/dev/null 2>&1; then
    peer=(-DHTTP_PARSER -lhttp_parser)
fi
"${CC:-cc}" -O2 -g -std=c17 -D_GNU_SOURCE -iquote common \
    "$here"/*.c common/http/*.c "${peer[@]}" -o "$build/subjects" || exit 1

# count SUBJECT: "INSTRUCTIONS UNITS" of its work. It takes a second or two; what
# takes minutes is not linear any more.
count() {
    local units instructions
    units=$(timeout 300 valgrind --tool=callgrind --toggle-collect=count_this \
        --callgrind-out-file="$build/$1.callgrind" --log-file="$build/$1.log" \
        "$build/subjects" "$1") || return
    instructions=$(sed -n 's/.*Collected : //p' "$build/$1.log")
    echo "${instructions:?"callgrind counted nothing"} $units"
}

# counts: a line SUBJECT INSTRUCTIONS UNITS for each; no counts if it failed.
counts() {
    local subject
    while read -r subject; do
        printf '%s\t%s\n' "$subject" "$(count "$subject" | tr ' ' '\t')"
    done < <("$build/subjects")
    [ "${#peer[@]}" -gt 0 ] || printf 'head-by-libhttp-parser\tmissing\n'
}

# judge BUDGETS: the table, from the counts on its input.
judge() {
    awk -F '\t' '
        function row(subject, each, most, unit, note) {
            printf "%-30s %12s %8s  %-10s %s\n", subject, each, most, unit, note
            fflush()
            bad = bad || note ~ /^[A-Z]/
        }
        BEGIN { row("subject", "instructions", "budget", "for each", "") }
        FILENAME != "-" {
            if ($0 !~ /^#/) {
                most[$1] = $2
                margin[$1] = $3 / 100
                unit[$1] = "an " $4
            }
            next
        }
        $2 == "missing" {
            row($1, "-", "", "", "not installed (Debian: libhttp-parser-dev)")
            next
        }
        {
            seen[$1] = 1
            each = $3 > 0 ? sprintf("%.2f", $2 / $3) : "-"
            note = ""
            if (each == "-") {
                note = "FAILED"
            } else if ($1 ~ /-by-/) {
                note = "for comparison"
            } else if (!($1 in most)) {
                note = "HAS NO BUDGET"
            } else if (each > most[$1] * (1 + margin[$1])) {
                note = "OVER IT"
            } else if (each < most[$1] * (1 - margin[$1])) {
                note = "its budget could be lowered"
            }
            row($1, each, most[$1], $1 in unit ? unit[$1] : "an octet", note)
        }
        END {
            for (subject in most) {
                if (!(subject in seen)) {
                    row(subject, "-", most[subject], unit[subject], "NO SUCH SUBJECT")
                }
            }
            exit bad
        }' "$1" -
}

counts | judge "$here/budgets.tsv"
