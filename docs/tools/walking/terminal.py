"""The terminal: its size, its keys, its colours; and none of them where there
is no terminal.

In a `with`, keys come one by one, without Enter; at its end the terminal is as
it was. Colours only on a terminal, and never with NO_COLOR set (no-color.org).
"""
from __future__ import annotations

import os
import re
import select
import shutil
import sys
import termios
import tty
from types import TracebackType

KEYWORDS = re.compile(
    r"\b(break|case|char|const|do|else|enum|extern|for|goto|if|int|long|return|short|"
    r"signed|sizeof|static|struct|switch|typedef|union|unsigned|void|while)\b")
BOLD, DIM, RED, GREEN, CYAN, MAGENTA, YELLOW = "1", "2", "31", "32", "36", "35", "33"
NEXT, BACK, PART, QUIT = "next", "back", "part", "quit"
KEYS = {b"\r": NEXT, b"\n": NEXT, b" ": NEXT, b"j": NEXT, b"b": BACK, b"k": BACK,
        b"n": PART, b"q": QUIT, b"Q": QUIT, b"\x04": QUIT, b"": QUIT,
        b"\x1b[A": BACK, b"\x1b[D": BACK, b"\x1b[5~": BACK,
        b"\x1b[B": NEXT, b"\x1b[C": NEXT, b"\x1b[6~": NEXT}
MOST_COLUMNS = 80


class Terminal:
    """What a person sees and presses."""

    def __init__(self) -> None:
        self.is_there = sys.stdin.isatty() and sys.stdout.isatty() and \
            os.environ.get("TERM", "dumb") != "dumb"
        self.has_color = self.is_there and not os.environ.get("NO_COLOR")
        self.before: list[object] | None = None

    def __enter__(self) -> Terminal:
        if self.is_there:
            self.before = termios.tcgetattr(sys.stdin)
            tty.setcbreak(sys.stdin)
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None,
                 trace: TracebackType | None) -> None:
        if self.before is not None:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self.before)

    def size(self) -> tuple[int, int]:
        """Columns, at most 80, and rows."""
        size = shutil.get_terminal_size((80, 24))
        return max(20, min(size.columns, MOST_COLUMNS)), max(8, size.lines)

    def color(self, code: str, text: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self.has_color and text else text

    def code(self, line: str, comment: bool) -> tuple[str, bool]:
        """A line of C in colours; whether it is in a comment comes and goes
        along."""
        starts = line.lstrip().startswith("/*") or comment
        ends = "*/" in line
        if starts:
            return self.color(CYAN, line), not ends
        head, mark, rest = line.partition("/*")
        head = KEYWORDS.sub(lambda match: self.color(BOLD, match[0]), head)
        return head + self.color(CYAN, mark + rest), bool(mark) and "*/" not in rest

    def clear(self) -> None:
        if self.is_there:
            sys.stdout.write("\033[H\033[2J")

    def key(self) -> str:
        """Waits for a key that means something, and says what."""
        while True:
            pressed = os.read(sys.stdin.fileno(), 1)
            if pressed == b"\x1b":
                while select.select([sys.stdin], [], [], 0.05)[0] and len(pressed) < 5:
                    pressed += os.read(sys.stdin.fileno(), 1)
            if pressed in KEYS:
                return KEYS[pressed]
