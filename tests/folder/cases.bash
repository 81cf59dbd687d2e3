# cases.bash - of tests/folder/try: folders that are at fault, each in one way.

# shellcheck shell=bash disable=SC2154,SC2034 # tests/folder/try has the variables

# expect KIND FILE SENTENCE: a fault; * stands for anything in the sentence.
expect() {
    expected+=("$1"$'\t'"$2"$'\t'"$3")
}

# not_run JOB...: those jobs, and no other; http for all of the Bats files.
not_run() {
    skipped=$*
}

# spoil FILE SED-SCRIPT: it must change something.
spoil() {
    sed -i.before -E "$2" "$1"
    if cmp -s "$1" "$1.before"; then
        echo "    $1 has nothing that $2 changes"
        result=FAILED
    fi
    rm "$1.before"
}

connection_units='handle_connection_client_test handle_connection_delegate_test
    handle_connection_log_test handle_connection_request_test'
serve_units='serve_clients_test serve_socket_test serve_test'

case_nothing() {
    not_run
}

case_file_missing() {
    rm delegate.c
    expect missing-file delegate.c 'delegate.c is missing: it has the function delegate in this stage.'
    not_run delegate_test http
}

case_main_missing() {
    rm webserve.c
    expect missing-file webserve.c 'webserve.c is missing: it has the function main in this stage.'
    not_run http
}

case_header_missing() {
    rm webserve.h
    expect missing-file webserve.h 'webserve.h is missing; that of the stage is taken in its place.'
    not_run
}

case_main_empty() {
    echo 'int nothing_here;' >webserve.c
    expect missing-function webserve.c 'webserve.c does not define the function main.'
    not_run http
}

case_function_missing() {
    echo 'int nothing_here;' >serve.c
    expect missing-function serve.c 'serve.c does not define the function serve.'
    not_run "$serve_units" http
}

case_function_static() {
    spoil handle_connection.c 's/^(void handle_connection\()/static \1/'
    spoil webserve.h 's/^(void handle_connection\()/static \1/'
    expect wrong-signature webserve.h 'webserve.h, line *: handle_connection is static, so nobody else can call it.'
    not_run delegate_test "$connection_units" "$serve_units" http
}

case_function_beside_main() {
    cat delegate.c >>webserve.c
    rm delegate.c
    expect missing-function webserve.c 'delegate stands in webserve.c, together with main; it belongs in delegate.c, where the tests can call it alone.'
    not_run delegate_test
}

case_wrong_signature() {
    spoil delegate.c 's/^int delegate\(const char \*request_type, /int delegate(/'
    spoil webserve.h 's/^int delegate\(const char \*request_type, /int delegate(/'
    expect wrong-signature webserve.h "webserve.h, line *: delegate has another signature than its contract; here it is 'int(const char \*, *"
    not_run delegate_test "$connection_units" "$serve_units" http
}

case_wrong_signature_without_header() {
    spoil serve.c 's/^int serve\(.*/int serve(const char *interface, int port)/; s/"webserve.h"/"listener.h"/'
    expect wrong-signature serve.c "serve.c, line *: serve has another signature than its contract; here it is 'int(const char \*, int)'. The stage's webserve.h declares it."
    not_run "$serve_units" http
}

case_compile_error() {
    spoil delegate.c 's/page_end\(response\);/page_end(response)/'
    expect compile delegate.c "delegate.c, line *: expected ';' before *"
    not_run delegate_test http
}

case_undefined_helper() {
    spoil serve.c 's/platform_program_name\(\)/my_own_name("x")/'
    expect link serve.c 'serve.c calls my_own_name, which is defined nowhere.'
    not_run "$serve_units" http
}

case_defined_twice() {
    cp delegate.c delegate2.c
    expect link '*' 'delegate is defined twice; once in delegate*.c.'
    not_run '*'
}

case_crash_at_start() {
    spoil webserve.c 's/^(    )(return|if|.*arguments.*;)/\1raise(11);\n\1\2/; 1i #include <signal.h>'
    expect crash webserve.c 'The server ends as it starts, by signal 11 (SIGSEGV).'
    not_run http
}

case_ends_at_start() {
    printf 'int main(void)\n{\n    return 3;\n}\n' >webserve.c
    expect not-listening webserve.c 'The server ends as it starts, with status 3, without saying where it listens.'
    not_run http
}

case_not_flushed() {
    spoil serve.c '/fflush/d'
    expect not-listening webserve.c 'The server listens, but the line that says where does not come: is it printed, and flushed (fflush)?'
    not_run http
}

case_other_words_first() {
    spoil serve.c 's/^(    )(printf\("%s: listening)/\1puts("Welcome!");\n\1\2/'
    expect not-listening webserve.c 'The first line that the server prints does not say "listening on http://ADDRESS:PORT/". It said: Welcome!'
    not_run http
}

# shellcheck disable=SC2016 # the command is the server's own
case_command_for_a_port() {
    spoil serve.c 's/listener.url\);/"http:\/\/127.0.0.1:x[$(id)0]\/");/'
    expect not-listening webserve.c 'The first line that the server prints does not say "listening on http://ADDRESS:PORT/". It said: *'
    not_run http
}

case_does_not_listen() {
    printf '#include <unistd.h>\nint main(void)\n{\n    return pause();\n}\n' >webserve.c
    expect not-listening webserve.c 'The server does not listen: 5 s after its start nothing is bound to a port.'
    not_run http
}

case_crash_at_request() {
    spoil delegate.c 's/^(    )(page_end\(response\);)/\1*(volatile char *)0 = 0;\n\1\2/'
    expect crash webserve.c 'The server ends upon its first request, GET /, by signal 11 (SIGSEGV).*'
    not_run http
}

case_hang() {
    spoil delegate.c 's/^(    )(page_end\(response\);)/\1for (volatile int i = 0; i < 1;) {}\n\1\2/'
    expect hang webserve.c 'The server hangs: GET / had no answer after 5 s. By hand: curl -i http://127.0.0.1:8080/'
    not_run http
}

# What is in the folder beside the sources changes nothing.
case_other_things() {
    mkdir -p common/http tests stages/stage6 .git build
    echo 'all test: ; rm -rf /nothing; false' >Makefile
    echo '#error not this one' >common/http/form.h
    echo 'exit 1' >tests/run
    echo 'not C' >notes.txt
    ln -s nowhere broken.txt
    mkdir folder.c
    printf '#include <stdio.h>\nint main(void)\n{\n    return puts("") < 0;\n}\n' >try.c
    expect left-out try.c 'try.c has a main of its own, and is left out.'
    not_run
}

case_odd_names() {
    mv delegate.c "my \$(answer) \"1\".c"
    mv serve.c ./-x.c
    mv handle_connection.c handle_connection_test.c
    ln -s nowhere gone.c
    mkfifo pipe.c
    expect not-a-file gone.c 'gone.c is no file: it is a link that leads nowhere, or a device.'
    expect not-a-file pipe.c 'pipe.c is no file: it is a link that leads nowhere, or a device.'
    not_run
}

case_links() {
    mkdir elsewhere
    mv delegate.c elsewhere
    ln -s elsewhere/delegate.c delegate.c
    cp "$here/common/http/form.c" "$here/common/http/form.h" .
    not_run
}

case_own_file() {
    printf 'const char *own_words(void);\nconst char *own_words(void)\n{\n    return "me";\n}\n' >own.c
    spoil serve.c 's/platform_program_name\(\)/own_words()/; s/^#include "webserve.h"/&\nconst char *own_words(void);/'
    not_run
}
