# held.bash - what a server uses while clients hold their connections. The files in this
# folder load it. `hold` and `finish` are in tests/http/helper.bash.

# drip TEXT: prints steps that send it again and again, every 50 ms, for 1.5 s.
drip() {
    local _

    for _ in {1..30}; do
        printf '%s\n' "send $1" 'pause 50'
    done
}

# What the server uses: its own memory in KiB, threads, descriptors, and processor time
# in hundredths of a second.
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

# clients_at_most COUNT: prints how many clients can be held: at most COUNT, and not more
# than there are descriptors, here and in the server.
clients_at_most() {
    local most=$(($(ulimit -Hn) - 200))

    ((most <= $1)) || most=$1
    echo "$most"
}
