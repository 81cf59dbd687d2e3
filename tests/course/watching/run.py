"""A run in a process of its own, which can be ended at any time, with all that it has
started."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import shutil
import signal
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path

from watching.attempt import ASKED, Asked, Found, Progress, attempt

SIGNALS = (signal.SIGINT, signal.SIGHUP, signal.SIGTERM)
PR_SET_CHILD_SUBREAPER = 36
LAST_WORDS = 10  # lines of what the process said before it failed
FORK = multiprocessing.get_context("fork")  # everything is imported already


def adopt_orphans() -> None:
    """What a process leaves behind when it ends becomes a child of this one, which can
    then end it. (Only Linux has that.)"""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children() -> set[int]:
    """The processes that this one has started or adopted."""
    found = set()
    for path in Path("/proc/self/task").glob("*/children"):
        found |= {int(number) for number in path.read_text("ascii").split()}
    return found


class Run:
    """One run after the other; `work` is theirs."""

    def __init__(self, places: tuple[Path, int, Path, Path], work: Path) -> None:
        self.places = places
        self.work = work
        self.log = work.with_name(f"{work.name}.log")
        self.scratch: Path | None = None  # where the run keeps files for a moment
        self.others = children()  # those that are not to be ended
        self.process: multiprocessing.context.ForkProcess | None = None
        self.said: Connection | None = None

    def start(self, last: Found) -> None:
        """Ends the run before, and starts one."""
        self.stop()
        # A signal now would leave what is made and has no name yet.
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            self.scratch = Path(tempfile.mkdtemp(prefix="watch."))
            self.said, theirs = FORK.Pipe()
            self.process = FORK.Process(target=self.work_on, args=(theirs, last))
            self.process.start()
            theirs.close()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    def work_on(self, said: Connection, last: Found) -> None:
        """The process."""
        os.setpgid(0, 0)  # a Ctrl-C is not for it
        for number in (*SIGNALS, signal.SIGTTOU, signal.SIGWINCH):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        for number, flags in ((0, os.O_RDONLY), (1, os.O_WRONLY)):
            os.dup2(os.open(os.devnull, flags), number)
        os.dup2(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 2)
        os.environ["TMPDIR"] = str(self.scratch)
        with contextlib.suppress(EOFError, BrokenPipeError):
            attempt(said, self.places, self.work, last)

    def stop(self) -> None:
        """Ends the process, and all that it has started."""
        if self.process:
            self.process.kill()
            self.process.join()
            self.process.close()
            self.process = None
        while left := children() - self.others:
            for number in left:
                with contextlib.suppress(ProcessLookupError, ChildProcessError):
                    os.kill(number, signal.SIGKILL)
                    os.waitpid(number, 0)
        if self.said:
            self.said.close()
            self.said = None
        if self.scratch:  # what they had no time to remove
            shutil.rmtree(self.scratch, ignore_errors=True)
            self.scratch = None

    def files(self) -> list[int]:
        """What can be read when the process has something to say."""
        return [self.said.fileno()] if self.said else []

    def has_said(self) -> bool:
        """Whether there is something to hear, or the process has ended."""
        return bool(self.said and self.said.poll())

    def hear(self) -> Progress | Found | Asked | None:
        """What the process says next; None if it has ended."""
        try:
            return self.said.recv() if self.said else None
        except (EOFError, ConnectionResetError):
            self.said = None
            return None

    def ask(self) -> bool:
        """Asks for the mistake; whether there is anybody to ask."""
        with contextlib.suppress(OSError):
            if self.said:
                self.said.send(ASKED)
                return True
        return False

    def last_words(self) -> list[str]:
        """What it said before it failed."""
        return self.log.read_text("utf-8", "replace").splitlines()[-LAST_WORDS:]

    def clear(self) -> None:
        """Removes all files."""
        self.stop()
        shutil.rmtree(self.work, ignore_errors=True)
        self.log.unlink(missing_ok=True)
