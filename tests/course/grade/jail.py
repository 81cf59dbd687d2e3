"""Runs programs that are not trusted in tests/course/grade/jail.sh."""

import os
import shlex
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENOUGH_MIB = 4096  # of address space, for a compiler or a server
SHOWN_MOST = 100_000  # octets of what one prints that are looked at

# In the jail: runs a command that writes the file {}, and gives the file on
# standard output. Nothing of the jail's own is left, and nothing is handed over
# by name.
HAND_OVER = """
made=$(mktemp -d) && "${@/\\{\\}/$made/it}" >&2 && cat "$made/it"
status=$?
rm -rf "$made"
exit $status
"""


@dataclass(frozen=True)
class Jail:
    """Where, as which user, and how well confined."""

    place: Path
    uid: int
    level: str

    @property
    def view(self) -> Path:
        """What the jailed see as their working folder."""
        return self.place / "view"

    def command(self, program: list[str], memory: int = ENOUGH_MIB) -> list[str]:
        """The command that runs a program; paths are relative to the view."""
        seen = "/view" if self.level == "namespaces" else str(self.view)
        head = [HERE / "jail.sh", self.place, self.uid, self.level, memory, "--"]
        return [*map(str, head), "env", "-C", seen, *program]

    def run(
        self, program: list[str], seconds: float, memory: int = ENOUGH_MIB
    ) -> tuple[int, str]:
        """Runs it; gives its exit status (-1: took too long), and its outputs."""
        with tempfile.TemporaryFile() as said:
            status = wait(self.command(program, memory), said, said, seconds)
            said.seek(0)
            return status, said.read(SHOWN_MOST).decode(errors="replace")

    def make(self, program: list[str], target: Path, seconds: float) -> tuple[int, str]:
        """Has a program write the file {}, and puts that at the target, which is
        inside the view; gives the exit status and what was said."""
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)  # one that still runs cannot be written to
        with open(target, "wb") as made, tempfile.TemporaryFile() as said:
            status = wait(
                self.command(["bash", "-c", HAND_OVER, "jail", *program]),
                made,
                said,
                seconds,
            )
            said.seek(0)
            text = said.read(SHOWN_MOST).decode(errors="replace")
        if status != 0:
            target.unlink()
        else:
            target.chmod(0o755)
        return status, text

    def wrapper(self, path: Path, program: list[str], memory: int = ENOUGH_MIB) -> None:
        """Writes a program that runs another one, with its arguments, jailed. To
        its own messages that one has the name of the wrapper."""
        path.parent.mkdir(parents=True, exist_ok=True)
        named = ["bash", "-c", 'name=$1; shift; exec -a "$name" "$@"', "jail"]
        command = shlex.join(self.command(named, memory))
        text = f'#!/bin/sh\nexec {command} "$0" {shlex.join(program)} "$@"\n'
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    def clear(self) -> None:
        """Ends what the user still runs: daemons that a program left."""
        if self.level == "none":
            return
        child = os.fork()
        if child == 0:
            try:
                os.setresuid(self.uid, self.uid, self.uid)
                os.kill(-1, 9)
            finally:
                os._exit(0)
        os.waitpid(child, 0)


def wait(command: list[str], out, error, seconds: float) -> int:
    """Runs a command to its end, or to the end of its time: then -1."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=out, stderr=error
    )
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return -1
