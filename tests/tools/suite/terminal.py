"""The terminal of a program that shows screens and waits for keys: `make walk` and
`make watch`. Where there is no terminal, there are no keys and no colors."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import termios
import tty
from collections.abc import Sequence

BOLD, DIM, RED, GREEN, YELLOW = "1", "2", "31", "32", "33"
QUIT = "quit"
SIZE = "size"  # the terminal has another size
OTHER = "other"  # no key, but something else that was waited for
QUIT_KEYS = dict.fromkeys([b"q", b"Q", b"\x04", b""], QUIT)


class Resized(Exception):
    """The terminal's size has changed while a key was waited for."""


class Terminal:
    """What a person sees and presses; `keys` says which keys mean something, and what.
    In a `with`, keys come without Enter, and Ctrl-C is for this program alone: make,
    which started it, would have something to say."""

    def __init__(self, keys: dict[bytes, str]) -> None:
        is_dumb = os.environ.get("TERM", "dumb") == "dumb"
        self.keys = keys
        self.is_there = sys.stdin.isatty() and sys.stdout.isatty() and not is_dumb
        self.has_color = self.is_there and not os.environ.get("NO_COLOR")
        self.is_waiting = self.is_resized = False

    def __enter__(self) -> Terminal:
        if self.is_there:
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            signal.signal(signal.SIGWINCH, self.resized)
            self.group = os.tcgetpgrp(0)
            if os.getpid() != os.getpgrp():
                os.setpgid(0, 0)
            os.tcsetpgrp(0, os.getpgrp())
            self.before = termios.tcgetattr(0)
            tty.setcbreak(0)
            modes = termios.tcgetattr(0)
            modes[6][termios.VSUSP] = b"\0"  # nobody would wake it up
            termios.tcsetattr(0, termios.TCSADRAIN, modes)
        return self

    def __exit__(self, *_: object) -> None:
        if self.is_there:
            with contextlib.suppress(OSError, termios.error):  # it may be closed
                termios.tcsetattr(0, termios.TCSADRAIN, self.before)
                os.tcsetpgrp(0, self.group)

    def resized(self, *_: object) -> None:
        """Interrupts the wait for a key, or the next one."""
        self.is_resized = True
        if self.is_waiting:
            raise Resized

    def size(self) -> tuple[int, int]:
        """Columns and rows, as they are now."""
        columns = rows = 0
        with contextlib.suppress(OSError):
            columns, rows = os.get_terminal_size(sys.stdout.fileno())
        return max(20, columns or 80), max(8, rows or 24)  # 0: it is not known

    def color(self, code: str, text: str) -> str:
        """A text in a color, if there are colors."""
        return (
            f"\033[{code}m{text}\033[0m" if self.has_color and code and text else text
        )

    def clear(self) -> None:
        """Begins an empty screen."""
        if self.is_there:
            sys.stdout.write("\033[H\033[2J")

    def key(self, others: Sequence[int] = (), seconds: float | None = None) -> str:
        """Waits for a key that means something, and says what; or for another size; or
        until one of the other files can be read, or the time is over."""
        self.is_waiting = True
        try:
            while not self.is_resized:
                ready = select.select([0, *others], [], [], seconds)[0]
                if 0 not in ready:
                    return OTHER
                pressed = os.read(0, 1)
                if pressed == b"\x1b":
                    while select.select([0], [], [], 0.05)[0] and len(pressed) < 5:
                        pressed += os.read(0, 1)
                if pressed in self.keys:
                    return self.keys[pressed]
        except Resized:
            pass
        except OSError:  # the terminal is closed
            return QUIT
        finally:
            self.is_waiting = False
        self.is_resized = False
        return SIZE
