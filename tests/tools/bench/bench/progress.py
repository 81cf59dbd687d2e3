"""What is being measured, and how far it has come.

On a terminal, one line that is written again and again; else a line every ten
seconds, and one for each part.
"""

import sys
import time


class Progress:
    def __init__(self) -> None:
        self.began = time.monotonic()
        self.told = 0.0
        self.part = ""
        self.done = self.steps = 0
        self.terminal = sys.stderr.isatty()

    def begin(self, part: str, steps: int) -> None:
        """A new part, of so many steps."""
        self.end()
        self.part, self.steps, self.done, self.told = part, max(steps, 1), 0, 0.0

    def step(self, what: str) -> None:
        """The next step begins."""
        now = time.monotonic()
        line = (
            f"{int(now - self.began):4d} s  {self.part}: {100 * self.done // self.steps:3d} %  {what}"
        )
        self.done += 1
        if self.terminal:
            sys.stderr.write(f"\r\033[K{line[:78]}")
            sys.stderr.flush()
        elif now - self.told >= 10:
            print(line, file=sys.stderr, flush=True)
            self.told = now

    def say(self, line: str) -> None:
        """A line that stays."""
        self.end()
        print(line, file=sys.stderr, flush=True)

    def end(self) -> None:
        if self.terminal:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
