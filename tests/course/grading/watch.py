"""Watches what the processes of a jail use, and ends them when it is too much.

Address space, processes and the length of a file are bounded by the kernel for
each process; this is for what they use together: resident memory (which
AddressSanitizer's terabytes of address space do not count towards), processes,
and the processor. What was ended is noted; the tests find it ended.
"""

import os
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from grading.jail import Jail

EVERY_SECONDS = 0.1
ORPHANS_SHOWN = 5  # one may be left by a test that was ended, too
MEMORY_MIB = 1024
PROCESSES = 64
CORES = 1.5  # used for longer than
CORES_SECONDS = 15.0
CHANCES = 5  # so often is too much ended; then the jail is closed

PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Process:
    """A process of the jail."""

    pid: int
    parent: int
    memory: int  # resident, in bytes
    seconds: float  # of processor


def processes_of(uid: int) -> list[Process]:
    """The processes of a user."""
    found = []
    for entry in os.scandir("/proc"):
        try:
            if not entry.name.isdigit() or entry.stat().st_uid != uid:
                continue
            stat = Path(entry.path, "stat").read_text(errors="replace")
        except OSError:
            continue  # it has ended
        fields = stat.rpartition(")")[2].split()
        seconds = (int(fields[11]) + int(fields[12])) / TICKS
        pid, parent, memory = int(entry.name), int(fields[1]), int(fields[21]) * PAGE
        found.append(Process(pid, parent, memory, seconds))
    return found


class Watch(threading.Thread):
    """Watches until it is stopped; `notes` says what was ended."""

    def __init__(self, jail: Jail):
        super().__init__(daemon=True)
        self.jail = jail
        self.ended: Counter[str] = Counter()
        self.stopping = threading.Event()
        self.busy_since = time.monotonic()
        self.before = (time.monotonic(), 0.0)
        self.orphans: set[int] = set()
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

    def too_much(self) -> str:
        """What they use too much of, or nothing."""
        found = processes_of(self.jail.uid)
        self.end_orphans(found)
        if sum(process.memory for process in found) > MEMORY_MIB * 1024 * 1024:
            return f"it used over {MEMORY_MIB} MiB of memory"
        if len(found) > PROCESSES:
            return f"it had over {PROCESSES} processes"
        if self.cores(sum(p.seconds for p in found)) <= CORES:
            self.busy_since = time.monotonic()
        elif time.monotonic() - self.busy_since > CORES_SECONDS:
            self.busy_since = time.monotonic()
            return f"it used over {CORES} cores for {CORES_SECONDS:.0f} s"
        return ""

    def end_orphans(self, found: list[Process]) -> None:
        """Ends what outlived the one that started it: it would only be in the
        way of the next tests. What the judge starts is its child."""
        orphans = {process.pid for process in found if process.parent == 1}
        for pid in orphans & self.orphans:  # seen twice: it is not just ending
            try:
                os.kill(pid, 9)
                self.orphans_ended += 1
            except ProcessLookupError:
                pass
        self.orphans = orphans

    def cores(self, seconds: float) -> float:
        """How many cores were used since the last look."""
        now = time.monotonic()
        then, used = self.before
        self.before = (now, seconds)
        return (seconds - used) / (now - then) if now > then else 0.0

    def notes(self) -> list[str]:
        """Stops watching; what was ended, a sentence each."""
        self.stopping.set()
        self.join()
        notes = [
            f"All its processes were ended: {reason}"
            + (f" ({times} times)." if times > 1 else ".")
            for reason, times in self.ended.items()
        ]
        if self.closed:
            notes.append(f"After {CHANCES} times nothing of it was started again.")
        if self.orphans_ended >= ORPHANS_SHOWN:
            notes.append(
                "Processes were ended that had outlived the program that started "
                f"them ({self.orphans_ended})."
            )
        return notes
