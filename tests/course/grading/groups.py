"""The control groups of a submission, where the system gives them: they count memory
that belongs to no process, and the processor time of processes that nobody sees.

grading/grader.py makes them outside of the cell, with links to them in PLACE/groups;
confine.c puts what it starts into them; the watch reads them. A system may have
neither: containers seldom do.
"""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

MOUNTS = Path("/proc/self/mounts")
# The files of a bound on memory, and of the count of what was ended for it: in the
# unified hierarchy, and in the older one.
MEMORY = (("memory.max", "memory.events"), ("memory.limit_in_bytes", "memory.oom_control"))


class Groups:
    """What the groups of a place have counted; None where there is no such group."""

    def __init__(self, place: Path):
        self.folders = sorted((place / "groups").glob("*"))

    def seconds(self) -> float | None:
        """Returns the processor time of all that was ever started."""
        found = self.number("cpu.stat", "usage_usec")
        return None if found is None else found / 1_000_000

    def out_of_memory(self) -> int | None:
        """Returns how many processes were ended because together they used too much
        memory."""
        found = [self.number(count, "oom_kill") for _, count in MEMORY]
        return next((number for number in found if number is not None), None)

    def number(self, file: str, name: str) -> int | None:
        """Returns the number of that name in a file of one of the groups."""
        for folder in self.folders:
            with contextlib.suppress(OSError):
                for line in (folder / file).read_text().splitlines():
                    if line.split()[0] == name:
                        return int(line.split()[1])
        return None


@contextlib.contextmanager
def made_groups(place: Path, name: str, memory: int) -> Iterator[None]:
    """Makes them, as far as the system allows, until the submission is judged."""
    (place / "groups").mkdir()
    made: list[Path] = []
    for top in hierarchies():
        folder = top / name
        with contextlib.suppress(OSError):
            folder.mkdir(exist_ok=True)
            made.append(folder)
            has_bound = bound_memory(top, folder, memory)
            if has_bound or (folder / "cpu.stat").exists():
                (place / "groups" / str(len(made))).symlink_to(folder)
            if has_bound:
                break
    try:
        yield
    finally:
        for folder in made:
            remove(folder)


def remove(group: Path) -> None:
    """Removes a group; its processes, which were killed, may take a moment to end."""
    for _ in range(100):
        try:
            group.rmdir()
            return
        except OSError:
            time.sleep(0.02)


def hierarchies() -> list[Path]:
    """Returns where groups can be made: the unified hierarchy, then that of memory
    alone."""
    found = []
    for line in MOUNTS.read_text().splitlines():
        _, folder, kind, options = line.split()[:4]
        if kind == "cgroup2":
            found.insert(0, Path(folder))
        elif kind == "cgroup" and "memory" in options.split(","):
            found.append(Path(folder))
    return found


def bound_memory(top: Path, folder: Path, most: int) -> bool:
    """Bounds the memory of a group, where it can be bounded."""
    with contextlib.suppress(OSError):
        (top / "cgroup.subtree_control").write_text("+memory")
    for bound, _ in MEMORY:
        if (folder / bound).exists():
            (folder / bound).write_text(str(most))
            with contextlib.suppress(OSError):
                (folder / "memory.swap.max").write_text("0")
            return True
    return False
