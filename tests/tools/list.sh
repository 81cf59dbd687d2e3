#!/usr/bin/env bash
# tests/tools/list.sh STAGE - prints the tests that are expected of a stage, one a line.
# tests/tools/list.sh --check - fails if a test has no id, a tag or a hint is missing, or
# two tests have the same id.
#
# Each line is ID, TAG, GROUP, HINT, JOB and TITLE, with tabs between them. ID
# names the test everywhere else, and does not change; TITLE is for people, and
# may change at any time. JOB is a Bats file's name without .bats, or that of a
# program of unit tests. Stage 0 has the unit tests of common/, and of the sources
# themselves. Everything is read from the sources, so nothing needs to be built.
# PORTABLE=1 is the portable build.
#
# The id of a unit test is the name of its function. That of a Bats test is a tag,
# `id:` and a few words with hyphens between them. The tests of tests/load have ids
# as well, but no other tags; only --check reads them.
#
# TAG is `contract` (what the assignment, and the project's rules for requests
# and answers, ask of any solution) or `ours` (what this project does besides).
# GROUP is one of the groups below; that of what is ours is `ours`.
#
#     # bats file_tags=contract,errors        for all tests of a Bats file
#     # bats test_tags=ours,id:two-pieces     for the test that follows
#     # hint: What to look at first.          the same; in a file's head, or
#     #   It may go on, indented.             above a test, which then counts
#
#     /* tags: contract, delegate */          in a unit's head, or above a test;
#     /* hint: What to look at first. */      may go on, indented
#
# A unit of common/ needs neither: it is ours. Each job has one more test, that
# the program ends well: no server died, no memory leaked. Its id is the job's name
# and `end`.
set -u

portable=${PORTABLE:+1}
groups='delegate handle_connection serve program requests answers errors
    get-data post-data threads robustness structure ours'

# What both kinds of files share: from tags and a hint, a line or a complaint.
# shellcheck disable=SC2016 # awk's own
emitting='
function complain(text) {
    printf "%s: %s: %s\n", FILENAME, title, text >"/dev/stderr"
    status = 1
}

function emit(id, title, tags, hint,    count, tag, i, found) {
    if (id == "") {
        complain("no id: it needs a tag such as id:two-pieces")
    } else if (id !~ /^[a-z0-9]+(-[a-z0-9]+)*$/ && !is_unit) {
        complain("its id should be lower-case words with hyphens, not: " id)
    }
    if (seen_id[id]++) {
        complain("there are two tests of the id " id)
    }
    if (only_ids) {
        printf "%s\t\t\t\t%s\t%s\n", id, job, title
        return
    }
    count = split(tags, tag, /[ ,]+/)
    if (tags == "") {
        complain("no tag")
    } else if (count == 1 && tag[1] == "ours") {
        tag[2] = "ours"
    } else if (count != 2 || tag[1] != "contract" || tag[2] == "ours") {
        complain("its tags should be `ours`, or `contract` and a group, not: " \
            tags)
    }
    count = split(groups, known)
    for (i = 1; i <= count; i++) {
        found = found || known[i] == tag[2]
    }
    if (tags != "" && !found) {
        complain("there is no group " tag[2])
    }
    if (hint == "") {
        complain("no hint")
    }
    if (seen[title]++) {
        complain("there are two tests of this title")
    }
    gsub(/[ \t]+/, " ", hint)
    sub(/ $/, "", hint)
    printf "%s\t%s\t%s\t%s\t%s\t%s\n", id, tag[1], tag[2], hint, job, title
}

END { exit status }
'

# shellcheck disable=SC2016 # awk's own
of_bats='
# Gives the tags without the id, and sets id.
function take_id(tags,    count, tag, i, others) {
    id = ""
    count = split(tags, tag, /[ ,]+/)
    for (i = 1; i <= count; i++) {
        if (tag[i] !~ /^id:/) {
            others = others (others == "" ? "" : ",") tag[i]
        } else if (id == "") {
            id = substr(tag[i], 4)
        } else {
            complain("it has two ids: " id " and " substr(tag[i], 4))
        }
    }
    return others
}

/^# bats file_tags=/ { file_tags = substr($0, 18); next }
/^# bats test_tags=/ { tags = substr($0, 18); next }
/^# hint: / { hint = substr($0, 9); hinting = 1; next }
hinting && /^#  / { hint = hint " " substr($0, 4); next }
{ hinting = 0 }
/^load helper$/ { file_hint = hint; hint = "" }
/^teardown_file\(\) \{$/ { has_server = 1 }
/^@test/ && !/^@test ["\047].*["\047] \{$/ { complain("not understood: " $0) }
/^@test ["\047].*["\047] \{$/ {
    title = substr($0, 8, length($0) - 10)
    # Bats takes the tags of the file and those of the test together.
    both = take_id(file_tags (file_tags != "" && tags != "" ? "," : "") tags)
    emit(id, title, both, hint == "" ? file_hint : hint)
    is_contract = is_contract || both ~ /contract/
    tags = hint = ""
}
END {
    if (has_server) {
        id = job "-end"
        gsub(/_/, "-", id)
        emit(id, "(the end of the server)",
            is_contract ? "contract,robustness" : "ours",
            "The server died during these tests, or did not end upon " \
            "SIGTERM. Run it by hand, send it the requests above, and see " \
            "what it says; the units find memory that is used wrongly.")
    }
}
'

# The lines of a unit that the compiler would see; then the tests in the order
# of the array that is run, whose definitions stand above it.
# shellcheck disable=SC2016 # awk's own
of_unit='
function holds(condition,    part) {
    if (condition ~ /^STAGE (<|>|==|<=|>=) [0-9]+$/) {
        split(condition, part, " ")
        return part[2] == "<" ? stage < part[3] : part[2] == ">" ? \
            stage > part[3] : part[2] == "==" ? stage == part[3] : \
            part[2] == "<=" ? stage <= part[3] : stage >= part[3]
    }
    return -1
}

function words(line) {
    gsub(/\*\//, "", line)
    return line
}

/^#if/ {
    depth++
    sub(/^#if +/, "")
    truth[depth] = /^#ifdef PORTABLE/ ? portable : /^#ifndef PORTABLE/ ? \
        !portable : /^#if/ ? -1 : holds($0)
    past[depth] = truth[depth] == 1
    next
}
/^#elif / {
    sub(/^#elif +/, "")
    truth[depth] = past[depth] ? 0 : holds($0)
    past[depth] = past[depth] || truth[depth] == 1
    next
}
/^#else/ { truth[depth] = truth[depth] == -1 ? -1 : !past[depth]; next }
/^#endif/ { depth--; next }
{
    for (i = 1; i <= depth; i++) {
        if (truth[i] == 0) {
            next
        }
    }
}

/^\/\* tags: / { tags = words(substr($0, 10)); sub(/ +$/, "", tags); next }
/^\/\* hint: / { hint = words(substr($0, 10)); hinting = !/\*\//; next }
hinting { hint = hint " " words(substr($0, 4)); hinting = !/\*\//; next }
/^#include/ && !in_body {
    in_body = 1
    file_tags = tags == "" ? file_tags : tags
    file_hint = hint == "" ? file_hint : hint
    tags = hint = ""
}
/^static void [a-z_0-9A-Z]+\(void \*\*state\)$/ {
    name = $3
    sub(/\(.*/, "", name)
    tags_of[name] = tags
    hint_of[name] = hint
}
/^[{}]/ { tags = hint = "" }
/ tests\[\] = \{/ { in_tests = 1; next }
in_tests && /^    \};/ { in_tests = 0 }
in_tests {
    count = split($0, part, /[^a-z_0-9A-Z]+/)
    for (i = 1; i <= count; i++) {
        if (part[i] in tags_of) {
            title = part[i]
            emit(title, title, tags_of[title] == "" ? file_tags : tags_of[title],
                hint_of[title] == "" ? file_hint : hint_of[title])
        }
    }
}
END {
    emit(job "_end", "(the end of the program)", file_tags,
        "The program of the tests did not end well: see what the sanitizer " \
        "says. Most often, memory that was allocated is never freed on some " \
        "way out of the function.")
}
'

# The files that hold for a stage: those that say so; for stage 0, the units of
# common/, which name no stage.
files_of() {
    local says="^(#|/\*) stages: ([0-9 ]* )?$1( |\$)"
    if [ "$1" = 0 ]; then
        grep -L '^/\* stages: ' tests/unit/*_test.c
    else
        grep -lE "$says" tests/unit/*_test.c tests/http/*.bats
    fi
}

list_file() {
    local stage=$1 file=$2 job=${2##*/} default_tags='' default_hint=''
    if [ "$stage" = 0 ]; then
        default_tags=ours
        default_hint="A unit of what the stages are built on, not of a stage."
    fi
    case $file in
    tests/load/*)
        awk -v job="${job%.bats}" -v only_ids=1 "$of_bats$emitting" "$file"
        ;;
    *.bats)
        awk -v job="${job%.bats}" -v groups="$groups" "$of_bats$emitting" "$file"
        ;;
    *)
        awk -v job="${job%.c}" -v is_unit=1 -v groups="$groups" -v stage="$stage" \
            -v portable="$portable" \
            -v file_tags="$default_tags" -v file_hint="$default_hint" \
            "$of_unit$emitting" "$file"
        ;;
    esac
}

list_stage() {
    local file status=0
    while read -r file; do
        list_file "$1" "$file" || status=1
    done < <(files_of "$1")
    return $status
}

# Every test of every stage, and those of tests/load.
list_all() {
    local folder file status=0
    for folder in stages/stage0 stages/stage*; do
        list_stage "${folder#stages/stage}" || status=1
    done
    for file in tests/load/*.bats; do
        list_file load "$file" || status=1
    done
    return $status
}

# From the lines of all tests: the ids that tests of two jobs have.
repeated_ids() {
    cut -f1,5 | sort -u | awk -F'\t' '
        $1 != "" && $1 == id { print "the id " id " is both in " job " and in " $2; found = 1 }
        { id = $1; job = $2 }
        END { exit !found }'
}

case ${1-} in
--check)
    # What is wrong with a test is said once, not for each stage that has it.
    all=$(list_all 2> >(sort -u >&2))
    status=$?
    repeated_ids <<<"$all" >&2 && status=1
    exit $status
    ;;
[0-9]) list_stage "$1" ;;
*)
    echo "usage: tests/tools/list.sh STAGE, or tests/tools/list.sh --check" >&2
    exit 2
    ;;
esac
