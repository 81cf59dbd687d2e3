# threads.gdb - two clients, and where each thread is when the second of them has sent
# its request. The first never sends the rest of its own.
#
#     gdb -q -batch -x docs/examples/threads.gdb --args PROGRAM 127.0.0.1 8090
set print frame-info short-location
break main_thread_run
run
shell (printf 'GET / HT'; sleep 5) | nc 127.0.0.1 8090 > /dev/null &
shell (sleep 1; printf 'GET /'; sleep 1; printf ' HTTP/1.1\r\nHost: x\r\n\r\n') | nc 127.0.0.1 8090 > /dev/null &
break delegate
continue
thread apply all -ascending backtrace
