"""Tests of a program at a terminal: they type, wait for what it shows, and find what it
leaves behind."""

import fcntl
import os
import pty
import re
import select
import struct
import tempfile
import termios
import time
import unittest
from pathlib import Path

PATIENCE = 60.0
NOT_OF_THE_TEST = "MAKEFLAGS MAKELEVEL MFLAGS NO_COLOR LINES COLUMNS".split()


class AtTerminal(unittest.TestCase):
    """Each test has a TMPDIR of its own, by which its processes are known."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.environment = os.environ | {"TMPDIR": self.folder, "TERM": "xterm"}
        for name in NOT_OF_THE_TEST:
            self.environment.pop(name, None)
        self.text = ""
        self.terminal = -1

    def open(self, command: list[str], size: tuple[int, int]) -> None:
        """Starts a command on a new terminal."""
        self.text = ""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            self.terminal = 0
            self.resize(size)
            os.execvpe(command[0], command, self.environment)
        self.addCleanup(self.end)

    def end(self) -> None:
        """Ends it, if a test has not."""
        if self.terminal >= 0:
            os.close(self.terminal)
            self.terminal = -1
        if self.pid:
            self.status()

    def status(self) -> int:
        """Waits for its end; how it ended."""
        pid, self.pid = self.pid, 0
        return os.waitpid(pid, 0)[1]

    def resize(self, size: tuple[int, int]) -> None:
        """Gives the terminal another size: columns and rows."""
        columns, rows = size
        packed = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, packed)

    def press(self, keys: str) -> None:
        """Types keys."""
        self.text = ""
        os.write(self.terminal, keys.encode())

    def wait_for(self, pattern: str, seconds: float = PATIENCE) -> str:
        """What the terminal shows since the last key, once it is there."""
        until = time.monotonic() + seconds
        while not re.search(pattern, self.text):
            left = until - time.monotonic()
            ready = left > 0 and select.select([self.terminal], [], [], left)[0]
            self.assertTrue(ready, f"no {pattern} in {self.text}")
            self.text += os.read(self.terminal, 65536).decode()
        return self.text

    def processes(self) -> dict[int, str]:
        """Those that have this test's TMPDIR, or a folder in it: their ids and
        commands."""
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                environment = (entry / "environ").read_bytes()
                command = (entry / "cmdline").read_bytes().decode()
            except OSError:
                continue
            if self.folder.encode() in environment:
                found[int(entry.name)] = command
        return found

    def left_over(self) -> list[str]:
        """These processes, and the files in that folder."""
        return [*self.processes().values(), *os.listdir(self.folder)]

    def assert_nothing_left(self) -> None:
        """Nothing is left, or is not a moment later."""
        until = time.monotonic() + PATIENCE
        while self.left_over() and time.monotonic() < until:
            time.sleep(0.1)
        self.assertEqual(self.left_over(), [])
