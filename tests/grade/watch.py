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
from pathlib import Path

from jail import Jail

EVERY_SECONDS = 0.1
MEMORY_MIB = 1024
PROCESSES = 64
CORES = 1.5  # used for longer than
CORES_SECONDS = 15.0

PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")


def processes_of(uid: int) -> list[tuple[int, float]]:
    """The resident octets, and the seconds of processor, of each of them."""
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
        found.append((int(fields[21]) * PAGE, seconds))
    return found


class Watch(threading.Thread):
    """Watches until it is stopped; `notes` tells what was ended."""

    def __init__(self, jail: Jail):
        super().__init__(daemon=True)
        self.jail = jail
        self.ended: Counter[str] = Counter()
        self.stopping = threading.Event()
        self.busy_since = time.monotonic()
        self.before = (time.monotonic(), 0.0)

    def run(self) -> None:
        while not self.stopping.wait(EVERY_SECONDS):
            reason = self.too_much()
            if reason:
                self.jail.clear()
                self.ended[reason] += 1

    def too_much(self) -> str:
        """What they use too much of, or nothing."""
        found = processes_of(self.jail.uid)
        if sum(memory for memory, _ in found) > MEMORY_MIB * 1024 * 1024:
            return f"it used over {MEMORY_MIB} MiB of memory"
        if len(found) > PROCESSES:
            return f"it had over {PROCESSES} processes"
        if self.cores(sum(seconds for _, seconds in found)) <= CORES:
            self.busy_since = time.monotonic()
        elif time.monotonic() - self.busy_since > CORES_SECONDS:
            self.busy_since = time.monotonic()
            return f"it used over {CORES} cores for {CORES_SECONDS:.0f} s"
        return ""

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
        return [
            f"It was ended because {reason}"
            + (f" ({times} times)." if times > 1 else ".")
            for reason, times in self.ended.items()
        ]
