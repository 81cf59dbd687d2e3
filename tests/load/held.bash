# held.bash - what a server takes while clients hold their connections, for the files
# of this folder. `hold` and `finish` are in tests/http/helper.bash.

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
