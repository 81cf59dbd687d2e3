# own_server.bash - for a file in which each test starts a server of its own, in the
# test or in `setup`. It is loaded after helper.bash.

# shellcheck shell=bash

setup_file() {
    :
}

teardown_file() {
    :
}

teardown() {
    kill_server
}
