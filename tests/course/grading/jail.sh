#!/usr/bin/env bash
# tests/course/grading/jail.sh PLACE UID LEVEL MEMORY -- PROGRAM ARG... - runs a program
# that is not trusted, confined, in place of itself.
#
# The program gets the process id of the jail: a signal to it, its exit status
# and what it costs are the program's own. Its standard input and outputs are
# the jail's; every other descriptor, and the environment, stay outside.
#
# PLACE/view is what the program sees of the submission. MEMORY is the most address
# space in MiB, 0 for no bound (AddressSanitizer takes terabytes of it). LEVEL says
# how much can be done here:
#
#   namespaces  PLACE/root is its root folder, read-only (grading/cell.py), with the view
#               at /view; a user of its own; a /tmp that ends with it
#   user        a user of its own; of the files, what every user can read
#   none        bounds alone
set -u
PATH=/usr/sbin:/usr/bin:/sbin:/bin # the system's own

place=$1 uid=$2 level=$3 memory=$4
shift 5

if [ -e "$place/closed" ]; then
    echo "tests/course/grading/jail.sh: closed, after what was started in it" >&2
    exit 125
fi
limits=(--core=0 --fsize=67108864 --nproc=512 --cpu=60)
[ "$memory" = 0 ] || limits+=("--as=$((memory * 1024 * 1024))")
[ "$level" = none ] && limits=("${limits[@]/--nproc=*/--core=0}")
environment=(PATH=/usr/bin:/bin LC_ALL=C TMPDIR=/tmp
    ASAN_OPTIONS=detect_leaks=0)
confined=(nice -n 10 prlimit "${limits[@]}")
[ "$level" = none ] ||
    confined+=(setpriv --reuid="$uid" --regid="$uid" --clear-groups
        --no-new-privs --inh-caps=-all --bounding-set=-all)
confined+=(env -i "${environment[@]}" "$@")

# Everything but 0, 1, 2; 255 is the shell's own script, closed by exec.
for descriptor in /proc/self/fd/*; do
    descriptor=${descriptor##*/}
    case $descriptor in
    0 | 1 | 2 | 255) ;;
    *) eval "exec $descriptor>&-" ;;
    esac
done
echo 1000 >/proc/self/oom_score_adj 2>/dev/null # the first to go

if [ "$level" = namespaces ]; then
    # shellcheck disable=SC2016 # for the shell within
    exec unshare --mount --propagation private sh -c '
        root=$1; shift
        mount -t tmpfs -o size=64m,nr_inodes=4096,mode=1777,nosuid,nodev \
            jail "$root/tmp" || exit 126
        exec chroot "$root" "$@"' jail "$place/root" "${confined[@]}"
fi
cd / || exit 126
exec "${confined[@]}"
