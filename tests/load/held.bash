# held.bash - clients that hold a connection, for the files of this folder.

# hold_clients NAME COUNT [small] STEP...: COUNT connections, with small buffers
# if so, take the steps, and are then held until let_go NAME. The steps' answers
# go to the file $held_NAME.
gates=()

hold_clients() {
    local name=$1 count=$2 gate=$BATS_TEST_TMPDIR/gate-$1 small=()
    local -n answers=held_$1 pid=holder_$1 descriptor=gate_$1

    shift 2
    if [[ $1 == small ]]; then
        small=(-s)
        shift
    fi
    answers=$BATS_TEST_TMPDIR/held-$name
    mkfifo "$gate"
    (
        # the gates of those held already are not for these
        for held in "${gates[@]}"; do
            exec {held}>&-
        done
        ulimit -n "$(ulimit -Hn)"
        exec "$TOOLS/raw_client" -t 100 -c "$count" "${small[@]}" 127.0.0.1 "$PORT" "$@" \
            <"$gate" >"$answers" 2>&1 3>&-
    ) &
    # shellcheck disable=SC2034 # these are references
    pid=$!
    # shellcheck disable=SC2034
    exec {descriptor}>"$gate"
    gates+=("$descriptor")
    wait_until 60 grep -aq holding "$answers" ||
        fail "the clients do not hold: $(head -c 300 "$answers")"
}

# let_go NAME: the clients go on with the steps behind `hold`.
let_go() {
    local -n pid=holder_$1 descriptor=gate_$1

    exec {descriptor}>&-
    wait "$pid" || true
}

# drip TEXT: steps that send it again and again, one each 50 ms, for 1.5 s.
drip() {
    local _

    for _ in {1..30}; do
        printf '%s\n' "send $1" 'pause 50'
    done
}

# What the server takes: memory of its own in KiB, threads, descriptors, and
# processor time in hundredths of a second.
server_memory() {
    awk '/^Pss:/ { print $2 }' "/proc/$SERVER_PID/smaps_rollup"
}

server_threads() {
    awk '/^Threads:/ { print $2 }' "/proc/$SERVER_PID/status"
}

server_descriptors() {
    find "/proc/$SERVER_PID/fd" -mindepth 1 | wc -l
}

server_time() {
    sed 's/.*) //' "/proc/$SERVER_PID/stat" | awk '{ print $12 + $13 }'
}

memory_is_at_most() {
    (($(server_memory) <= $1))
}

descriptors_are_at_most() {
    (($(server_descriptors) <= $1))
}

threads_are_at_most() {
    (($(server_threads) <= $1))
}

# How many clients can be held: not more than the descriptors allow, here and
# in the server, and than the server has threads.
clients_at_most() {
    local most=$(($(ulimit -Hn) - 200))

    ((most <= $1)) || most=$1
    echo "$most"
}
