#!/usr/bin/env bash
# tests/course/grade/cell.sh PLACE LEVEL COMMAND... - runs a command, the judge, in a cell
# of its own, with which everything ends that was started in it.
#
# At the level `namespaces` the cell has its own processes, network (loopback,
# and nothing else), mounts and shared memory. PLACE/root is made there: the
# system's programs and PLACE/view, read-only, for tests/course/grade/jail.sh. Of the
# project, only the folder GRADE_WORK can be written to. At the other levels the
# command runs as it is. `cell PLACE LEVEL --try` says by its
# exit status whether the level works here.
set -u

[ "${1-}" = --within ] || {
    place=$1 level=$2
    shift 2
    if [ "$1" = --try ]; then
        mkdir -p "$place/view"
        # shellcheck disable=SC2016 # for the shell within
        set -- "$(dirname "$0")/jail.sh" "$place" 60600 "$level" 0 -- \
            sh -c '[ "$(id -u)" = 60600 ] && ! kill -0 1 2>/dev/null'
        [ "$level" != none ] || exit 0
    fi
    [ "$level" = namespaces ] || exec "$@"
    user=()
    [ "$(id -u)" = 0 ] || user=(--user --map-root-user --map-auto)
    exec unshare "${user[@]}" --net --pid --mount --ipc --uts --fork \
        --kill-child --mount-proc --propagation private \
        "$0" --within "$place" "$@"
}
place=$2
shift 2

python3 "$(dirname "$0")/loopback.py" || exit 125
root=$place/root
mkdir -p "$root" && mount -t tmpfs -o mode=755,size=1m cell "$root" || exit 125
mkdir "$root"/{dev,proc,tmp,etc,view,usr} || exit 125

# show SOURCE TARGET OPTIONS: what stands at the source is at the target too.
show() {
    mount --bind "$1" "$2" && mount -o "remount,bind,$3" "$2" || exit 125
}

show /usr "$root/usr" ro,nosuid,nodev
for folder in bin sbin lib lib32 lib64; do
    if [ -L "/$folder" ]; then
        ln -s "$(readlink "/$folder")" "$root/$folder"
    elif [ -d "/$folder" ]; then
        mkdir "$root/$folder"
        show "/$folder" "$root/$folder" ro,nosuid,nodev
    fi
done
for device in null zero full random urandom; do
    : >"$root/dev/$device"
    mount --bind "/dev/$device" "$root/dev/$device" || exit 125
done
for file in ld.so.cache alternatives hosts; do
    [ -e "/etc/$file" ] || continue
    if [ -d "/etc/$file" ]; then mkdir "$root/etc/$file"; else : >"$root/etc/$file"; fi
    show "/etc/$file" "$root/etc/$file" ro,nosuid,nodev
done
show "$place/view" "$root/view" ro,nosuid,nodev
# Of the processes it sees its own.
mount -t proc -o ro,nosuid,nodev,noexec,hidepid=2 proc "$root/proc" || exit 125
mount -o remount,ro,nosuid,nodev "$root" || exit 125

# The tests and the tools stay what they are, whatever the judge is brought to do.
if [ -n "${GRADE_WORK-}" ]; then
    top=$(cd "$(dirname "$0")/../../.." && pwd -P)
    show "$top" "$top" ro
    show "$GRADE_WORK" "$GRADE_WORK" rw
    cd "$top" || exit 125 # the folder as it is now
fi

"$@" # as a child: the first process of a cell collects what others leave
