"""The cell that a submission is judged in: its own processes, network, mounts and
shared memory, made by bubblewrap. Everything that was started in a cell ends with it.

Of what the judge sees, the project and BUILD are read-only, except the folder to work
in.
PLACE/root is the root folder for grading/confine.c: the system's programs and PLACE/view,
read-only. (The jail itself is not made by bubblewrap, which would stay in between: its
programs would not have the process id, the signals and the exit status that the tests
are about.)

There are three levels: `namespaces` is all this, which needs root, or a user who has
subordinate ids; with `user`, and with `none`, the judge runs as it is.
"""

import os
import subprocess
import tempfile
from pathlib import Path

from submission import TOP

LEVELS = ("namespaces", "user", "none")
# Of the processes, those in the jail see only their own.
PROC = 'mount -t proc -o ro,nosuid,nodev,noexec,hidepid=2 proc "$0/proc"'


def cell(
    level: str, place: Path, build: Path, work: Path | None, command: list[str]
) -> list[str]:
    """Returns the command that runs a command in a cell; it ends with this program. It
    can read BUILD, and work in a folder of it."""
    if level != "namespaces":
        return ["setpriv", "--pdeathsig", "KILL", *command]
    user = (
        [] if os.getuid() == 0 else "unshare --user --map-root-user --map-auto".split()
    )
    writable = ["--bind", work, work] if work else []
    root = place / "root"
    root.mkdir(exist_ok=True)
    return [
        *user,
        *"bwrap --die-with-parent --unshare-pid --unshare-net --unshare-ipc".split(),
        *"--unshare-uts --dev-bind / / --proc /proc --cap-add ALL".split(),
        *map(str, ["--ro-bind", TOP, TOP, "--ro-bind", build, build, *writable]),
        *map(str, ["--chdir", TOP, *jail(root)]),
        *["--", "sh", "-c", f'{PROC} && exec "$@"', str(root), *command],
    ]


def jail(root: Path) -> list[str | Path]:
    """Returns the options that lay out the root folder of the jail."""
    options: list[str | Path] = [
        "--size",
        str(1 << 20),
        "--perms",
        "755",
        "--tmpfs",
        root,
    ]
    for name in ("dev", "etc", "proc", "tmp"):
        options += ["--perms", "755", "--dir", root / name]
    for name in ("usr", "bin", "sbin", "lib", "lib32", "lib64"):
        folder = Path("/", name)
        if folder.is_symlink():
            options += ["--symlink", folder.readlink(), root / name]
        elif folder.is_dir():
            options += ["--ro-bind", folder, root / name]
    for name in ("null", "zero", "full", "random", "urandom"):
        options += ["--dev-bind", f"/dev/{name}", root / "dev" / name]
    for name in ("ld.so.cache", "alternatives", "hosts"):
        options += ["--ro-bind-try", f"/etc/{name}", root / "etc" / name]
    return [
        *options,
        "--ro-bind",
        root.parent / "view",
        root / "view",
        "--remount-ro",
        root,
    ]


def best_level(confine: Path) -> str:
    """Returns the best isolation that works here, with that program."""
    return next((level for level in LEVELS if works(level, confine)), "none")


def works(level: str, confine: Path) -> bool:
    """Whether a program in a jail has a user of its own here, and cannot send a signal
    to one that does not."""
    if level == "none":
        return True
    with tempfile.TemporaryDirectory(prefix="grade.") as name:
        place = Path(name)
        place.chmod(0o711)
        (place / "view").mkdir()
        program = [confine, place, 60600, level, 0, "sh", "sh", "-c"]
        program += ['[ "$(id -u)" = 60600 ] && ! kill -0 1 2>/dev/null']
        command = cell(level, place, TOP, None, [str(word) for word in program])
        try:
            tried = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, check=False
            )
        except FileNotFoundError:
            return False
        return tried.returncode == 0
