# judge.awk - holds the answers of the six stages against each other.
#
# Reads, tab-separated: `# NAME POST SENTENCE` for each request of the corpus
# (POST is 1 if its request line begins with `POST `); `> NAME STEP` for each
# of its steps; `e STEP NAME` for each example to show; `~ STAGE NAME STATUS`
# for how each exchange ended; `! STAGE TEXT` for a server that died or did not
# stop. And what visible.c prints of the answers, in files named
# .../stageN/GROUP/NAME.
#
# Prints the report that tests/wire/replay.sh promises. Each step's part of it goes
# into the file `folder`/stepN.txt too, every fault into `folder`/faults.txt.
# Exits with 1 if there is a fault.

BEGIN {
    FS = "\t"
    stages = 6
    most_in_full = 3 # faults of one kind
    end_of[0] = "end of stream"
    end_of[1] = "the system failed"
    end_of[2] = "the steps were not understood"
    end_of[3] = "timeout"
    end_of[4] = "reset"
    end_of[5] = "connection refused"
    end_of[6] = "end of stream, too early"
    end_of[7] = "something in a silence"
    lesson[2] = "the server calls delegate, which returns constant data"
    lesson[3] = "handle_connection is extracted from the loop"
    lesson[4] = "serve is extracted from main"
    lesson[5] = "delegate shows the URL and the query"
    lesson[6] = "POST data is read and shown"
    promise[2] = "every 200 has another page; nothing else changes"
    promise[3] = "nothing changes"
    promise[4] = "nothing changes"
    promise[5] = "every 200 has another page; nothing else changes"
    promise[6] = "POST is answered; nothing else changes"
}

# ---- Reading ----------------------------------------------------------------

/^\|/ { take_line(substr($0, 2)); next }
/^= / { begin_answer(substr($0, 3)); next }
$1 == "#" { name[++count] = $2; post[$2] = $3; sentence[$2] = $4; next }
$1 == ">" { step[$2, ++steps[$2]] = $3; next }
$1 == "e" { example[$2, ++examples[$2]] = $3; next }
$1 == "~" { ended[$2, $3] = $4; exchanges++; next }
$1 == "!" { dead[$2] = $3; next }

function begin_answer(path,    parts, depth) {
    end_block()
    depth = split(path, parts, "/")
    at = substr(parts[depth - 2], 6) SUBSEP parts[depth - 1] "/" parts[depth]
    in_head = first = 1
    interim[at] = 0
}

# A line of the head goes into `head`, all of the content into `content`, of
# which large ones would take long to put together line by line.
function take_line(line) {
    if (!in_head) {
        block = block line "\n"
        if (length(block) > 8000) {
            end_block()
        }
        return
    }
    head[at] = head[at] line "\n"
    if (first) {
        first = 0
        status[at] = line
        sub(/^HTTP\/1\.1 /, "", status[at])
        sub(/\\r\\n$/, "", status[at])
    } else if (line == "\\r\\n" && status[at] ~ /^1/) {
        first = 1
        interim[at] = status[at]
        status[at] = ""
    } else if (line == "\\r\\n") {
        in_head = 0
        whole[at] = 1
    } else if (tolower(line) ~ /^content-length:/) {
        lengths[at] = lengths[at] line
        head_but_length[at] = head_but_length[at] "Content-Length\n"
        return
    } else if (tolower(line) ~ /^date[ :]/) {
        dates[at] = dates[at] line
    }
    head_but_length[at] = head_but_length[at] line "\n"
}

function end_block() {
    content[at] = content[at] block
    block = ""
}

# ---- Comparing --------------------------------------------------------------

function same(a, b, id) {
    return head[a, id] == head[b, id] && content[a, id] == content[b, id] && \
        ended[a, id] == ended[b, id]
}

# 200 before and behind, and all alike but the content and its length.
function is_another_page(a, b, id) {
    return whole[a, id] && whole[b, id] && ended[a, id] == ended[b, id] && \
        status[a, id] ~ /^200 / && \
        head_but_length[a, id] == head_but_length[b, id] && \
        (lengths[a, id] != "") == (lengths[b, id] != "") && \
        (content[a, id] == "") == (content[b, id] == "")
}

# What is wrong with the change of the page from stage a to b, or "".
function page_fault(a, b, id) {
    if (same(a, b, id)) {
        return whole[a, id] && status[a, id] ~ /^200 / ? \
            "a 200 that must change, and does not" : ""
    }
    if (!is_another_page(a, b, id)) {
        return status[a, id] ~ /^200 / ? \
            "more than the content and its length changes" : \
            "an answer that must not change"
    }
    return ""
}

# The page of stages 2 to 4 is the same for every request.
function constant_fault(stage, id) {
    if (!whole[stage, id] || status[stage, id] !~ /^200 /) {
        return ""
    }
    if (constant == "" && content[stage, id] != "") {
        constant = id
    }
    if (constant != "" && (head[stage, id] != head[stage, constant] || \
            content[stage, id] != "" && \
            content[stage, id] != content[stage, constant])) {
        return "a page that is not the constant one"
    }
    return ""
}

function post_fault(a, b, id) {
    if (!post[id]) {
        return same(a, b, id) ? "" : "only POST may change"
    }
    if (id ~ /^post-head-faults\// && status[a, id] !~ /^4|^505/) {
        return "a fault in the head that must be answered as such"
    }
    if (whole[a, id] && status[a, id] ~ /^501 /) {
        return same(a, b, id) ? "a POST whose 501 must change, and does not" : ""
    }
    return same(a, b, id) ? "" : "a fault that must not change"
}

function fault_in_step(n, id) {
    if (n == 2) {
        return page_fault(1, 2, id) constant_fault(2, id)
    }
    if (n == 5) {
        return page_fault(4, 5, id)
    }
    if (n == 6) {
        return post_fault(5, 6, id)
    }
    return same(n - 1, n, id) ? "" : "an answer that must not change"
}

# What came, in a few words.
function outcome(stage, id,    text) {
    text = status[stage, id]
    if (text == "") {
        text = interim[stage, id] ? "nothing more" : "no answer"
    }
    if (interim[stage, id]) {
        text = interim[stage, id] ", then " text
    }
    return text (ended[stage, id] ? ", " end_of[ended[stage, id]] : "")
}

function kind_of_change(a, b, id) {
    if (outcome(a, id) != outcome(b, id)) {
        return outcome(a, id) " -> " outcome(b, id)
    }
    if (is_another_page(a, b, id)) {
        return outcome(a, id) (content[a, id] != "" ? ": another page" : \
            " to HEAD: another Content-Length")
    }
    return outcome(a, id) " -> another " outcome(b, id)
}

# ---- Faults -----------------------------------------------------------------

function write_fault(text, in_full) {
    print text >faults_file
    if (in_full) {
        report = report text "\n"
    }
}

# The octets of a visible line, one an element.
function split_octets(line, octets,    n, size) {
    for (n = 0; line != ""; line = substr(line, size + 1)) {
        size = line !~ /^\\/ ? 1 : line ~ /^\\x/ ? 4 : line ~ /^\\date/ ? 5 : 2
        octets[++n] = substr(line, 1, size)
    }
    return n
}

# A line from some octets before the one that differs; `...` where it is cut.
function around(octets, n, differs,    i, text) {
    i = differs > 30 ? differs - 24 : 1
    text = i > 1 ? "..." : ""
    for (; i <= n && length(text) < 68; i++) {
        text = text octets[i]
    }
    return text (i <= n ? "..." : "")
}

function show_difference(a, b, id,    i, lines_a, lines_b, m, n, x, y) {
    m = split(head[a, id] content[a, id], lines_a, "\n")
    n = split(head[b, id] content[b, id], lines_b, "\n")
    for (i = 1; i <= m && i <= n && lines_a[i] == lines_b[i]; i++) {
    }
    if (i > m && i > n) {
        return "    stage " a " ended with: " end_of[ended[a, id]] "\n" \
            "    stage " b " ended with: " end_of[ended[b, id]]
    }
    m = split_octets(lines_a[i], x)
    n = split_octets(lines_b[i], y)
    return show_line(a, b, id, i, x, y, m, n)
}

function show_line(a, b, id, line, x, y, m, n,    i) {
    for (i = 1; i <= m && i <= n && x[i] == y[i]; i++) {
    }
    return "    line " line " of the answer differs from octet " i " on:\n" \
        "    stage " a ": " around(x, m, i) "\n" \
        "    stage " b ": " around(y, n, i) show_ends(a, b, id)
}

function show_ends(a, b, id) {
    return ended[a, id] == ended[b, id] ? "" : "\n    ends: " \
        end_of[ended[a, id]] "; " end_of[ended[b, id]]
}

function add_fault(kind, a, b, id, why,    text) {
    faults++
    text = kind ": " why "\n    " id ": " sentence[id] "\n"
    if (same(a, b, id)) {
        text = text "    both: " outcome(a, id)
    } else {
        text = text show_difference(a, b, id)
    }
    write_fault(text, ++faults_of[kind] <= most_in_full)
}

function close_faults(kind) {
    if (faults_of[kind] > most_in_full) {
        report = report kind ": " faults_of[kind] - most_in_full \
            " more; " faults_file " has them all\n"
    }
}

# Faults of one answer, whatever the others are.
function judge_answer(stage, id,    kind, why) {
    kind = "stage " stage
    why = ""
    if (!((stage, id) in ended)) {
        why = "not asked, since the server had died or hung"
    } else if (ended[stage, id] ~ /^[125]$/) {
        why = end_of[ended[stage, id]]
    } else if (whole[stage, id] && dates[stage, id] == "") {
        why = "its answer has no Date"
    } else if (whole[stage, id] && \
            tolower(dates[stage, id]) != "date: \\date\\r\\n") {
        why = "its answer has no well-formed Date: " dates[stage, id]
    }
    if (why != "") {
        faults++
        write_fault(kind ": " why "\n    " id ": " sentence[id], \
            ++faults_of[kind] <= most_in_full)
    }
}

# Which requests were lost on the server that died.
function judge_death(stage,    i, lost, shown) {
    for (i = 1; i <= count; i++) {
        if (ended[stage, name[i]] == 4 && shown++ < 5) {
            lost = lost "\n    " name[i] ": " sentence[name[i]]
        }
    }
    faults++
    write_fault("stage " stage ": " dead[stage] \
        (lost == "" ? "" : "\n  its connections that were reset:" lost), 1)
}

# ---- The report -------------------------------------------------------------

function say(n, text) {
    sub(/ +$/, "", text)
    print text
    print text >(folder "/step" n ".txt")
}

function cut(text) {
    return length(text) > 74 ? substr(text, 1, 71) "..." : text
}

function shown(line) {
    sub(/(\\r)?\\n$/, "", line)
    return line
}

# The lines that differ, as a diff shows them: longest common subsequence.
function show_changes(n, a, b, m, k,    i, j, longest) {
    for (i = m; i >= 1; i--) {
        for (j = k; j >= 1; j--) {
            longest[i, j] = a[i] == b[j] ? longest[i + 1, j + 1] + 1 : \
                longest[i + 1, j] + 0 > longest[i, j + 1] + 0 ? \
                longest[i + 1, j] + 0 : longest[i, j + 1] + 0
        }
    }
    for (i = j = 1; i <= m || j <= k;) {
        if (i <= m && j <= k && a[i] == b[j]) {
            i++
            j++
        } else if (j > k || i <= m && \
                longest[i + 1, j] + 0 >= longest[i, j + 1] + 0) {
            say(n, "    - " cut(shown(a[i++])))
        } else {
            say(n, "    + " cut(shown(b[j++])))
        }
    }
}

function show_example(n, id,    i, a, b, m, k) {
    say(n, "")
    say(n, "  " id ": " sentence[id])
    for (i = 1; i <= steps[id]; i++) {
        if (step[id, i] != "read") {
            say(n, "    > " cut(step[id, i]))
        }
    }
    m = split(head[n - 1, id] content[n - 1, id], a, "\n")
    k = split(head[n, id] content[n, id], b, "\n")
    show_changes(n, a, b, m, k)
}

function show_step(n,    i, id, kind, why, kinds, changed, order, of) {
    kinds = changed = 0
    for (i = 1; i <= count; i++) {
        id = name[i]
        why = fault_in_step(n, id)
        if (why != "") {
            add_fault("step " n, n - 1, n, id, why)
        }
        if (!same(n - 1, n, id)) {
            kind = kind_of_change(n - 1, n, id)
            changed++
            if (!of[kind]++) {
                order[++kinds] = kind
            }
        }
    }
    say(n, sprintf("Step %d: %s", n, lesson[n]))
    say(n, sprintf("  promised: %s", promise[n]))
    say(n, sprintf("  %d requests: %d equal, %d changed", count, \
        count - changed, changed))
    show_kinds(n, order, of, kinds)
    for (i = 1; i <= examples[n]; i++) {
        show_example(n, example[n, i])
    }
    say(n, "")
    close_faults("step " n)
    return count - changed
}

# The most frequent first; of those alike, the one that came first.
function show_kinds(n, order, of, kinds,    i, j, best) {
    for (i = 1; i <= kinds; i++) {
        best = 0
        for (j = 1; j <= kinds; j++) {
            if (of[order[j]] > (best ? of[order[best]] : 0)) {
                best = j
            }
        }
        say(n, sprintf("  %6d  %s", of[order[best]], order[best]))
        of[order[best]] = 0
    }
}

function show_corpus(    i, group, groups, order, of, line) {
    for (i = 1; i <= count; i++) {
        group = name[i]
        sub(/\/.*/, "", group)
        if (!of[group]++) {
            order[++groups] = group
        }
    }
    line = "The corpus, " count " requests:"
    for (i = 1; i <= groups; i++) {
        group = " " order[i] " " of[order[i]] (i < groups ? "," : ".")
        if (length(line group) > 78) {
            print line
            line = " "
        }
        line = line group
    }
    print line
    print ""
}

function count_same(a, b, but_post,    i, n) {
    n = 0
    for (i = 1; i <= count; i++) {
        n += (!but_post || !post[name[i]]) && same(a, b, name[i])
    }
    return n
}

function show_table(    n) {
    print "What changed on the wire"
    print ""
    print "  step   requests   equal   changed   promised"
    for (n = 2; n <= stages; n++) {
        printf "  %4d   %8d   %5d   %7d   %s\n", n, count, \
            count_same(n - 1, n, 0), count - count_same(n - 1, n, 0), promise[n]
    }
    printf "  1 -> 5 %8d   %5d   %7d   nothing changes\n\n", count, \
        count_same(1, 5, 0), count - count_same(1, 5, 0)
}

function judge_end(    i) {
    for (i = 1; i <= count; i++) {
        if (!same(1, 5, name[i])) {
            add_fault("stage 5 is not stage 1", 1, 5, name[i], \
                "an answer that must be the same")
        }
    }
    close_faults("stage 5 is not stage 1")
}

function judge_each(    stage, i) {
    for (stage = 1; stage <= stages; stage++) {
        if (stage in dead) {
            judge_death(stage)
        }
        for (i = 1; i <= count; i++) {
            judge_answer(stage, name[i])
        }
        close_faults("stage " stage)
    }
}

function count_triple(    i, n) {
    n = 0
    for (i = 1; i <= count; i++) {
        n += same(2, 3, name[i]) && same(3, 4, name[i])
    }
    return n
}

END {
    end_block()
    faults_file = folder "/faults.txt"
    printf "" >faults_file
    for (i = 1; i <= count; i++) {
        posts += post[name[i]]
    }
    show_corpus()
    show_table()
    judge_each()
    for (n = 2; n <= stages; n++) {
        show_step(n)
    }
    judge_end()
    if (faults > 0) {
        print "Faults"
        print ""
        print report
    }
    printf "%d requests, %d answers: 2 = 3 = 4 on %d, 1 = 5 on %d, " \
        "5 = 6 on %d of %d but POST; %s\n", count, exchanges, \
        count_triple(), count_same(1, 5, 0), count_same(5, 6, 1), \
        count - posts, faults ? faults " faults" : "no fault"
    exit faults > 0
}
