"""Watches what the processes of a jail use, and ends them when it is too much.

Address space, processes and the length of a file are bounded by the kernel for
each process; this is for what they use together: memory (resident memory, where
there are no control groups), processes, and the processor. What was ended is noted,
and reported at once; the tests find it ended.
"""

import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grading.groups import Groups
from grading.jail import Jail

EVERY_SECONDS = 0.1
ORPHANS_SHOWN = 5  # one may be left by a test that was ended, too
ORPHANS_LOOKS = 10  # in a row; then they must be starting each other
MEMORY_MIB = 1024
PROCESSES = 64
CPU_SPARE = 30.0  # seconds of processor, over one core all the time
ENDED = "All its processes were ended:"
CHANCES = 5  # so often is too much ended; then the jail is closed

PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Process:
    """A process of the jail."""

    pid: int
    parent: int
    memory: int  # resident, in bytes
    seconds: float  # of processor, with those of its children that have ended


def processes_of(uid: int) -> list[Process]:
    """Returns the processes of a user, except those that have ended and wait for a
    parent."""
    found = []
    for entry in os.scandir("/proc"):
        try:
            if not entry.name.isdigit() or entry.stat().st_uid != uid:
                continue
            stat = Path(entry.path, "stat").read_text(errors="replace")
        except OSError:
            continue  # it has ended
        fields = stat.rpartition(")")[2].split()
        seconds = sum(int(field) for field in fields[11:15]) / TICKS
        pid, parent, memory = int(entry.name), int(fields[1]), int(fields[21]) * PAGE
        if fields[0] != "Z":
            found.append(Process(pid, parent, memory, seconds))
    return found


class Watch(threading.Thread):
    """Watches until it is stopped; `notes` says what was ended, and `report` is
    called when that changes."""

    def __init__(self, jail: Jail):
        super().__init__(daemon=True)
        self.jail = jail
        self.groups = Groups(jail.place)
        self.report: Callable[[], None] = lambda: None
        self.ended: Counter[str] = Counter()
        self.stopping = threading.Event()
        self.looked = time.monotonic()
        self.used = self.groups.seconds() or 0.0  # of processor, at that time
        self.spare = CPU_SPARE
        self.out_of_memory = self.groups.out_of_memory() or 0
        self.orphans: set[int] = set()
        self.orphans_looks = 0
        self.orphans_ended = 0
        self.closed = False

    def run(self) -> None:
        while not self.stopping.wait(EVERY_SECONDS):
            reason = self.too_much()
            if reason:
                self.jail.clear()
                self.ended[reason] += 1
                if sum(self.ended.values()) >= CHANCES:
                    (self.jail.place / "closed").touch()
                    self.closed = True
                self.report()

    def too_much(self) -> str:
        """Returns what they use too much of, or nothing."""
        found = processes_of(self.jail.uid)
        if self.is_out_of_memory(found):
            return f"it used over {MEMORY_MIB} MiB of memory"
        if len(found) > PROCESSES:
            return f"it had over {PROCESSES} processes"
        if self.is_out_of_time(time.monotonic(), self.used_by(found)):
            return (
                f"it used {CPU_SPARE:.0f} s more of processor time than one core has"
            )
        if self.end_orphans(found):
            return "some outlived the program that started them, and started others"
        return ""

    def is_out_of_memory(self, found: list[Process]) -> bool:
        """Whether it used too much since the last look."""
        before, ended = self.out_of_memory, self.groups.out_of_memory()
        if ended is None:
            used = sum(process.memory for process in found)
            return used > MEMORY_MIB * 1024 * 1024
        self.out_of_memory = ended
        return ended > before

    def used_by(self, found: list[Process]) -> float:
        """Returns the processor time used so far; without groups, what has ended no
        longer counts."""
        used = self.groups.seconds()
        return sum(process.seconds for process in found) if used is None else used

    def is_out_of_time(self, now: float, used: float) -> bool:
        """Whether the spare time is used up. A pause does not give it back at once: it
        comes back as slowly as one core takes it."""
        self.spare += (now - self.looked) - max(0.0, used - self.used)
        self.spare = min(self.spare, CPU_SPARE)
        self.looked, self.used = now, used
        if self.spare > 0:
            return False
        self.spare = CPU_SPARE
        return True

    def end_orphans(self, found: list[Process]) -> bool:
        """Ends what outlived the one that started it: it would only be in the
        way of the next tests. What the judge starts is its child. Returns whether
        there are always others, which cannot be ended one by one."""
        orphans = {process.pid for process in found if process.parent == 1}
        for pid in orphans & self.orphans:  # seen twice: it is not just ending
            try:
                os.kill(pid, 9)
                self.orphans_ended += 1
            except ProcessLookupError:
                pass
        self.orphans = orphans
        self.orphans_looks = self.orphans_looks + 1 if orphans else 0
        if self.orphans_looks < ORPHANS_LOOKS:
            return False
        self.orphans_looks = 0
        return True

    def stop(self) -> list[str]:
        """Stops watching, if it has begun; returns the notes."""
        self.stopping.set()
        if self.is_alive():
            self.join()
        return self.notes()

    def notes(self) -> list[str]:
        """Returns what was ended so far, a sentence each."""
        notes = [
            f"{ENDED} {reason}"
            + (f" ({times} times)." if times > 1 else ".")
            for reason, times in list(self.ended.items())
        ]
        if self.closed:
            notes.append(f"After {CHANCES} times, nothing in it was started again.")
        if self.orphans_ended >= ORPHANS_SHOWN:
            notes.append(
                "Processes that had outlived the program that started them were ended "
                f"({self.orphans_ended})."
            )
        return notes
