"""The folder in which a submission is built and run.

Paths are relative to `view`, the folder that its programs work in. A Workshop
runs them as you, unconfined; grading/jail.py has one that confines them.
"""

import os
import signal
import subprocess
import tempfile
from pathlib import Path

from suite.visible import visible

SHOWN_MOST = 100_000  # bytes of what a program prints that are looked at


class Workshop:
    """A folder, and how programs run in it."""

    def __init__(self, place: Path):
        self.place = place

    @property
    def view(self) -> Path:
        """What the programs see as their working folder."""
        return self.place / "view"

    def command(self, program: list[str], bounded: bool = True) -> list[str]:
        """Returns the command that runs a program; `bounded`: its memory, where the
        workshop confines what it runs."""
        del bounded
        return ["env", "-C", str(self.view), "LC_ALL=C", *program]

    def run(self, program: list[str], seconds: float) -> tuple[int, str]:
        """Runs it; returns its exit status (-1: it took too long) and what it
        printed."""
        with tempfile.TemporaryFile() as said:
            status = wait(self.command(program), said, said, seconds)
            return status, beginning(said)

    def make(self, program: list[str], target: Path, seconds: float) -> tuple[int, str]:
        """Has a program write the file {}, which becomes the target, a path in the
        view; returns the exit status and what was said."""
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)  # a program that still runs cannot be written to
        name = str(target.relative_to(self.view))
        return self.run([name if word == "{}" else word for word in program], seconds)

    def hand_out(self, path: Path, program: str, bounded: bool = True) -> None:
        """Makes the path, outside the view, a program that starts that one."""
        del bounded
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        if (self.view / program).exists():
            os.link(self.view / program, path)

    def clear(self) -> None:
        """Ends what its programs left running, where that can be known."""


def beginning(said) -> str:
    """Returns the first part of what a file contains, as text that can be shown."""
    said.seek(0)
    return visible(said.read(SHOWN_MOST).decode(errors="replace"))


def wait(command: list[str], out, error, seconds: float) -> int:
    """Runs a command until it ends, or until its time is over: then -1."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=error,
        start_new_session=True,
    )
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return -1
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
