"""Notices when the machine has too much to do.

Many tests wait for two seconds, or for less than one, for what takes milliseconds. Where
a thread that only sleeps wakes up late, a test may be red that would be green.
"""

import threading
import time

EVERY_SECONDS = 0.05
LATE_SECONDS = 0.25  # later than this a test may find that something took too long
FEW = 3  # so often is an accident


class Strain(threading.Thread):
    """Sleeps and wakes up, until it is told to stop."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.late = 0
        self.latest = 0.0  # seconds
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            began = time.monotonic()
            time.sleep(EVERY_SECONDS)
            late = time.monotonic() - began - EVERY_SECONDS
            self.late += late > LATE_SECONDS
            self.latest = max(self.latest, late)

    @property
    def overloaded(self) -> bool:
        """Whether programs waited too often."""
        return self.late > FEW

    def note(self) -> str:
        """Returns a sentence for the grades, or nothing."""
        if not self.overloaded:
            return ""
        return (
            "The machine was overloaded during grading: programs that should have gone on "
            f"at once waited for up to {self.latest:.1f} s."
        )
